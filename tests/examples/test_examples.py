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


def test_short_potential_demo_trains_runs_and_draws(tmp_path):
    if find_spec("torch") is None or find_spec("matplotlib") is None:
        skip("the extras 'torch' and 'demo' are not installed")
    demo = DEMO.parents[1] / "03_gay_berne_potential" / "demo.py"
    options = "--temperatures 1.5 --density 0.12 --frames 12 --widths 16 --training-steps 400 --runs 1 --prepare 0.05"
    options += " --equilibrate 10 --sample 100 --duration 0.04 --jobs 1"
    command = [sys.executable, str(demo), "--output", str(tmp_path), *options.split()]
    result = subprocess.run(command, capture_output=True, text=True, timeout=600)
    assert result.returncode == 0, result.stdout + result.stderr
    assert "learned    T = 1.5: order" in result.stdout
    assert (tmp_path / "potential.png").read_bytes().startswith(b"\x89PNG")
