# SPDX-License-Identifier: MIT
"""Runs the `lmp` of the environment, with the AniSOAP plugin, on input scripts in a folder of the test."""

import re
from pathlib import Path

import pytest
from testing import helpers
from testing.lmp import processes
from testing.lmp.boxes import box, tilted_box  # noqa: F401


@pytest.fixture
def library_environment() -> dict[str, str]:
    """Environment of a process whose Python loads the library of LAMMPS; no plugin loads by itself."""
    return processes.environment("")


@pytest.fixture(scope="session")
def plugin() -> Path:
    """Path of anisoapplugin.so."""
    return processes.plugin_of_environment()


def on_device(script: str, device: str) -> str:
    """The script with keyword ``device`` behind each style of ours that has none."""
    if device == "cpu" or re.search(r"\bdevice\b", script):
        return script
    script = re.sub(
        r"^(pair_style .*?\banisoap)(?=[\s&]|$)", rf"\1 device {device}", script, flags=re.MULTILINE
    )
    return re.sub(r"^(compute +\S+ +\S+ +anisoap +\S+)", rf"\1 device {device}", script, flags=re.MULTILINE)


@pytest.fixture
def lammps(tmp_path: Path, plugin: Path, pytestconfig: pytest.Config):
    """Function that runs a script and returns a Run; it asserts success, or failure with ``fails``."""
    device = pytestconfig.getoption("--device")

    def run(script: str, fails: bool = False, plugin_path: str | None = None, **options) -> processes.Run:
        path = str(plugin.parent) if plugin_path is None else plugin_path
        script = on_device(script, device)
        out = processes.run(tmp_path, script, path, **options)
        assert fails == (out.returncode != 0), out.output
        return out

    return run


@pytest.fixture
def assert_close():
    """``helpers.assert_close``."""
    return helpers.assert_close
