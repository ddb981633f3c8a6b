# SPDX-License-Identifier: MIT
"""The demo, shortened: runs, agrees with itself, draws."""

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from helpers import skip

DEMO = Path(__file__).parents[2] / "examples" / "02_gay_berne_liquid" / "demo.py"


def test_short_demo_agrees_and_draws(tmp_path):
    if find_spec("matplotlib") is None:
        skip("the extra 'demo' is not installed")
    command = [sys.executable, str(DEMO), "--output", str(tmp_path), "--steps", "40", "--density", "0.11"]
    result = subprocess.run(command, capture_output=True, text=True, timeout=600)
    assert result.returncode == 0, result.stdout + result.stderr
    assert "largest difference between LAMMPS and Python" in result.stdout
    assert (tmp_path / "liquid.png").read_bytes().startswith(b"\x89PNG")
