# SPDX-License-Identifier: MIT
"""Runs scripts with the package KOKKOS, or the same `lmp` without it.

ANISOAP_KOKKOS_LMP is an lmp with KOKKOS, ANISOAP_PLUGIN the plugin that was built for it; ANISOAP_KOKKOS_DEVICES says what LAMMPS
runs on: "t 1" (the default: one thread) or "g 1" (a GPU). On threads each test runs twice: with the vectorised code of the styles
without /kk, and with the kernels of a GPU; those marked `kernels` are about the latter alone.
"""

import os
from pathlib import Path

import pytest
from testing.lmp import processes
from testing.lmp.boxes import box, tilted_box  # noqa: F401

DEVICES = os.environ.get("ANISOAP_KOKKOS_DEVICES", "t 1")
PACKAGE = "-pk kokkos newton on neigh half"
KERNELS = ["portable"] if DEVICES.startswith("g") else ["vectorised", "portable"]


def pytest_configure(config):
    config.addinivalue_line(
        "markers", "kernels: about the kernels of a GPU, not about the vectorised code of a host"
    )


def pytest_generate_tests(metafunc):
    about_kernels = metafunc.definition.get_closest_marker("kernels")
    metafunc.parametrize("kernels", ["portable"] if about_kernels else KERNELS, indirect=True)


@pytest.fixture(autouse=True)
def kernels(request, monkeypatch):
    monkeypatch.setenv("ANISOAP_KOKKOS_KERNELS", request.param)
    return request.param


@pytest.fixture(scope="session", autouse=True)
def lmp():
    """The lmp with KOKKOS takes the place of that of the environment."""
    given = os.environ.get("ANISOAP_KOKKOS_LMP")
    assert given, "ANISOAP_KOKKOS_LMP is not set; expected the path of an lmp with the package KOKKOS"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ANISOAP_LMP", given)
        yield


@pytest.fixture
def lammps(tmp_path: Path):
    """Function that runs a script and returns a Run; it asserts success, or failure with ``fails``.

    kokkos: whether styles get the suffix kk. package: the words of package kokkos; devices: those of -k on.
    """
    plugin = processes.plugin_of_environment()

    def run(
        script: str, kokkos=True, fails=False, package=PACKAGE, devices=DEVICES, **options
    ) -> processes.Run:
        flags = f"-k on {devices} -sf kk {package}" if kokkos else ""
        out = processes.run(tmp_path, script, str(plugin.parent), flags=flags, **options)
        assert fails == (out.returncode != 0), out.output
        return out

    run.folder = tmp_path
    return run
