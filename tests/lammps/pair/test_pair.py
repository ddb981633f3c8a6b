# SPDX-License-Identifier: MIT
"""`pair_style anisoap` gives the values of Python, whatever the box, the ranks and the other styles."""

import json

import numpy as np
import pytest
from anisoap_md import read_frames
from testing.lmp import frames, models

PAIR = "pair_style anisoap\n" + models.COEFF


@pytest.fixture
def model(tmp_path):
    model = models.random_model()
    models.write(tmp_path, model)
    return model


@pytest.fixture
def same(assert_close):
    """Function that compares the dictionaries of ``by_lammps`` and ``by_python``."""

    def check(got: dict, expected: dict, tolerance: float = 1e-10) -> None:
        for key in ("energy", "energies", "forces", "torques", "virial", "virials"):
            assert_close(got[key], expected[key], tolerance)

    return check


def evaluate(lammps, frame, pair=PAIR, before="", name="r", **options):
    """Values of LAMMPS for one box."""
    return models.by_lammps(
        lammps(models.start(frame) + before + pair + models.single_point(name), **options), name
    )


@pytest.mark.parametrize("ranks", [1, 2, 4])
def test_lammps_gives_the_values_of_python(lammps, box, model, same, ranks):
    same(evaluate(lammps, box, ranks=ranks), models.by_python(model, models.atoms_of(box)))


@pytest.mark.parametrize("kind", ["none", "linear"])
def test_two_body_polynomials(lammps, tilted_box, tmp_path, same, kind):
    model = models.random_model(kind=kind, polynomial=True)
    models.write(tmp_path, model)
    same(evaluate(lammps, tilted_box, ranks=4), models.by_python(model, models.atoms_of(tilted_box)))


@pytest.mark.parametrize("kind", ["none", "linear"])
@pytest.mark.parametrize("groups", [("D6h", "Cinfv"), ("C1", "Td")], ids="-".join)
def test_bodies_of_point_groups(lammps, tilted_box, tmp_path, same, kind, groups):
    model = models.random_model(kind=kind, groups=groups)
    models.write(tmp_path, model)
    same(evaluate(lammps, tilted_box, ranks=4), models.by_python(model, models.atoms_of(tilted_box)))


@pytest.mark.parametrize("kind", ["none", "kernel", "networks"])
def test_other_kinds_of_models(lammps, tilted_box, tmp_path, same, kind):
    model = models.random_model(kind=kind)
    models.write(tmp_path, model)
    same(evaluate(lammps, tilted_box, ranks=2), models.by_python(model, models.atoms_of(tilted_box)))


def test_a_box_smaller_than_the_cutoff(lammps, tmp_path, model, same):
    frame = frames.random_frame(6, n_side=2, tilt=True)
    frame.cell, frame.positions = 0.7 * frame.cell, 0.7 * frame.positions
    assert np.diag(frame.cell).max() < models.CUTOFF
    frames.write_data(tmp_path / "box.data", frame)
    same(evaluate(lammps, frame), models.by_python(model, models.atoms_of(frame)))


def test_shapes_of_many_atoms(lammps, tmp_path, model, same):
    """They are gathered 2,048 at a time."""
    frame = frames.random_frame(8, n_side=14)
    assert len(frame.positions) > 2048
    frames.write_data(tmp_path / "box.data", frame)
    same(evaluate(lammps, frame), models.by_python(model, models.atoms_of(frame)))


def test_open_boundaries(lammps, tmp_path, model, same):
    frame = frames.random_frame(7, n_side=3)
    frame.periodic = (False, True, False)
    frames.write_data(tmp_path / "box.data", frame)
    same(evaluate(lammps, frame, ranks=2), models.by_python(model, models.atoms_of(frame)))


def test_a_recursive_decomposition_and_threads_agree(lammps, box, model, same):
    one = evaluate(lammps, box)
    same(evaluate(lammps, box, before="comm_style tiled\nbalance 1.0 rcb\n", ranks=4), one, 1e-12)
    threads = evaluate(lammps, box, threads=2)
    assert all(np.array_equal(threads[key], one[key]) for key in one)


def test_per_atom_values_add_up(lammps, box, model):
    got = evaluate(lammps, box, ranks=2)
    assert got["energies"].sum() == pytest.approx(got["energy"], rel=1e-12)
    assert np.allclose(
        got["virials"].sum(axis=0), got["virial"], rtol=0, atol=1e-12 * np.abs(got["virial"]).max()
    )
    assert np.abs(got["forces"].sum(axis=0)).max() < 1e-12 * np.abs(got["forces"]).max()


def test_spheres_of_a_many_body_model_feel_no_torque(lammps, tilted_box, tmp_path):
    models.write(tmp_path, models.random_model(two_body=False))
    tilted_box.diameters[:] = 1.3
    frames.write_data(tmp_path / "box.data", tilted_box)
    got = evaluate(lammps, tilted_box)
    assert np.abs(got["torques"]).max() < 1e-11 * np.abs(got["forces"]).max()


def test_displaced_ghosts_are_seen(lammps, box, model, assert_close):
    """fix numdiff/virial displaces owned and ghost atoms and asks for energies; the virial of this style is symmetrised."""
    numbers = "fix n all numdiff/virial 1 1e-5\ncompute p all pressure NULL virial\nvariable e equal 1.0\n"
    columns = " ".join(f"c_p[{k}]" for k in (1, 2, 3)) + " " + " ".join(f"f_n[{k}]" for k in (1, 2, 3))
    out = lammps(
        models.start(box).replace("atom_style", "atom_modify map yes\natom_style") + PAIR + numbers
        + f"thermo_style custom step c_thermo_pe {columns}\nthermo_modify format float %.17g\nrun 0 post no\n",
        ranks=2,
    )  # fmt: skip
    row = models.thermo(out.output)[-1]
    assert_close(row[5:8], row[2:5], 1e-6)


def test_forces_are_those_of_fix_numdiff(lammps, box, model):
    off = "".join(f"variable {k} atom f{k}-f_n[{i}]\n" for i, k in enumerate("xyz", 1))
    maxima = "compute off all reduce maxabs v_x v_y v_z\ncompute f all reduce maxabs fx fy fz\n"
    out = lammps(
        models.start(box).replace("atom_style", "atom_modify map yes\natom_style") + PAIR
        + f"fix n all numdiff 1 1e-5\n{off}{maxima}thermo_style custom step c_off[*] c_f[*]\n"
        "thermo_modify format float %.17g\nrun 0 post no\n",
        ranks=2,
    )  # fmt: skip
    row = models.thermo(out.output, "c_off[1]")[-1]
    assert max(row[1:4]) < 1e-6 * max(row[4:7])


PAIRS_OF_AXES = [(0, 0), (1, 1), (2, 2), (1, 2), (0, 2), (0, 1)]  # of LAMMPS's Born matrix
BORN = [*((k, k) for k in range(6)), *((a, b) for a in range(6) for b in range(a + 1, 6))]  # its order


def born_matrix(model, atoms) -> np.ndarray:
    """[21] -V dP/dstrain of one symmetric strain after another, by central differences of Python's virials, with the terms of the
    pressure that make it the matrix of Lagrangian strains; an energy."""

    def pressure(strain):
        moved = atoms.copy()
        moved.set_cell(atoms.cell.array @ (np.eye(3) + strain), scale_atoms=True)
        found = models.by_python(model, moved)["virial"] / atoms.get_volume()
        return np.array(
            [[found[models.STRESS.index((min(a, b), max(a, b)))] for b in range(3)] for a in range(3)]
        )

    slopes = []
    for k, l in PAIRS_OF_AXES:
        strain = np.zeros((3, 3))
        strain[k, l] += 0.5e-5
        strain[l, k] += 0.5e-5
        slopes.append((pressure(strain) - pressure(-strain)) / 2e-5)
    p, one = pressure(np.zeros((3, 3))), np.eye(3)
    matrix = np.empty((6, 6))
    for a, (i, j) in enumerate(PAIRS_OF_AXES):
        for b, (k, l) in enumerate(PAIRS_OF_AXES):
            turned = p[i, k] * one[j, l] + p[i, l] * one[j, k] + p[j, k] * one[i, l] + p[j, l] * one[i, k]
            matrix[a, b] = -slopes[max(a, b)][PAIRS_OF_AXES[min(a, b)]] + 0.5 * turned
    return atoms.get_volume() * np.array([matrix[a, b] for a, b in BORN])


@pytest.mark.parametrize("ranks", [1, 2])
def test_the_born_matrix_of_differences(lammps, box, model, assert_close, ranks):
    """compute born/matrix numdiff displaces owned and ghost atoms and asks for virials."""
    out = lammps(
        models.start(box).replace("atom_style", "atom_modify map yes\natom_style") + PAIR
        + "compute p all pressure NULL virial\ncompute b all born/matrix numdiff 1e-5 p\n"
        "thermo_style custom step c_b[*]\nthermo_modify format float %.17g\nrun 0 post no\n",
        ranks=ranks,
    )  # fmt: skip
    row = models.thermo(out.output, "c_b[1]")[-1]
    assert_close(row[1:], born_matrix(model, models.atoms_of(box)), 1e-5)


LJ = "lj/cut 2.5"


def test_hybrid_overlay_adds_the_other_style(lammps, tilted_box, model, same):
    pair = f"pair_style hybrid/overlay anisoap {LJ}\n{models.COEFF.replace('model', 'anisoap model')}"
    got = evaluate(lammps, tilted_box, pair + "pair_coeff * * lj/cut 0.1 1.1\n", name="both", ranks=2)
    lj = evaluate(lammps, tilted_box, f"pair_style {LJ}\npair_coeff * * 0.1 1.1\n", name="lj", ranks=2)
    alone = models.by_python(model, models.atoms_of(tilted_box))
    assert np.abs(lj["forces"]).max() > 0
    same({key: got[key] - lj[key] for key in lj}, alone)


def test_charges_on_bodies_add_their_electrostatics(lammps, tilted_box, tmp_path, model, same):
    """hybrid/overlay with coul/long under a kspace_style."""
    frames.write_data(tmp_path / "box.data", tilted_box, hybrid=True)
    before = "set type 1 charge 0.3\nset type 2 charge -0.2\nkspace_style ewald 1e-5\n"
    coulomb = "coul/long 3.0"

    def run(pair, name):
        text = models.start(tilted_box).replace("ellipsoid\n", "hybrid ellipsoid charge\n", 1)
        return models.by_lammps(lammps(text + pair + before + models.single_point(name), ranks=2), name)

    coeff = models.COEFF.replace("model", "anisoap model") + "pair_coeff * * coul/long\n"
    both = run(f"pair_style hybrid/overlay anisoap {coulomb}\n{coeff}", "both")
    alone = run(f"pair_style {coulomb}\npair_coeff * *\ncomm_modify cutoff 3.6\n", "coulomb")
    assert np.abs(alone["forces"]).max() > 0
    expected = models.by_python(model, models.atoms_of(tilted_box))
    for key in ("energy", "forces", "torques"):
        error = np.abs(both[key] - alone[key] - expected[key]).max()
        assert error <= 1e-9 * np.abs(expected[key]).max(), key


@pytest.mark.parametrize("points", [False, True], ids=["ellipsoids", "points"])
@pytest.mark.parametrize("ranks", [1, 2])
def test_null_types_take_no_part(lammps, tilted_box, tmp_path, model, same, ranks, points):
    """Atoms of type 2 are neither centres nor neighbours; they may be points."""
    ids = np.flatnonzero(tilted_box.types == 2) + 1
    frames.write_data(tmp_path / "box.data", tilted_box, without=tuple(ids) if points else ())
    lj = "pair_coeff 1*2 2 lj/cut 0.1 1.1\n"
    pair = f"pair_style hybrid anisoap {LJ}\npair_coeff * * anisoap model.json C NULL\n{lj}"
    both = evaluate(lammps, tilted_box, pair, ranks=ranks, name="both")
    other = f"pair_style hybrid {LJ}\npair_coeff 1 1 none\n{lj}"
    rest = evaluate(lammps, tilted_box, other + "comm_modify cutoff 3.6\n", ranks=ranks, name="lj")
    atoms = models.atoms_of(tilted_box)
    first = tilted_box.types == 1
    got = {key: both[key] - rest[key] for key in both}
    for key in ("energies", "forces", "torques", "virials"):
        assert np.abs(got[key][~first]).max() < 1e-10 * np.abs(both[key]).max()
        got[key] = got[key][first]
    same(got, models.by_python(model, atoms[first]), 1e-9)


def test_the_same_label_twice_and_two_instances(lammps, tilted_box, tmp_path, model, same):
    """Two sub-styles of the same name add up, and both types may be one species."""
    models.write(tmp_path, models.random_model(seed=2), "second.json")
    pair = (
        "pair_style hybrid/overlay anisoap anisoap\npair_coeff * * anisoap 1 model.json C O\n"
        "pair_coeff * * anisoap 2 second.json O O\n"
    )
    first = models.by_python(model, models.atoms_of(tilted_box))
    tilted_box.types[:] = 2
    second = models.by_python(models.random_model(seed=2), models.atoms_of(tilted_box))
    tilted_box = frames.random_frame(5, tilt=True)
    keys = ("energy", "energies", "forces", "torques", "virial", "virials")
    same(evaluate(lammps, tilted_box, pair, ranks=2), {key: first[key] + second[key] for key in keys})


# eV in kcal/mol and bar A^3 in eV, kcal/mol atm A^3, of the 2018 CODATA values that are exact
KCAL = 1.602176634e-19 * 6.02214076e23 / 4184
BAR, ATM = 1.602176634e6, 4184 / 6.02214076e23 * 1e30 / 101325


@pytest.mark.parametrize(("units", "model_units"), [("real", "metal"), ("metal", "real"), ("metal", "metal")])
def test_units_are_converted(lammps, tilted_box, tmp_path, units, model_units):
    """LAMMPS rounds its pressure units to seven digits."""
    model = models.random_model(units=model_units)
    models.write(tmp_path, model)
    expected = models.by_python(model, models.atoms_of(tilted_box))
    factor = {("real", "metal"): KCAL, ("metal", "real"): 1 / KCAL}.get((units, model_units), 1.0)
    out = lammps(models.start(tilted_box, units) + PAIR + models.single_point())
    got = models.by_lammps(out, pressure_unit={"metal": BAR, "real": ATM}[units])
    for key in ("energy", "energies", "forces", "torques"):
        scale = np.abs(expected[key]).max() * factor
        assert np.allclose(got[key], factor * expected[key], rtol=0, atol=1e-7 * scale), key
    for key in ("virial", "virials"):
        scale = np.abs(expected[key]).max() * factor
        assert np.allclose(got[key], factor * expected[key], rtol=0, atol=1e-6 * scale), key


MOTION = "velocity all create 0.5 1 rot yes\nthermo 1\n"
TOTAL = """compute k all ke
compute r all erotate/asphere
variable total equal c_k+c_r+c_thermo_pe
thermo_style custom step v_total c_thermo_pe
thermo_modify norm no format float %.17g
"""


def energies_of_a_run(lammps, frame, steps, timestep):
    run = f"{MOTION}fix 1 all nve/asphere\ntimestep {timestep!r}\nrun {steps} post no\n"
    return models.thermo(lammps(models.start(frame) + PAIR + TOTAL + run).output, "v_total")


def test_energy_is_conserved_and_its_error_falls_with_the_square_of_the_step(lammps, tilted_box, tmp_path):
    """A quarter of the step: 1/16 of the error; 1/4 and 1/64 are the neighbouring orders."""
    models.write(tmp_path, models.random_model(scale=0.02))
    error = []
    for steps, timestep in ((20, 0.008), (80, 0.002)):
        rows = energies_of_a_run(lammps, tilted_box, steps, timestep)
        total, potential = rows[:, 1], rows[:, 2]
        assert np.ptp(potential) > 50 * np.ptp(total)
        error.append(np.std(total))
    assert 8 < error[0] / error[1] < 32


@pytest.mark.parametrize(
    "integrator", ["nvt/asphere temp 0.5 0.5 0.1", "npt/asphere temp 0.5 0.5 0.1 iso 1 1 1"]
)
def test_thermostats_and_barostats_run(lammps, tilted_box, tmp_path, integrator):
    models.write(tmp_path, models.random_model(scale=0.02))
    run = f"{MOTION}fix 1 all {integrator}\ntimestep 0.002\nrun 20 post no\n"
    rows = models.thermo(lammps(models.start(tilted_box) + PAIR + TOTAL + run, ranks=2).output, "v_total")
    assert len(rows) == 21 and np.isfinite(rows).all()


@pytest.mark.parametrize("style", ["cg", "fire"])
def test_minimisation_moves_downhill(lammps, tilted_box, tmp_path, style):
    """Positions relax, orientations stay: LAMMPS minimises those of spins only."""
    models.write(tmp_path, models.random_model(scale=0.02))
    text = (
        models.start(tilted_box)
        + PAIR
        + f"thermo_style custom step c_thermo_pe\nthermo_modify norm no format float %.17g\nthermo 1\nmin_style {style}\n"
        + "minimize 0 0 30 200\n"
    )
    rows = models.thermo(lammps(text, ranks=2).output)
    assert rows[-1, 1] < rows[0, 1] - 1.0


@pytest.mark.parametrize("ranks", [1, 2])
def test_forces_of_a_run_are_those_of_its_last_frame(lammps, tilted_box, tmp_path, assert_close, ranks):
    """Ghosts have moved since they were made."""
    model = models.random_model(scale=0.02)
    models.write(tmp_path, model)
    text = (
        models.start(tilted_box)
        + PAIR
        + f"compute q all property/atom quatw quati quatj quatk\n{MOTION}fix 1 all nve/asphere\ntimestep 0.004\n"
        + "dump d all custom 120 r.dump id x y z c_q[*] fx fy fz tqx tqy tqz\n"
        + "dump_modify d sort id format float %.17g\nrun 120 post no\n"
    )
    rows = frames.read_dump(lammps(text, ranks=ranks).folder / "r.dump")[64:]
    assert np.linalg.norm(rows[:, :3] - tilted_box.positions, axis=1).max() > 0.3, (
        "the test needs atoms that move further than the skin"
    )
    tilted_box.positions, tilted_box.quaternions = rows[:, :3], rows[:, 3:7]
    expected = models.by_python(model, models.atoms_of(tilted_box))
    assert_close(rows[:, 7:10], expected["forces"], 1e-10)
    assert_close(rows[:, 10:], expected["torques"], 1e-10)


def test_it_says_what_it_reads(lammps, tilted_box, model):
    out = lammps(models.start(tilted_box) + PAIR, ranks=2).output
    lines = [line for line in out.splitlines() if line.startswith("Pair anisoap")]
    assert len(lines) == 1
    assert lines[0].startswith(
        f"Pair anisoap: model model.json ({model.checksum()}), cutoff 3.3, species of types: 1 = C, 2 = O"
    )


def test_it_cites_the_paper(lammps, tilted_box, tmp_path, model):
    lammps(models.start(tilted_box) + PAIR)
    text = (tmp_path / "cited.bib").read_text()
    assert "pair_style anisoap" in text and "10.1063/5.0210910" in text


SHAPES = {"C": [0.9, 0.9, 1.6], "O": [1.4, 1.1, 0.8]}


@pytest.mark.parametrize("ranks", [1, 4])
def test_shapes_of_the_model(lammps, tilted_box, tmp_path, model, same, ranks):
    """The diameters of the model's training, whatever LAMMPS's own; uncertainties too."""
    model.training = json.dumps({"diameters": SHAPES})
    models.write(tmp_path, model)
    atoms = models.atoms_of(tilted_box)
    atoms.arrays["c_diameter"] = np.array([SHAPES[s] for s in atoms.get_chemical_symbols()])
    pair = f"pair_style anisoap shapes model\n{models.COEFF}"
    same(evaluate(lammps, tilted_box, pair, ranks=ranks), models.by_python(model, atoms))
    own = evaluate(lammps, tilted_box, PAIR.replace("anisoap", "anisoap shapes atoms", 1), ranks=ranks)
    same(own, models.by_python(model, models.atoms_of(tilted_box)))


def test_shapes_stay_in_restart_files_and_dumps(lammps, tilted_box, tmp_path, model, same):
    model.training = json.dumps({"diameters": SHAPES})
    models.write(tmp_path, model)
    pair = f"pair_style anisoap shapes model threshold 0 warn dump high.dump\n{models.COEFF}"
    first = evaluate(lammps, tilted_box, pair + "run 0 post no\nwrite_restart box.restart\n")
    text = "units lj\natom_style ellipsoid\nread_restart box.restart\n" + models.single_point("s")
    same(models.by_lammps(lammps(text), "s"), first, 1e-12)
    dumped = read_frames(tmp_path / "high.dump")[0]
    expected = np.array([SHAPES[s] for s in dumped.get_chemical_symbols()])
    np.testing.assert_allclose(dumped.arrays["shape"], expected, rtol=1e-12)


@pytest.mark.parametrize(
    "diameters, text",
    [
        (
            None,
            "with a model that has no diameters of C; expected one that was trained on particles of one set",
        ),
        ({"C": SHAPES["C"], "O": None}, "with a model that has no diameters of O"),
        (
            {"C": [1, 2], "O": SHAPES["O"]},
            "entry 'training.diameters.C' of the model file, got [1,2]; expected 3 lengths > 0",
        ),
        ({"C": [1, 2, 0], "O": SHAPES["O"]}, "3 lengths > 0"),
    ],
)
def test_shapes_of_a_model_that_has_none(lammps, tilted_box, tmp_path, model, diameters, text):
    model.training = json.dumps({"diameters": diameters})
    models.write(tmp_path, model)
    script = models.start(tilted_box) + f"pair_style anisoap shapes model\n{models.COEFF}"
    assert text in lammps(script, fails=True).error()


def test_shapes_are_given_to_a_model_that_was_read_before(lammps, tilted_box, tmp_path, model, same):
    """pair_style again, behind pair_coeff: refused where the model has no diameters."""
    models.write(tmp_path, model)
    script = models.start(tilted_box) + PAIR + "pair_style anisoap shapes model\n"
    assert "Pair_style anisoap: keyword 'shapes model' with a model" in lammps(script, fails=True).error()
