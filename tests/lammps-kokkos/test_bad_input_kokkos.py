# SPDX-License-Identifier: MIT
"""Settings of the package KOKKOS that do not fit are errors that name the flag."""

import frames
import models
import pytest

PAIR = "pair_style anisoap\n" + models.COEFF
EXPECTED = "expected newton on neigh half (on the command line: -pk kokkos newton on neigh half)"


@pytest.fixture
def start(tmp_path):
    frame = frames.random_frame(5)
    frames.write_data(tmp_path / "box.data", frame)
    models.write(tmp_path, models.random_model())
    return models.start(frame)


@pytest.mark.parametrize("newton, neigh", [("off", "full"), ("off", "half")])
def test_flags_of_the_pair_style(lammps, start, newton, neigh):
    script = start.replace("newton on\n", "") + PAIR + "run 0\n"
    error = lammps(script, package=f"-pk kokkos newton {newton} neigh {neigh}", fails=True).error()
    assert error == f"Pair anisoap/kk: got newton {newton} neigh {neigh} of package kokkos; {EXPECTED}"


def test_a_compute_runs_with_any_flags(lammps, start):
    script = start.replace("newton on\n", "").replace("comm_modify cutoff 0.0", "comm_modify cutoff 3.6")
    script += "compute a all anisoap 3.0 basis gto 1.0 lmax 2\n"
    lammps(script + frames.run_command("a.dump", "c_a[*]"), package="-pk kokkos newton off neigh full")


COMPUTE = "compute a all anisoap 3.0 basis gto 1.0 lmax 2\n"
STYLES = {"Pair": PAIR, "Compute": "comm_modify cutoff 3.6\n" + COMPUTE}
LEFT_OUT = {
    "neigh_modify exclude type 1 1": "neigh_modify exclude",
    "neigh_modify exclude group all all": "neigh_modify exclude",
    "group some id 1 2\natom_modify first some\nneigh_modify include some": "neigh_modify include",
}


@pytest.mark.parametrize("who", STYLES)
@pytest.mark.parametrize("command", LEFT_OUT)
def test_pairs_that_the_list_leaves_out(lammps, start, who, command):
    """In the first run, where LAMMPS's own flags are not set yet when the styles are asked."""
    error = lammps(start + command + "\n" + STYLES[who] + "run 0\n", fails=True).error()
    assert (
        error == f"{who} anisoap/kk: {LEFT_OUT[command]} leaves pairs out of its neighbor list; expected none"
    )


@pytest.mark.parametrize("who", STYLES)
def test_nothing_is_left_out_whatever_memory_holds(lammps, start, who, monkeypatch):
    for byte in ("1", "85", "170", "254"):
        monkeypatch.setenv("MALLOC_PERTURB_", byte)
        lammps(start + STYLES[who] + "run 0\n")


@pytest.mark.parametrize("who", STYLES)
def test_atoms_that_are_wrong_are_named_and_counted(lammps, start, who):
    script = start + "set atom 2*4 shape 0 0 0\n" + STYLES[who]
    script += "run 0\n" if who == "Pair" else frames.run_command("a.dump", "c_a[*]")
    error = lammps(script, fails=True).error()
    assert error.startswith(f"{who} anisoap: atom ID ") and "has no ellipsoid data (and " in error
    assert "expected a shape for each atom" in error


@pytest.mark.parametrize("who", ["Pair", "Compute"])
def test_a_recursive_decomposition(lammps, start, who):
    style = PAIR if who == "Pair" else "compute a all anisoap 3.0 basis gto 1.0 lmax 2\n"
    error = lammps("comm_style tiled\n" + start + style + "run 0\n", fails=True).error()
    expected = (
        "comm_style tiled, with which LAMMPS under KOKKOS loses data of ellipsoids; expected comm_style brick"
    )
    assert error == f"{who} anisoap/kk: {expected}"


@pytest.mark.parametrize(
    "style", [PAIR, "compute a all anisoap 3.0 basis gto 1.0 lmax 2\n"], ids=["pair", "compute"]
)
def test_kk_styles_without_kokkos(lammps, start, style):
    out = lammps(start + style.replace("anisoap", "anisoap/kk") + "run 0\n", kokkos=False, fails=True)
    assert "Cannot use KOKKOS styles without enabling KOKKOS" in out.error()
