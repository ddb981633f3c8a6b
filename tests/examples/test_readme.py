# SPDX-License-Identifier: MIT
"""The commands of the README run as printed, in the folder of the example's data."""

import json
import re
import shutil
import subprocess
import sysconfig
from importlib.util import find_spec
from os import environ, pathsep
from pathlib import Path

import pytest
from anisoap_md import Descriptor, read_frames
from testing.helpers import assert_close, skip

REPOSITORY = Path(__file__).parents[2]
BLOCKS = re.findall(r"```sh\n(.*?)```", (REPOSITORY / "README.md").read_text(), flags=re.S)


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "examples" / "data"


@pytest.fixture
def run(tmp_path, folder):
    """Function that runs the one block of a command, in the root or the folder of data; its output."""

    def of(command: str) -> str:
        (block,) = (text for text in BLOCKS if command in text)
        shutil.copytree(REPOSITORY / "examples" / "data", folder)
        path = pathsep.join([sysconfig.get_path("scripts"), environ["PATH"]])
        done = subprocess.run(
            ["bash", "-e", "-c", block],
            cwd=tmp_path if block.startswith("cd ") else folder,
            env={**environ, "PATH": path},
            capture_output=True,
            text=True,
            timeout=300,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    return of


def test_the_first_block_runs_as_printed(run, folder):
    """The runs of LAMMPS too: the columns of the dump are those of Python, the second run is that of the model."""
    printed = run("describe liquid.xyz")
    error, largest = map(float, printed.split()[-2:])
    assert error < 0.05 * largest
    assert printed.count("Total wall time") == 2
    assert "pair_coeff * * model.json C" in (folder / "log.lammps").read_text()
    last = read_frames(folder / "liquid.dump")[-1]
    rows = Descriptor(4, "gto", 4.0, radial_gaussian_width=1.2).power_spectrum(last)
    assert_close(last.arrays["c_soap"], rows, 1e-10)


def test_tune_and_train_run_as_printed(run, folder):
    """And tune prints the options that stand behind train."""
    if find_spec("optuna") is None or find_spec("matplotlib") is None:
        skip("the extra 'train' is not installed")
    output = run("anisoap-md tune liquid.xyz")
    printed = next(line for line in output.splitlines() if line.startswith("train with "))
    (block,) = (text for text in BLOCKS if "anisoap-md tune" in text)
    words = block[block.index("anisoap-md train") :].split()
    assert set(printed.removeprefix("train with ").split()) - set(words) == {"--kind", "linear"}
    assert (folder / "report.png").read_bytes().startswith(b"\x89PNG")
    errors = json.loads((folder / "report.json").read_text())["errors"]["test"]
    for target, bound in (("energy", 0.2), ("forces", 0.06), ("torques", 0.06)):
        assert errors[target]["rmse"] < bound * errors[target]["spread"], target
