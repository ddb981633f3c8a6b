# SPDX-License-Identifier: MIT
"""The plugin loads where it fits, says what to do where it does not, and goes again."""

import subprocess
import sys

import pytest
from testing.lmp import frames, processes

HEAD = "WARNING: AniSOAP plugin is not loaded: "
REBUILD = "build the plugin for this LAMMPS (lammps-plugin/README.md): cmake with -DLAMMPS_SOURCE_DIR="
KOKKOS = (
    '#include <string.h>\nint lammps_config_has_package(const char *p) { return strcmp(p, "KOKKOS") == 0; }\n'
)

# What another LAMMPS would answer: C source that takes the place of a function of its library interface.
OTHERS = {
    "version": (
        "int lammps_version(void *l) { (void)l; return 20240829; }",
        "LAMMPS version, got 20240829 in this LAMMPS; expected ",
    ),
    "sizes": (
        "#include <string.h>\n"
        "int lammps_extract_setting(void *l, const char *k) { (void)l; return strcmp(k, \"world_rank\") ? 8 : 0; }",
        "integer sizes (LAMMPS_SIZES), got bigbig in this LAMMPS; expected smallbig",
    ),
    "serial": ("int lammps_config_has_mpi_support() { return 0; }", "MPI, got no MPI in this LAMMPS; expected MPI"),
    "open_mpi": (
        "#include <string.h>\n"
        "int MPI_Get_library_version(char *t, int *n) { strcpy(t, \"Open MPI v5.0\"); *n = 13; return 0; }",
        "MPI library, got Open MPI in this LAMMPS; expected MPICH or compatible",
    ),
    "kokkos_5": (
        KOKKOS + "int lammps_version(void *l) { (void)l; return 20260704; }",
        "C++ standard, got C++20 (package KOKKOS since LAMMPS 4 Jul 2026; configure with -DANISOAP_CXX_STANDARD=20) in this "
        "LAMMPS; expected C++17 as the plugin was built",
    ),
}  # fmt: skip


@pytest.mark.parametrize("other", OTHERS)
def test_a_lammps_of_another_kind_is_refused(lammps, tmp_path, other):
    source, text = OTHERS[other]
    out = lammps("plugin list\n", preload=processes.shared_library(tmp_path, source)).output
    assert HEAD + text in out
    assert REBUILD in out
    assert "Currently loaded plugins: 0" in out


def test_kokkos_of_an_older_release_is_no_reason_to_refuse(lammps, tmp_path):
    """Kokkos 4 leaves LAMMPS at C++17."""
    out = lammps("plugin list\n", preload=processes.shared_library(tmp_path, KOKKOS)).output
    assert HEAD not in out
    assert "compute style plugin anisoap" in out


def test_it_loads_by_its_path_and_unloads(lammps, plugin, tmp_path):
    frame = frames.random_frame(3, n_side=3)
    frames.write_data(tmp_path / "box.data", frame)
    out = lammps(
        f"plugin load {plugin}\nplugin list\n"
        + frames.setup("box.data", frame, 3.3)
        + "compute a all anisoap 3.0 basis gto 1.0\nrun 0\n"
        + "plugin unload compute anisoap\nplugin unload pair anisoap\nplugin list\nrun 0\n",
        plugin_path="",
    ).output
    assert "Loading plugin: AniSOAP descriptors" in out
    assert "compute style plugin anisoap" in out
    assert "Currently loaded plugins: 0" in out


def test_it_runs_inside_python(plugin, library_environment, tmp_path):
    """The library of the Python package lammps, in the process of Python."""
    frame = frames.random_frame(3, n_side=3)
    frames.write_data(tmp_path / "box.data", frame)
    script = frames.setup("box.data", frame, 3.3) + "compute a all anisoap 3.0 basis gto 1.0 lmax 2\nrun 0\n"
    (tmp_path / "in.script").write_text(script + frames.dump_command("a.dump", "c_a[*]"))
    program = (
        "from lammps import lammps\nl = lammps(cmdargs=['-log', 'none', '-screen', 'none'])\n"
        f"l.command('plugin load {plugin}')\nl.file('in.script')\nprint(l.numpy.extract_compute('a', 1, 2).shape)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        env=library_environment,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.split() == ["(27,", "24)"]
    assert frames.read_dump(tmp_path / "a.dump").shape == (27, 24)


def test_it_keeps_to_itself(plugin):
    """No LAMMPS or MPI library among its dependencies, no search path but that of a shared Kokkos, one visible function."""
    dynamic = subprocess.run(
        ["readelf", "-d", str(plugin)], capture_output=True, text=True, check=True
    ).stdout
    assert "liblammps" not in dynamic and "libmpi" not in dynamic
    assert ("RPATH" in dynamic or "RUNPATH" in dynamic) == ("libkokkos" in dynamic)
    symbols = subprocess.run(
        ["nm", "-D", "--defined-only", str(plugin)], capture_output=True, text=True, check=True
    ).stdout
    assert [line.split()[-1] for line in symbols.splitlines()] == ["lammpsplugin_init"]
