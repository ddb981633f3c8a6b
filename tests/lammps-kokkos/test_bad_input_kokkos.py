# SPDX-License-Identifier: MIT
"""Settings of the package KOKKOS that do not fit are errors that name the flag."""

import re
from dataclasses import replace

import numpy as np
import pytest
from anisoap_md import _core
from testing.lmp import frames, models, processes
from testing.refusals import TOOL

PAIR = "pair_style anisoap\n" + models.COEFF
COMPUTE = "comm_modify cutoff 3.6\ncompute a all anisoap 3.0 basis gto 1.0 lmax 2\n"
# a run that evaluates the style
STYLES = {"Pair": PAIR + "run 0\n", "Compute": COMPUTE + frames.run_command("a.dump", "c_a[*]")}
EXPECTED = "expected newton on neigh half (on the command line: -pk kokkos newton on neigh half)"


@pytest.fixture
def start(tmp_path):
    frame = frames.random_frame(5)
    frames.write_data(tmp_path / "box.data", frame)
    models.write(tmp_path, models.random_model())
    return models.start(frame)


def heavy(local):
    """No energy without neighbours, and more than a double holds with some."""
    local.weights = np.full_like(local.weights, 1.7e308)
    local.shift, local.scale = np.zeros_like(local.shift), np.ones_like(local.scale)
    return local


@pytest.mark.parametrize("newton, neigh", [("off", "full"), ("off", "half")])
def test_flags_of_the_pair_style(lammps, start, newton, neigh):
    script = start.replace("newton on\n", "") + PAIR + "run 0\n"
    error = lammps(script, package=f"-pk kokkos newton {newton} neigh {neigh}", fails=True).error()
    assert error == f"Pair anisoap/kk: got newton {newton} neigh {neigh} of package kokkos; {EXPECTED}"


def test_a_compute_runs_with_any_flags(lammps, start):
    script = start.replace("newton on\n", "") + COMPUTE
    lammps(script + frames.run_command("a.dump", "c_a[*]"), package="-pk kokkos newton off neigh full")


LEFT_OUT = {
    "neigh_modify exclude type 1 1": "neigh_modify exclude",
    "neigh_modify exclude group all all": "neigh_modify exclude",
    "group some id 1 2\natom_modify first some\nneigh_modify include some": "neigh_modify include",
}


@pytest.mark.kernels
@pytest.mark.parametrize("command", LEFT_OUT)
def test_pairs_that_the_list_leaves_out(lammps, start, command):
    """In the first run, where LAMMPS's own flags are not set yet when the styles are asked."""
    error = lammps(start + command + "\n" + STYLES["Pair"], fails=True).error()
    expected = f"{LEFT_OUT[command]} leaves pairs out of its neighbor list; expected none"
    assert error == f"Pair anisoap/kk: {expected}"


@pytest.mark.parametrize("who", STYLES)
def test_nothing_is_left_out_whatever_memory_holds(lammps, start, who, monkeypatch):
    for byte in ("1", "85", "170", "254"):
        monkeypatch.setenv("MALLOC_PERTURB_", byte)
        lammps(start + STYLES[who])


@pytest.mark.kernels
@pytest.mark.parametrize("who", STYLES)
@pytest.mark.parametrize("ranks", [1, 2])
def test_atoms_without_a_shape_are_named_and_counted(lammps, start, who, ranks):
    script = start + "set atom 2*4 shape 0 0 0\n" + STYLES[who]
    error = lammps(script, fails=True, ranks=ranks).error()
    assert re.fullmatch(
        rf"{who} anisoap: atom ID [234] has no ellipsoid data \(and \d+ more atoms or ghosts on this rank\); expected a shape "
        r"for each atom \(set shape, or the ellipsoid flag of the data file\) \(timestep 0\)",
        error,
    )


@pytest.mark.parametrize("who", STYLES)
@pytest.mark.parametrize("ranks", [1, 2])
def test_a_zero_quaternion(lammps, start, tmp_path, who, ranks):
    """LAMMPS normalises quaternions that it reads, which leaves NaN of zero."""
    frame = frames.random_frame(5)
    frame.quaternions[4] = 0
    frames.write_data(tmp_path / "box.data", frame)
    error = lammps(start + STYLES[who], fails=True, ranks=ranks).error()
    assert error.startswith(f"{who} anisoap: atom ID 5: quaternion is not finite")


@pytest.mark.kernels
@pytest.mark.parametrize("who", STYLES)
def test_memory_that_is_refused(lammps, start, who, monkeypatch):
    """Batches shrink; what does not fit however small they are names what to do."""
    columns = "fx fy fz tqx tqy tqz" if who == "Pair" else "c_a[*]"
    style = PAIR if who == "Pair" else COMPUTE
    script = start + style + frames.run_command("a.dump", columns)

    def rows():
        lammps(script)
        return frames.read_dump(lammps.folder / "a.dump")

    expected = rows()
    monkeypatch.setenv("KOKKOS_TOOLS_LIBS", processes.shared_library(lammps.folder, TOOL, "cpp"))
    monkeypatch.setenv("REFUSED_LABEL", "anisoap sums")
    monkeypatch.setenv("REFUSED_ABOVE", "1000")
    monkeypatch.setenv("REFUSED_AT_MOST", "3")
    assert np.array_equal(rows(), expected)
    monkeypatch.setenv("REFUSED_AT_MOST", "100")
    error = lammps(script, fails=True).error()
    assert error.startswith(
        f"{who} anisoap: memory of the device is not enough for 64 atoms; expected fewer atoms on each device, or a smaller "
        "cutoff or neighbor skin"
    )


def test_energies_and_forces_that_overflow(lammps, start):
    """In the words of the style without /kk."""
    model = models.random_model()
    model.local = [heavy(one) for one in model.local]
    models.write(lammps.folder, model)
    error, expected = (lammps(start + STYLES["Pair"], kokkos=kk, fails=True).error() for kk in (True, False))
    assert error.startswith(
        "Pair anisoap: energy or force, got numbers that overflow; expected distances and"
    )
    assert error == expected


def test_forces_that_overflow_between_steps_that_print(lammps):
    """Two atoms come near each other in the first of five steps; a GPU tells before it adds forces once more."""
    frame = frames.random_frame(5)
    two = replace(
        frame,
        positions=np.array([[1.0, 1.0, 1.0], [4.6, 1.0, 1.0]]),
        quaternions=frame.quaternions[:2],
        diameters=np.full((2, 3), 3.0),
        types=np.array([1, 2]),
    )
    frames.write_data(lammps.folder / "box.data", two)
    model = models.random_model(two_body=False, uncertain=False)
    words = {
        "radial_basis_name": "gto",
        "radial_gaussian_width": 1.2,
        "cutoff_function": "cosine",
        "cutoff_width": 1.0,
    }
    words |= {"max_angular": 3, "cutoff_radius": models.CUTOFF, "species": models.SPECIES}
    model.hypers = _core.Hypers(**words, subtract_center_contribution=True)
    model.local = [heavy(one) for one in model.local]
    models.write(lammps.folder, model)
    move = (
        "timestep 1.0\ngroup two id 2\nvelocity two set -3.0 0 0\nfix m all nve/asphere\nthermo 100\nrun 5\n"
    )
    error = lammps(models.start(two) + PAIR + move, fails=True).error()
    assert re.match(r"Pair anisoap: energy or force, got numbers that overflow; .* \(timestep [12]\)", error)


def test_rows_that_overflow(lammps, start):
    style = STYLES["Compute"].replace("basis gto 1.0 lmax 2", "basis monomial lmax 6")
    for kk in (True, False):
        error = lammps(start + "set atom 7 shape 1e140 1 1\n" + style, kokkos=kk, fails=True).error()
        expected = r"Compute anisoap: descriptor of centre \d+, got numbers that overflow; expected distances .* basis length 3 "
        assert re.match(expected, error), error


@pytest.mark.parametrize("who", STYLES)
def test_a_position_that_is_not_finite(lammps, start, who):
    """An infinite force moves atom 9 to infinity in the middle of a run."""
    script = (
        start
        + "group one id 9\nvariable f equal 1.0e308*1.0e10\nfix push one addforce v_f 0 0\nfix m all nve/asphere\n"
    )
    script += "neigh_modify delay 100 every 100\n" + STYLES[who].replace(
        "dump d all custom 1", "dump d all custom 2"
    )
    error = lammps(script.replace("run 0", "run 3"), fails=True).error()
    assert re.match(rf"{who} anisoap: atom ID 9: position is not finite.*\(timestep [123]\)", error), error


def test_ghosts_that_do_not_reach(lammps, start):
    script = start + STYLES["Compute"].replace("cutoff 3.6", "cutoff 2.5")
    assert lammps(script, fails=True).error() == (
        "Compute anisoap: CUTOFF 3 plus the neighbor skin 0.3 is beyond the ghost atoms, which reach 2.5; expected comm_modify "
        "cutoff 3.3 or more"
    )


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


@pytest.mark.kernels
@pytest.mark.parametrize("who", STYLES)
def test_sorted_rows_of_atoms_without_ids(lammps, start, who):
    begin = (
        "units lj\natom_style ellipsoid\natom_modify id no\nlattice sc 0.2\nregion all block 0 4 0 4 0 4\ncreate_box 2 all\n"
        "create_atoms 1 box\nset group all mass 1.0 shape 1.0 1.0 2.0 quat/random 1\nneighbor 0.3 bin\n"
    )
    style = PAIR.replace("anisoap", "anisoap sort yes", 1)
    if who == "Compute":
        style = COMPUTE.rstrip() + " sort yes\nfix m all ave/atom 1 1 1 c_a[1]\n"
    error = lammps(begin + style + "run 0\n", fails=True).error()
    expected = "sort yes with atoms without IDs; expected atom_modify id yes, or sort no"
    assert error == f"{who} anisoap/kk: {expected}"


@pytest.mark.kernels
def test_kernels_that_there_are_not(lammps, start, monkeypatch):
    monkeypatch.setenv("ANISOAP_KOKKOS_KERNELS", "fast")
    error = lammps(start + STYLES["Pair"], fails=True).error()
    assert error == (
        "anisoap/kk: environment variable ANISOAP_KOKKOS_KERNELS is 'fast'; expected vectorised or portable"
    )
