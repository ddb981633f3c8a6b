# SPDX-License-Identifier: MIT
"""Walls of two-body polynomials: holes are found and repaired at the least cost, or the fit says that it cannot."""

import json

import numpy as np
import pytest
from anisoap_md import ArgumentError, Model, _core
from anisoap_md.training import report
from anisoap_md.training.fitting import fit
from anisoap_md.training.linear.solver import Solver
from anisoap_md.training.walls.approaches import Pair
from anisoap_md.training.walls.labelled import LabelledPairs
from anisoap_md.training.walls.least_distance import least_distance
from ase import Atoms
from scipy.optimize import minimize
from scipy.spatial.transform import Rotation
from testing.helpers import assert_close
from testing.training.approaches import approach_energies, turning_down

DIAMETERS = (1.0, 1.0, 1.6)
OPTIONS = {"kind": "polynomial", "cutoff": 3.0, "width": 1.0, "powers": [1, 2, 3, 6, 9, 12], "degree": 4}
BARRIER = 20.0


def wall_model() -> Model:
    """4 (u^12 - u^6) of the gap, well depth 1, and some anisotropy."""
    model = _core.Model()
    model.hypers = _core.Hypers(max_angular=0, radial_basis_name="monomial", cutoff_radius=1.0, species=["C"])
    model.units, model.local = "lj", [_core.LocalEnergy()]
    term, pair = _core.TwoBody(), _core.TwoBodyPair()
    term.cutoff, term.width, term.species = 3.0, 1.0, [_core.TwoBodySpecies("uniaxial", 2)]
    pair.polynomial = _core.PairPolynomial([6, 12], 0, np.array([-4.0, 4.0]))
    term.pairs = [pair]
    model.two_body = term
    return Model(model)


def liquid(seed: int, model: Model) -> Atoms:
    """27 bodies near the places of a lattice; one that overlaps another is placed anew."""
    generator = np.random.default_rng(seed)
    places = 1.6 * np.stack(np.unravel_index(np.arange(27), (3, 3, 3)), axis=1)
    atoms = Atoms("C27", positions=places, cell=[4.8] * 3, pbc=True)
    atoms.arrays["c_q"] = np.roll(Rotation.random(27, random_state=generator).as_quat(), 1, axis=1)
    atoms.arrays["c_diameter"] = np.tile(DIAMETERS, (27, 1))
    moved = np.arange(27)
    for _ in range(1000):
        atoms.positions[moved] = places[moved] + 0.15 * generator.normal(size=(len(moved), 3))
        turned = Rotation.random(len(moved), random_state=generator)
        atoms.arrays["c_q"][moved] = np.roll(turned.as_quat(), 1, axis=1)
        overlapping = np.flatnonzero(model.predict(atoms).energies > -0.5)
        if not len(overlapping):
            break
        moved = generator.choice(overlapping, 1)
    return atoms


def noisy_frames(n: int, model: Model, noise: float = 2.0) -> list[Atoms]:
    """Forces and torques of a model, with noise as that of bodies whose atoms are left out."""
    generator = np.random.default_rng(7)
    out = []
    for k in range(n):
        atoms = liquid(k, wall_model())
        found = model.predict(atoms)
        atoms.arrays["forces"] = found.forces + noise * found.forces.std() * generator.normal(size=(27, 3))
        atoms.arrays["torques"] = found.torques + noise * found.torques.std() * generator.normal(size=(27, 3))
        out.append(atoms)
    return out


def fitted(frames, **others):
    return fit(frames, None, "none", two_body=OPTIONS, units="lj", wall_energy=BARRIER, ridge=1e-8, **others)


@pytest.fixture(scope="module")
def frames():
    return noisy_frames(12, wall_model())


@pytest.fixture(scope="module")
def results(frames):
    return {walls: fitted(frames, walls=walls) for walls in ("repair", "off")}


def holes(model: Model, n: int = 3000, seed: int = 3) -> float:
    energies = approach_energies(model, "CC", [DIAMETERS, DIAMETERS], n, seed, 0.3)
    return float(turning_down(energies, 0.2 * BARRIER, BARRIER).mean())


def test_no_approach_of_a_repaired_model_turns_down(results):
    assert holes(results["off"].model) > 0.05
    assert holes(results["repair"].model) == 0


def test_what_the_repair_did_is_told(results):
    repaired, plain = (results[walls] for walls in ("repair", "off"))
    facts = json.loads(repaired.model.to_json())["training"]["walls"]
    assert facts["wall_energy"] == {"C-C": BARRIER}
    assert facts["turning_down"] == {"C-C": 0.0} and facts["turning_down_before"]["C-C"] > 0.05
    assert plain.walls is None and plain.training["walls"] is None
    for part in ("train", "test"):
        for target in ("forces", "torques"):
            before, after = plain.errors[part][target].rmse, repaired.errors[part][target].rmse
            assert_close(facts["rmse_before"][part][target], before, 1e-9)
            assert_close(facts["rmse"][part][target], after, 1e-9)
    assert "walls C-C: " in repr(repaired) and "repair, test: RMSE forces" in repr(repaired)
    assert "repair" not in repr(plain)


def test_the_figure_shows_the_approaches(results):
    walls = results["repair"].walls
    axes = np.array(report.figure_of(results["repair"], walls.curves).axes).reshape(2, -1)
    panel = axes[0, -1]
    assert panel.get_title() == "walls C-C"
    for shown, energies in zip(
        panel.collections, (walls.curves[0].before, walls.curves[0].after), strict=True
    ):
        np.testing.assert_array_equal([line[:, 1] for line in shown.get_segments()], energies)


def test_a_wall_of_the_labels_is_left_as_it_is():
    frames = noisy_frames(6, wall_model(), noise=0.0)
    result = fit(frames, None, "none", two_body={**OPTIONS, "powers": [6, 12], "degree": 0}, units="lj")
    assert result.training["walls"]["turning_down_before"] == {"C-C": 0.0}
    assert result.training["walls"]["rmse"] == {}


def test_labels_that_attract_at_contact_are_refused():
    inverse = wall_model().core
    pairs = inverse.two_body.pairs
    pairs[0].polynomial = _core.PairPolynomial([1, 12], 0, np.array([0.0, -4.0]))
    term = inverse.two_body
    term.pairs = pairs
    inverse.two_body = term
    frames = noisy_frames(6, Model(inverse), noise=0.0)
    with pytest.raises(ArgumentError, match=r"walls, got 'repair', which would raise the (loss|error) of"):
        fitted(frames)
    assert fitted(frames, walls="off").errors["train"]["forces"].r2 > 0.999


def dimers(n: int) -> list[Atoms]:
    """Energies that rise with the distance, whatever the orientations."""
    generator = np.random.default_rng(0)
    frames = []
    for k in range(n):
        atoms = Atoms("C2", positions=[[0, 0, 0], [1.5 + 0.8 * k / n, 0, 0]], info={"energy": 8.0 * k / n})
        atoms.arrays["c_q"] = generator.normal(size=(2, 4))
        atoms.arrays["c_diameter"] = np.tile([1, 1, 2.2], (2, 1))
        frames.append(atoms)
    return frames


def test_few_labels_that_allow_no_wall_are_warned_of():
    options = {"two_body": {**OPTIONS, "degree": 2, "powers": [1]}, "units": "lj", "ridge": 1e-3, "test": 0}
    with pytest.warns(UserWarning, match="walls, got 'repair', .* too few to tell: walls stay as they are"):
        result = fit(dimers(8), None, "none", **options)
    assert not result.walls.is_repaired
    with pytest.raises(ArgumentError, match="walls, got 'repair', .* error of the energy"):
        fit(dimers(80), None, "none", **options)


def test_a_target_without_a_weight_refuses_nothing():
    """Energies are those of the fit without a repair, which a repair can only move away from."""
    frames = noisy_frames(2, wall_model())
    plain = fitted(frames, walls="off", test=0)
    for atoms in frames:
        atoms.info["energy"] = plain.model.predict(atoms).energy[0]
    with pytest.raises(ArgumentError, match="error of the energy of the train frames"):
        fitted(frames, weights={"energy": 1e-9}, test=0)
    assert fitted(frames, weights={"energy": 0.0}, test=0).walls.is_repaired


@pytest.mark.parametrize(
    "given, text",
    [
        ({"walls": "on"}, "walls, got 'on'; expected one of repair, off"),
        ({"wall_energy": 0.0}, "wall_energy, got 0.0; expected a finite number > 0"),
        ({"wall_energy": float("nan")}, "wall_energy, got nan; expected a finite number > 0"),
    ],
)
def test_options_out_of_range_are_refused(frames, given, text):
    with pytest.raises(ArgumentError, match=text):
        fit(frames, None, "none", two_body=OPTIONS, units="lj", **given)


@pytest.mark.parametrize(
    "symmetries", [("uniaxial", "uniaxial"), ("sphere", "biaxial"), ("biaxial", "uniaxial")]
)
def test_energies_along_a_path_are_those_of_the_model(symmetries):
    sizes = {"sphere": (1.2, 1.2, 1.2), "uniaxial": (1.0, 1.0, 2.0), "biaxial": (0.8, 1.1, 1.7)}
    model, generator = wall_model().core, np.random.default_rng(0)
    model.hypers = _core.Hypers(
        max_angular=0, radial_basis_name="monomial", cutoff_radius=1.0, species=["C", "O"]
    )
    model.local = [_core.LocalEnergy(), _core.LocalEnergy()]
    term, pair = model.two_body, _core.TwoBodyPair()
    term.species = [_core.TwoBodySpecies(s, 2) for s in symmetries]
    pair.species, pair.length = (0, 1), 1.1
    pair.polynomial = _core.PairPolynomial([1, 3, 6], 3)
    term.pairs = [pair]
    weights = generator.normal(size=term.n_terms(0))
    pair.polynomial = _core.PairPolynomial([1, 3, 6], 3, weights)
    term.pairs = [pair]
    model.two_body = term
    one = Pair(term, 0, (6, 8))
    approaches, (atoms,) = one.random(50, generator, [np.array([sizes[s]]) for s in symmetries])
    path = one.path(approaches)
    energies, distances = one.energies(weights, approaches, path), one.distances(approaches, path)
    first, lines = atoms.positions[::2], atoms.positions[1::2] - atoms.positions[::2]
    lines /= np.linalg.norm(lines, axis=1)[:, None]
    for place in range(3, len(path.u), 20):
        near = distances[:, place] > 0
        atoms.positions[1::2] = first + np.abs(distances[:, place, None]) * lines
        found = Model(model).predict(atoms).energies.reshape(-1, 2).sum(axis=1)
        assert near.any()
        assert_close(energies[near, place], found[near], 1e-9)


def test_labels_of_similar_orientation_count():
    """Two kinds of pairs, of which one comes closer."""
    generator = np.random.default_rng(0)
    inputs = np.zeros((2000, 7))
    inputs[:1000, 5], inputs[1000:, 5] = 0.0, 1.0
    inputs[:, 2] = generator.uniform(0.8, 1.0, 2000)
    inputs[1000:, 2] += 0.5
    inputs[:, 6] = generator.uniform(0, 1e-3, 2000)
    closest = LabelledPairs(inputs).closest_u(np.array([[0.0, 0.0], [1.0, 0.0]]))
    assert 0.95 < closest[0] <= 1.0 and 1.45 < closest[1] <= 1.5
    assert LabelledPairs(inputs).closest == inputs[:, 2].max()


@pytest.mark.parametrize("seed", range(3))
def test_the_shortest_vector_is_that_of_another_solver(seed):
    generator = np.random.default_rng(seed)
    a, b = generator.normal(size=(12, 5)), generator.normal(size=12) + 0.5
    a[:, 0] = np.abs(a[:, 0]) + 0.5  # so that something satisfies them
    v, multipliers = least_distance(a, b)
    other = minimize(
        lambda x: x @ x,
        np.full(5, 3.0),
        jac=lambda x: 2 * x,
        method="SLSQP",
        constraints={"type": "ineq", "fun": lambda x: a @ x - b, "jac": lambda x: a},
        options={"ftol": 1e-14, "maxiter": 500},
    )
    assert other.success
    assert_close(v, other.x, 1e-5)
    assert (a @ v - b).min() > -1e-9
    assert np.abs((a @ v - b)[multipliers > 0]).max() < 1e-9


def test_inequalities_that_contradict_each_other_are_told():
    with pytest.raises(ValueError, match="contradict"):
        least_distance(np.array([[1.0, 0.0], [-1.0, 0.0]]), np.array([1.0, 1.0]))


class Plain:
    """Columns of one pair of species, with scales as their whitening."""

    def __init__(self, scale):
        self.scale = np.asarray(scale)

    def whitenings(self):
        return [np.diag(self.scale)]

    def pairs_with(self, species):
        return [0]


class Nothing:
    n_columns = 0

    def whitening(self):
        return np.empty((0, 0))


@pytest.mark.parametrize("n_rows", [4, 40])
def test_moved_weights_raise_the_loss_by_the_square_of_the_step(n_rows):
    """n_rows < 6 weights: some directions have no loss but that of the ridge."""
    generator = np.random.default_rng(1)
    x, y = generator.normal(size=(n_rows, 6)), generator.normal(size=n_rows)
    scale = generator.uniform(0.5, 2.0, 6)
    solver = Solver([Nothing()], False, Plain(scale))
    rows = np.column_stack([np.ones(n_rows), x, y])
    ridge = 1e-3
    best = solver.solve(rows, n_rows, ridge)
    v = generator.normal(size=6)
    moved = solver.moved(rows, best, lambda roots: v)

    def loss(posterior):
        w = posterior.pair_weights[0]
        centred = x - x.mean(axis=0)
        alpha = ridge * np.linalg.svd(centred * scale)[1].max() ** 2
        residual = y - posterior.offsets[0] - x @ w
        return residual @ residual + alpha * np.sum((w / scale) ** 2)

    assert_close(loss(moved) - loss(best), v @ v, 1e-8)
