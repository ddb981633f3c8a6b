# SPDX-License-Identifier: MIT
"""The commands at the top of the README run as printed, in the folder of the example's data."""

import re
import shutil
import subprocess
import sysconfig
from os import environ, pathsep
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]


def test_the_first_block_runs_as_printed(tmp_path):
    (block,) = (
        text
        for text in re.findall(r"```sh\n(.*?)```", (REPOSITORY / "README.md").read_text(), flags=re.S)
        if "describe liquid.xyz" in text
    )
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
    error, largest = map(float, done.stdout.split()[-2:])
    assert error < 0.05 * largest
