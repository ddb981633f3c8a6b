# SPDX-License-Identifier: MIT
"""The blocks of lammps-plugin/README.md run as printed, with a box of bodies where they leave it out."""

import os
import subprocess

import numpy as np
import pytest
from anisoap_md import read_frames
from testing.lmp import frames, models, processes
from testing.lmp.manual import block

BODIES = """
boundary p p p
neighbor 0.8 bin
read_data box.data
"""


@pytest.fixture
def box(tmp_path):
    frame = frames.random_frame(5, n_side=5)
    frames.write_data(tmp_path / "box.data", frame)
    return frame


@pytest.fixture
def model(tmp_path):
    made = models.random_model(units="metal", scale=0.01)
    models.write(tmp_path, made)
    return made


def test_the_compute(lammps, box, tmp_path):
    text = block("c_soap[*]").replace("...\n", BODIES + "pair_style zero 5.0\npair_coeff * *\n")
    lammps("units lj\n" + text + "thermo_style custom step c_mean[1]\nrun 0\n")
    (found,) = read_frames(tmp_path / "soap.dump")
    assert len(found) == len(box.positions) and found.arrays["c_soap"].shape[1] == 176
    assert np.abs(found.arrays["c_soap"]).max() > 0


def start_of_pair() -> str:
    return block("nvt/asphere").replace("...\n", BODIES)


def test_the_pair_style(lammps, box, model):
    out = lammps(start_of_pair() + "timestep 1e-4\nthermo_style custom step c_thermo_pe\nrun 1\n")
    assert np.isfinite(models.thermo(out.output)).all()


def test_the_uncertainty_halts_a_run(lammps, box, model, tmp_path):
    out = lammps(start_of_pair() + block("reduce max f_u") + "timestep 1e-5\nrun 200\n")
    assert "Fix halt" in out.output
    assert "f_u" in (tmp_path / "run.dump").read_text()


def test_mpiexec(tmp_path, box, model):
    """By the programs of the environment, which load the plugin themselves."""
    (tmp_path / "in.script").write_text(start_of_pair() + "timestep 1e-4\nrun 1\n")
    folder = os.path.dirname(processes.program("mpiexec"))
    environment = {**os.environ, "PATH": f"{folder}:{os.environ['PATH']}"}
    done = subprocess.run(
        ["bash", "-e", "-c", block("mpiexec -n 4")],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Loop time of" in done.stdout and "on 4 procs" in done.stdout
