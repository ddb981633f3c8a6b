# SPDX-License-Identifier: MIT
"""`compute centroid/stress/atom` of `pair_style anisoap`: against differences of the energies of single atoms, and the heat flux
that they make."""

import numpy as np
import pytest
from anisoap_md import _core
from ase.neighborlist import neighbor_list
from testing.lmp import frames, models

PAIR = "pair_style anisoap\n" + models.COEFF
COLUMNS = [*models.STRESS, (1, 0), (2, 0), (2, 1)]  # of compute centroid/stress/atom: r_a F_b
STEP = 1e-5
HEAT = "compute k all ke/atom\ncompute u all pe/atom\ncompute c all centroid/stress/atom NULL virial\n"
HEAT += "compute j all heat/flux k u c\n"
WARNING = "compute heat/flux (ID j) leaves out the rotation of bodies"


def evaluate(lammps, frame, pair=PAIR, name="r", **options):
    """``models.by_lammps`` with centroid virials [n, 3, 3]; both kinds of stress are asked for in one step."""
    text = models.single_point(name).replace("c_s[*]\n", "c_s[*] c_c[*]\n", 1)
    compute = "compute c all centroid/stress/atom NULL virial\n"
    out = lammps(models.start(frame) + pair + compute + text, **options)
    got = models.by_lammps(out, name)
    got["centroid"] = np.empty((len(frame.positions), 3, 3))
    for column, (a, b) in zip(frames.read_dump(out.folder / f"{name}.dump").T[13:], COLUMNS, strict=True):
        got["centroid"][:, a, b] = -column
    return got


def slopes_of_centre(potential, cluster) -> np.ndarray:
    """[n, 3] change of the energy of the first atom of a cluster with the places of all."""
    moved = []
    for k in range(len(cluster)):
        for axis in range(3):
            for sign in (1, -1):
                moved.append(cluster.copy())
                moved[-1].positions[k, axis] += sign * STEP
    energies = np.array(potential.compute(moved, models.NUMBERS)["energies"])
    plus_minus = energies[:: len(cluster)].reshape(-1, 3, 2)
    return (plus_minus[..., 0] - plus_minus[..., 1]) / (2 * STEP)


def centroid_virials(model, atoms) -> np.ndarray:
    """[n, 3, 3] -sum over i of (x_j - x_i) dE_i/dx_j, E_i the energy of the atom i in an open cluster of all within the cutoff,
    so that each image moves alone."""
    potential = _core.Potential(model)
    first, second, r = neighbor_list("ijD", atoms, potential.cutoff)
    out = np.zeros((len(atoms), 3, 3))
    for i in range(len(atoms)):
        around = second[first == i]
        cluster = atoms[[i, *around]]
        cluster.positions, cluster.pbc = [np.zeros(3), *r[first == i]], False
        slopes = slopes_of_centre(potential, cluster)
        np.subtract.at(out, around, cluster.positions[1:, :, None] * slopes[1:, None, :])
    return out


MODELS = {
    "many-body": {"two_body": False},
    "two-body": {"kind": "none", "polynomial": True},
    "networks of both": {"kind": "networks"},
    "kernel and polynomials": {"kind": "kernel", "polynomial": True},
    "bodies of point groups": {"kind": "none", "groups": ("D6h", "Cinfv")},
}


@pytest.mark.parametrize("ranks", [1, 2])
@pytest.mark.parametrize("kind", MODELS)
def test_differences_of_the_energies_of_atoms(lammps, tmp_path, assert_close, kind, ranks):
    """In a box that is shorter than twice the cutoff: an atom is its neighbour's neighbour by several images."""
    model = models.random_model(**MODELS[kind])
    models.write(tmp_path, model)
    frame = frames.random_frame(8, n_side=2, tilt=True)
    frames.write_data(tmp_path / "box.data", frame)
    got = evaluate(lammps, frame, ranks=ranks)
    assert_close(got["centroid"], centroid_virials(model, models.atoms_of(frame)), 1e-6)


def vector(antisymmetric: np.ndarray) -> np.ndarray:
    """[3] W_yz - W_zy, W_zx - W_xz, W_xy - W_yx."""
    return np.array([antisymmetric[a, b] - antisymmetric[b, a] for a, b in ((1, 2), (2, 0), (0, 1))])


def test_the_sum_is_the_virial_and_balances_the_torques(lammps, box, tmp_path, assert_close):
    models.write(tmp_path, models.random_model())
    got = evaluate(lammps, box, ranks=2)
    total = got["centroid"].sum(axis=0)
    assert_close(0.5 * np.array([total[a, b] + total[b, a] for a, b in models.STRESS]), got["virial"], 1e-11)
    assert_close(-vector(total), got["torques"].sum(axis=0), 1e-9)
    symmetric = np.array([0.5 * (w + w.T)[tuple(zip(*models.STRESS))] for w in got["centroid"]])  # noqa: B905
    assert np.abs(symmetric - got["virials"]).max() > 0.01 * np.abs(symmetric).max(), (
        "halves would do: nothing is tested"
    )


@pytest.mark.parametrize("ranks", [2, 4])
def test_ranks_agree(lammps, box, tmp_path, assert_close, ranks):
    models.write(tmp_path, models.random_model())
    one = evaluate(lammps, box, name="one")
    assert_close(evaluate(lammps, box, ranks=ranks)["centroid"], one["centroid"], 1e-11)


def test_hybrid_overlay_adds_the_other_style(lammps, tilted_box, tmp_path, assert_close):
    models.write(tmp_path, models.random_model())
    coeff, lj = models.COEFF.replace("model", "anisoap model"), "lj/cut 2.5"
    pair = f"pair_style hybrid/overlay anisoap {lj}\n{coeff}pair_coeff * * lj/cut 0.1 1.1\n"
    both = evaluate(lammps, tilted_box, pair, name="both", ranks=2)
    other = evaluate(lammps, tilted_box, f"pair_style {lj}\npair_coeff * * 0.1 1.1\n", name="lj")
    alone = evaluate(lammps, tilted_box, name="alone")
    assert np.abs(other["centroid"]).max() > 1e-3 * np.abs(alone["centroid"]).max()
    assert_close(both["centroid"] - other["centroid"], alone["centroid"], 1e-10)


def test_compute_heat_flux_moves_the_energies_of_atoms(lammps, tmp_path, assert_close):
    """d/dt sum_i x_i (k_i + E_i) in an open box, of bodies that do not turn at that moment."""
    model = models.random_model(polynomial=True)
    models.write(tmp_path, model)
    frame = frames.random_frame(7, n_side=3)
    frame.periodic = (False,) * 3
    frames.write_data(tmp_path / "box.data", frame)
    out = lammps(
        models.start(frame) + PAIR + "velocity all create 1.0 7 loop geom\n" + HEAT
        + "dump d all custom 1 v.dump id vx vy vz c_k\ndump_modify d sort id format float %.17g\n"
        + "thermo_style custom step c_j[*]\nthermo_modify norm no format float %.17g\nrun 0 post no\n",
        ranks=2,
    )  # fmt: skip
    flux = models.thermo(out.output, "c_j[1]")[-1][1:]
    rows = frames.read_dump(out.folder / "v.dump")
    v, kinetic = rows[:, :3], rows[:, 3]
    atoms, potential = models.atoms_of(frame), _core.Potential(model)
    moved = []
    for sign in (0, 1, -1):
        moved.append(atoms.copy())
        moved[-1].positions += sign * STEP * v
    found = potential.compute(moved, models.NUMBERS)
    now, after, before = np.array(found["energies"]).reshape(3, -1)
    power = (np.array(found["forces"])[: len(atoms)] * v).sum(axis=1)
    carried = (now + kinetic) @ v
    passed = ((after - before) / (2 * STEP) + power) @ atoms.positions
    assert np.abs(passed).max() > 0.01 * np.abs(carried).max()
    assert_close(flux[3:], carried, 1e-10)
    assert_close(flux[:3] - flux[3:], passed, 1e-6)


def test_compute_heat_flux_is_warned_of_once(lammps, box, tmp_path):
    models.write(tmp_path, models.random_model())
    start = models.start(box) + PAIR
    output = lammps(start + "run 0 post no\n" + HEAT + "run 0 post no\nrun 0 post no\n", ranks=2).output
    assert output.count(WARNING) == 1
    without = HEAT.replace("compute j all heat/flux k u c\n", "")
    assert "heat/flux" not in lammps(start + without + "run 0 post no\n").output.replace(without, "")
