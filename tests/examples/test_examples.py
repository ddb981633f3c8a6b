# SPDX-License-Identifier: MIT
"""The demo, shortened: runs, agrees with itself, draws."""

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import anisoap_md
import numpy as np
from testing.helpers import skip

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
    options = "--temperatures 1.5 --density 0.12 --frames 12 --runs 1 --prepare 0.05"
    options += " --equilibrate 10 --sample 100 --duration 0.04 --jobs 1"
    command = [sys.executable, str(demo), "--output", str(tmp_path), *options.split()]

    def draw(*others: str, bound: float) -> None:
        result = subprocess.run([*command, *others], capture_output=True, text=True, timeout=600)
        assert result.returncode == 0, result.stdout + result.stderr
        assert "learned    T = 1.5: order" in result.stdout
        assert (tmp_path / "potential.png").read_bytes().startswith(b"\x89PNG")
        assert_learned(tmp_path / "model.json", tmp_path / "label_1.5.dump", bound)

    draw(bound=0.1)
    assert_table(demo.with_name("accuracy.py"), tmp_path / "label_1.5.dump")
    (tmp_path / "model.json").unlink()
    draw("--widths", "16", "--training-steps", "400", bound=0.6)  # the other stages are there


def assert_table(program: Path, dump: Path) -> None:
    """Errors of a polynomial on frames that were held out are told, and small."""
    options = ["--train", str(dump), "--test", str(dump), "--held", "2", "--frames", "10"]
    command = [sys.executable, str(program), *options, "--models", "two-body polynomial, degree 6"]
    result = subprocess.run(command, capture_output=True, text=True, timeout=600)
    assert result.returncode == 0, result.stdout + result.stderr
    head, _, row = result.stdout.splitlines()
    assert head == "| model | frames | CPU minutes | label_1.5 |"
    force, torque = (float(word) for word in row.split("|")[4].split("/"))
    assert 0 < force < 20 and 0 < torque < 20


def assert_learned(model: Path, dump: Path, bound: float) -> None:
    """The model knows the forces and torques of Gay-Berne, as LAMMPS wrote them, up to `bound` of their spread."""
    frames = anisoap_md.read_frames(dump)
    for atoms in frames:
        atoms.numbers[:] = 0
    found = anisoap_md.Model.load(model).predict(frames)
    for name in ("forces", "torques"):
        expected = np.concatenate([atoms.arrays[name] for atoms in frames])
        error = np.sqrt(np.mean((getattr(found, name) - expected) ** 2)) / np.std(expected)
        assert error < bound, f"{name}: RMSE {error:.2f} of the spread"
