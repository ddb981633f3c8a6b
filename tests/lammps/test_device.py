# SPDX-License-Identifier: MIT
"""Keyword `device` of both styles: names, messages, restart files. What it computes, each test here shows with ``--device``."""

import pytest
from anisoap_md import _core
from testing.lmp import frames, models

SPACE = _core.device_support()["space"]
COMPUTE = "comm_modify cutoff 3.6\ncompute a all anisoap 3.0 basis gto 1.0 lmax 2{}\n"


@pytest.fixture
def start(tmp_path, box):
    frames.write_data(tmp_path / "box.data", box)
    models.write(tmp_path, models.random_model())
    return models.start(box)


def pair(words: str) -> str:
    return f"pair_style anisoap {words}\n{models.COEFF}"


WRONG = "expected 'cpu' or 'auto'"


@pytest.mark.parametrize(
    "words, problem", [("device gpu", f"device, got 'gpu'; {WRONG}"), ("device", "a value is missing")]
)
def test_names_that_there_are_not(lammps, start, words, problem):
    assert lammps(start + pair(words), fails=True).error().startswith(f"Pair_style anisoap: {problem}")
    error = lammps(start + COMPUTE.format(" " + words), fails=True).error()
    assert error.startswith(f"Compute anisoap: {problem}")


@pytest.mark.parametrize("words", ["device auto device auto", "device cpu device auto"])
def test_a_name_that_is_given_twice(lammps, start, words):
    error = lammps(start + pair(words), fails=True).error()
    assert error == "Pair_style anisoap: keyword 'device' is given twice; expected it once"


@pytest.mark.skipif(SPACE != "", reason="this build has devices")
def test_a_build_without_devices_says_so(lammps, start):
    error = lammps(start + pair("device cuda"), fails=True).error()
    assert error == (
        f"Pair_style anisoap: device, got 'cuda'; {WRONG}: this plugin was built without Kokkos (docs/devices.md of anisoap-md "
        "says how to build one with it)"
    )


@pytest.mark.skipif(SPACE not in ("", "openmp", "serial"), reason="auto may choose a GPU here")
def test_auto_says_what_it_chose(lammps, start):
    output = lammps(start + pair("device auto") + "run 0\n").output
    assert "Pair anisoap: device auto chose cpu: the plugin was built for none" in output
    output = lammps(start + COMPUTE.format(" device auto") + frames.run_command("a.dump", "c_a[*]")).output
    assert "Compute anisoap a: device auto chose cpu: the plugin was built for none" in output


@pytest.mark.skipif(
    SPACE == "", reason="this build has no devices: make test-kokkos runs it with one that has"
)
def test_a_device_is_named_and_numbered(lammps, start):
    assert f"Pair anisoap: device {SPACE}:0" in lammps(start + pair(f"device {SPACE}") + "run 0\n").output
    error = lammps(start + pair(f"device {SPACE}:99") + "run 0\n", fails=True).error()
    assert error.startswith(
        f"Pair anisoap: device, got '{SPACE}:99'; expected 'cpu', 'auto', '{SPACE}', '{SPACE}:0'"
    )


@pytest.mark.skipif(
    SPACE == "", reason="this build has no devices: make test-kokkos runs it with one that has"
)
def test_restart_files_forget_the_device(lammps, start):
    lammps(start + pair(f"device {SPACE}") + "run 0\nwrite_restart a.restart\n")
    again = lammps("read_restart a.restart\nrun 0\n")
    assert "Pair anisoap: device" not in again.output


@pytest.mark.skipif(
    SPACE == "", reason="this build has no devices: make test-kokkos runs it with one that has"
)
@pytest.mark.parametrize("ranks", [1, 2])
def test_wrong_atoms_are_named(lammps, start, ranks):
    for word, style in ((pair(f"device {SPACE}"), "Pair"), (COMPUTE.format(f" device {SPACE}"), "Compute")):
        run = "run 0\n" if style == "Pair" else frames.run_command("a.dump", "c_a[*]")
        error = lammps(start + "set atom 3 shape 0 0 0\n" + word + run, fails=True, ranks=ranks).error()
        assert error.startswith(f"{style} anisoap: atom ID 3 has no ellipsoid data")


@pytest.mark.skipif(
    SPACE == "", reason="this build has no devices: make test-kokkos runs it with one that has"
)
def test_a_plugin_that_is_loaded_again_goes_on(lammps, start, plugin):
    """Kokkos starts once a process."""
    run = start + pair(f"device {SPACE}") + "run 0\n"
    out = lammps(run + f"plugin clear\nclear\nplugin load {plugin}\n" + run).output
    assert out.count(f"Pair anisoap: device {SPACE}:0") == 2
