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
from testing.helpers import skip

REPOSITORY = Path(__file__).parents[2]
BLOCKS = re.findall(r"```sh\n(.*?)```", (REPOSITORY / "README.md").read_text(), flags=re.S)


@pytest.fixture
def run(tmp_path):
    """Function that runs the one block of a command; its output."""

    def of(command: str) -> str:
        (block,) = (text for text in BLOCKS if command in text)
        shutil.copy(REPOSITORY / "examples" / "data" / "liquid.xyz", tmp_path)
        path = pathsep.join([sysconfig.get_path("scripts"), environ["PATH"]])
        done = subprocess.run(
            ["bash", "-e", "-c", block],
            cwd=tmp_path,
            env={**environ, "PATH": path},
            capture_output=True,
            text=True,
            timeout=300,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    return of


def test_the_first_block_runs_as_printed(run):
    error, largest = map(float, run("describe liquid.xyz").split()[-2:])
    assert error < 0.05 * largest


def test_tune_and_train_run_as_printed(run, tmp_path):
    """And tune prints the options that stand behind train."""
    if find_spec("optuna") is None or find_spec("matplotlib") is None:
        skip("the extra 'train' is not installed")
    output = run("anisoap-md tune liquid.xyz")
    printed = next(line for line in output.splitlines() if line.startswith("train with "))
    (block,) = (text for text in BLOCKS if "anisoap-md tune" in text)
    words = block[block.index("anisoap-md train") :].split()
    assert set(printed.removeprefix("train with ").split()) - set(words) == {"--kind", "linear"}
    assert (tmp_path / "report.png").read_bytes().startswith(b"\x89PNG")
    errors = json.loads((tmp_path / "report.json").read_text())["errors"]["test"]
    for target, bound in (("energy", 0.2), ("forces", 0.06), ("torques", 0.06)):
        assert errors[target]["rmse"] < bound * errors[target]["spread"], target
