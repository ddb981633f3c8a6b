# SPDX-License-Identifier: MIT
"""The demo, shortened: runs, agrees with itself, draws."""

import subprocess
import sys
from pathlib import Path

import pytest

DEMO = Path(__file__).parents[2] / "examples" / "02_gay_berne_liquid" / "demo.py"


def test_short_demo_agrees_and_draws(tmp_path):
    pytest.importorskip("matplotlib", reason="the extra 'demo' is not installed")
    command = [sys.executable, str(DEMO), "--output", str(tmp_path), "--steps", "40"]
    result = subprocess.run(command, capture_output=True, text=True, timeout=600)
    assert result.returncode == 0, result.stdout + result.stderr
    assert "largest difference between LAMMPS and Python" in result.stdout
    assert (tmp_path / "liquid.png").read_bytes().startswith(b"\x89PNG")
