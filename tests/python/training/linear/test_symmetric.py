# SPDX-License-Identifier: MIT
"""Pair energies of bodies of any point group: their symmetry, an oracle, known ones recovered by fits, and bad input."""

import json
import tracemalloc
from dataclasses import replace
from functools import partial
from types import SimpleNamespace

import numpy as np
import pytest
from anisoap_md import ArgumentError, Descriptor, Model, SymmetricOptions, _core
from anisoap_md.models.summary import summary
from anisoap_md.training.fitting import fit
from anisoap_md.training.linear import selection
from anisoap_md.training.linear.pairs.candidates import functions_of, n_functions, terms_of
from anisoap_md.training.linear.pairs.symmetric import SymmetricDesign
from anisoap_md.training.linear.selection import greedy
from anisoap_md.training.options import TermOptions
from anisoap_md.training.setup import symmetries_of
from anisoap_md.training.walls.approaches import Pair
from anisoap_md.training.walls.holes import Wall
from ase import Atoms
from ase.calculators.calculator import PropertyNotImplementedError
from scipy.spatial.transform import Rotation
from testing.expansions import random_expansions
from testing.helpers import assert_close
from testing.printed import ROOT, blocks
from testing.symmetry import character, elements, harmonics, pair_energy

GROUPS = "C1 Ci Cs C2 C3 C5 C2v C3v C6v C2h C3h S4 S6 D2 D3 D2h D3h D6h D2d D3d T Td Th O Oh".split()
INFINITE = "Cinf Cinfv Cinfh Dinf Dinfh".split()
CUBIC = "T Td Th O Oh".split()


def diameters_of(group: str) -> tuple[float, float, float]:
    return {1: (1.1, 0.9, 0.7), 2: (1.1, 1.1, 0.6), 3: (1.0, 1.0, 1.0)}[
        _core.PointGroup(group).equal_diameters
    ]


def random_term(groups, rank=4, seed=0, powers=(2, 5), distance=(3,)) -> _core.TwoBody:
    generator = np.random.default_rng(seed)
    return random_expansions(groups, generator, rank, powers=(list(powers), list(distance)))


def model_of(term: _core.TwoBody, species=("C", "O")) -> Model:
    model = _core.Model()
    names = list(species[: len(term.species)])
    model.hypers = _core.Hypers(max_angular=0, radial_basis_name="monomial", cutoff_radius=1.0, species=names)
    model.units, model.local, model.two_body = "lj", [_core.LocalEnergy() for _ in names], term
    return Model(model)


def two_bodies(rotations, groups, r=(0.9, -1.0, 1.2)) -> Atoms:
    atoms = Atoms(["C", "CO"[len(groups) - 1]], positions=[(0, 0, 0), r])
    atoms.arrays["c_q"] = Rotation.from_matrix(np.array(rotations)).as_quat()[:, [3, 0, 1, 2]]
    atoms.arrays["c_diameter"] = np.array([diameters_of(groups[0]), diameters_of(groups[-1])])
    return atoms


def energy(model, rotations, groups, r=(0.9, -1.0, 1.2)) -> float:
    return float(model.predict(two_bodies(rotations, groups, r)).energy[0])


def random_rotations(seed, n=2):
    return Rotation.random(n, random_state=seed).as_matrix()


@pytest.mark.parametrize("name", GROUPS)
def test_tensors_are_all_that_the_operations_leave_unchanged(name):
    """As many as characters say, orthonormal, real and invariant."""
    operations, group = elements(name), _core.PointGroup(name)
    directions = np.random.default_rng(0).normal(size=(20, 3))
    directions /= np.linalg.norm(directions, axis=1)[:, None]
    for rank in range(10 if name in CUBIC else 7):
        tensors = np.array(group.tensors(rank)).reshape(-1, 2 * rank + 1)
        assert len(tensors) == round(np.mean([character(g, rank) for g in operations]))
        assert_close(tensors @ tensors.conj().T, np.eye(len(tensors)), 1e-12)
        plain = harmonics(rank, directions) @ tensors.T
        assert np.abs(plain.imag).max(initial=0) < 1e-12
        for g in operations:
            assert np.abs(harmonics(rank, directions @ g.T) @ tensors.T - plain).max(initial=0) < 1e-11


@pytest.mark.parametrize("name", INFINITE)
def test_tensors_of_infinite_axes(name):
    operations, group = elements(name), _core.PointGroup(name)
    for rank in range(9):
        assert len(group.tensors(rank)) == round(np.mean([character(g, rank) for g in operations]))


@pytest.mark.parametrize("name", GROUPS)
def test_energies_know_the_operations_of_the_group(name):
    """Rotations of a body change nothing; mirror images of all, each body turned by an improper operation too, neither."""
    rank = 6 if _core.PointGroup(name).fold > 4 or name in CUBIC else 4
    model = model_of(random_term([name], rank))
    R = random_rotations(1)
    r = np.array([0.9, -1.0, 1.2])
    before = energy(model, R, [name], r)
    assert abs(before) > 1e-3
    for g in elements(name):
        if np.linalg.det(g) > 0:
            turned = [R[0] @ g, R[1]]
        else:
            turned, r = [-R[0] @ g, -R[1] @ g], -r
        assert_close(energy(model, turned, [name], r), before, 1e-11)
        r = np.array([0.9, -1.0, 1.2])
    other = energy(model, [R[0] @ Rotation.from_rotvec([0.3, 0.2, 0.4]).as_matrix(), R[1]], [name])
    assert abs(other - before) > 1e-6


@pytest.mark.parametrize("name", ["C1", "D3", "Cinf", "T"])
def test_chiral_bodies_tell_mirror_images_apart(name):
    rank = 6 if name == "T" else 3
    model = model_of(random_term([name], rank))
    R, r = random_rotations(2), np.array([0.9, -1.0, 1.2])
    m = np.diag([1.0, -1.0, 1.0])
    mirrored = [m @ x @ m for x in R]
    assert abs(energy(model, mirrored, [name], m @ r) - energy(model, R, [name], r)) > 1e-3


@pytest.mark.parametrize("name", ["C1", "C3v", "Td", "D6h", "Cinfv"])
def test_like_bodies_may_be_exchanged(name):
    model = model_of(random_term([name], 6 if name == "D6h" else 3))
    R, r = random_rotations(3), np.array([0.7, 1.1, -1.2])
    assert_close(energy(model, R[::-1], [name], -r), energy(model, R, [name], r), 1e-11)


@pytest.mark.parametrize(
    "groups",
    [["D6h"], ["C1"], ["C3v"], ["Td", "C2v"], ["D3", "Oh"], ["Cinfv", "Kh"], ["S4", "D2d"]],
    ids="-".join,
)
def test_energies_are_those_of_scipy(groups):
    rank = 6 if "D6h" in groups else 4
    term = random_term(groups, rank)
    number = len(term.pairs) - 1 if len(groups) == 1 else 1
    model = model_of(term)
    tensors = [
        {l: [np.array(t) for t in _core.PointGroup(g).tensors(l)] for l in range(rank + 1)}
        for g in (groups[0], groups[-1])
    ]
    for seed in range(3):
        R = random_rotations(seed)
        r = np.random.default_rng(seed).normal(size=3)
        r *= 2.3 / np.linalg.norm(r)
        sizes = [diameters_of(groups[0]), diameters_of(groups[-1])]
        expected = pair_energy(term, number, tensors, r, R, sizes)
        assert_close(energy(model, R, groups, r), expected, 1e-10)


def liquid(groups, seed, n_side=3, spacing=1.5) -> Atoms:
    generator = np.random.default_rng(seed)
    n = n_side**3
    places = spacing * np.stack(np.unravel_index(np.arange(n), (n_side,) * 3), axis=1)
    atoms = Atoms(positions=places + 0.1 * generator.normal(size=(n, 3)), numbers=[6] * n)
    atoms.cell, atoms.pbc = [n_side * spacing] * 3, True
    atoms.numbers = generator.permutation(np.resize([6, 8][: len(groups)], n))
    atoms.arrays["c_q"] = Rotation.random(n, random_state=generator).as_quat()
    atoms.arrays["c_diameter"] = np.array([diameters_of(groups[[6, 8].index(z)]) for z in atoms.numbers])
    return atoms


def labelled(model, groups, n, noise=0.0, start=0):
    out = []
    for seed in range(start, start + n):
        atoms = liquid(groups, seed)
        found = model.predict(atoms)
        generator = np.random.default_rng(1000 + seed)
        atoms.arrays["forces"] = found.forces + noise * generator.normal(size=(len(atoms), 3))
        atoms.arrays["torques"] = found.torques + noise * generator.normal(size=(len(atoms), 3))
        atoms.info["energy"] = float(found.energy[0])
        out.append(atoms)
    return out


def options(groups, **others):
    bodies = {s: {"group": g} for s, g in zip("CO", groups, strict=False)}
    given = {"cutoff": 3.0, "width": 0.9, "powers": [2, 5], "distance_powers": [3], "low_rank_powers": []}
    return {"kind": "symmetric", **given, "bodies": bodies, **others}


@pytest.fixture
def unit_length(monkeypatch):
    monkeypatch.setattr("anisoap_md.data.species_pairs._smallest_diameter", lambda frames, number: 1.0)


@pytest.mark.parametrize("groups", [["D6h"], ["C3v"], ["D3", "Oh"]], ids="-".join)
def test_powers_that_few_functions_have(groups):
    """Energies are those of SciPy, forces and torques those of the terms one by one."""
    rank = 6 if "D6h" in groups else 4
    term = random_term(groups, rank, powers=(2, 5), distance=(1, 2, 3, 6))
    pairs = term.pairs
    for pair in pairs:
        whole = pair.symmetric
        number = np.unique(whole.terms[:, 1:], axis=0, return_inverse=True)[1].ravel()
        kept = np.isin(whole.terms[:, 0], [0, 1, 4]) | np.isin(number, [0, 3])
        kept &= (whole.terms[:, 0] > 0) | (number != 3)
        pair.symmetric = _core.SymmetricExpansion(
            [2, 5], [1, 2, 3, 6], whole.terms[kept], whole.weights[kept]
        )
    term.pairs = pairs
    number = len(pairs) - 1 if len(groups) == 1 else 1
    tensors = [
        {l: [np.array(t) for t in _core.PointGroup(g).tensors(l)] for l in range(rank + 1)}
        for g in (groups[0], groups[-1])
    ]
    model, R, r = model_of(term), random_rotations(5), np.array([0.8, 1.0, -1.4])
    sizes = [diameters_of(groups[0]), diameters_of(groups[-1])]
    assert_close(energy(model, R, groups, r), pair_energy(term, number, tensors, r, R, sizes), 1e-10)
    atoms = liquid(groups, 4)
    found = model.predict(atoms)
    rows = _core.pair_term_rows(term, atoms, [6, 8][: len(groups)], 1, derivatives=True)
    for name in ("forces", "torques"):
        of_terms = sum(p[name] @ q.symmetric.weights for p, q in zip(rows, pairs, strict=True))
        assert_close(getattr(found, name), of_terms.reshape(-1, 3), 1e-10)


@pytest.mark.parametrize("groups", [["D6h"], ["Cinfv", "Td"]], ids="-".join)
def test_a_known_expansion_is_recovered(groups, unit_length):
    truth = model_of(random_term(groups, 3))
    data = labelled(truth, groups, 12)
    result = fit(
        data,
        None,
        "none",
        two_body=options(groups, max_degree=3, max_terms=None),
        test=0,
        ridge=1e-20,
        units="lj",
        walls="off",
    )
    new = liquid(groups, 77)
    got, expected = result.model.predict(new), truth.predict(new)
    for name in ("energy", "forces", "torques"):
        assert_close(getattr(got, name), getattr(expected, name), 1e-6)
    assert not result.model.has_uncertainty
    back = Model.from_json(result.model.to_json())
    assert_close(back.predict(new).forces, got.forces, 1e-14)


def test_a_many_body_term_beside_an_expansion_has_no_uncertainty_of_its_own(unit_length):
    data = labelled(model_of(random_term(["D6h"], 3)), ["D6h"], 6)
    descriptor = Descriptor(
        1, "gto", 3.0, radial_gaussian_width=1.2, cutoff_function="cosine", cutoff_width=0.9
    )
    pairs = options(["D6h"], max_degree=2, max_terms=8, joint=False)
    result = fit(data, descriptor, "linear", two_body=pairs, test=0, units="lj", walls="off")
    assert not result.model.has_uncertainty
    with pytest.raises(PropertyNotImplementedError, match="uncertainties"):
        result.model.predict(data[0], uncertainties=True)


def test_a_given_term_keeps_the_torques_that_its_groups_allow():
    term = random_term(["D3h"], 3)
    atoms = liquid(["D3h"], 1)
    terms = TermOptions("none", two_body=term)
    assert symmetries_of(terms, [atoms], [atoms], (6,)) == ["biaxial"]


def test_groups_that_do_not_exist_are_refused_even_where_no_expansion_uses_them():
    model = model_of(random_term(["D6h"], 2)).core
    term = model.two_body
    other = _core.TwoBodySpecies(group="banana")
    model.hypers = _core.Hypers(
        max_angular=0, radial_basis_name="monomial", cutoff_radius=1.0, species=["C", "O"]
    )
    term.species = [*term.species, other]
    model.two_body, model.local = term, [_core.LocalEnergy(), _core.LocalEnergy()]
    with pytest.raises(ArgumentError, match="group.*banana"):
        model.to_json()


def test_selection_finds_the_terms_that_made_the_labels(unit_length):
    term = random_term(["C3v"], 3)
    pair = term.pairs[0]
    whole = pair.symmetric
    chosen = np.sort(np.random.default_rng(1).choice(len(whole.terms), 12, replace=False))
    pair.symmetric = _core.SymmetricExpansion([2, 5], [3], whole.terms[chosen], 3 * whole.weights[chosen])
    term.pairs = [pair]
    data = labelled(model_of(term), ["C3v"], 6)
    given = options(["C3v"], max_degree=3, max_terms=40)
    result = fit(data, None, "none", two_body=given, test=0, units="lj", walls="off")
    found = result.model.core.two_body.pairs[0].symmetric
    assert len(found.terms) == 40
    assert {tuple(t) for t in whole.terms[chosen]} <= {tuple(t) for t in found.terms}


@pytest.mark.parametrize(
    ("groups", "alike", "most", "n_low"),
    [(["D6h"], True, 4, 6), (["C1"], True, 1, 4), (["Cinfv", "Td"], False, 4, 9), (["Kh"], True, 4, 1)],
    ids=str,
)
def test_functions_of_low_ranks_have_more_powers(groups, alike, most, n_low):
    """Up to a sum of the ranks of 4, or less where there are more than 10 of them; others have the usual powers alone."""
    first, second = (_core.PointGroup(g) for g in (groups[0], groups[-1]))
    functions = functions_of(first, second, alike, 6)
    terms = terms_of(functions, np.array([True, True, False, True, False]))
    for function in functions:
        powers = terms[(terms[:, 1:] == function).all(axis=1), 0]
        is_low = function[0] + function[2] <= most
        assert powers.tolist() == ([0, 1, 2, 3, 4] if is_low else [0, 1, 3])
    assert len(terms) == 3 * len(functions) + 2 * n_low


def test_the_default_of_low_ranks_leaves_room_for_other_powers():
    many = SymmetricOptions(cutoff=3.0, powers=(1, 2, 3, 4, 6, 8, 10, 12), distance_powers=(3, 5, 7))
    assert many.low_rank_powers == (1, 2, 4, 6, 8)
    assert SymmetricOptions(cutoff=3.0).low_rank_powers == (1, 2, 4, 6, 8, 9)


@pytest.mark.parametrize(
    ("has_low_ranks", "most", "n_of_total"),
    [(True, 200, [5, 5, 20]), (True, 20, [5, 3, 0]), (True, 4, [3, 0, 0]), (False, 200, [5, 0, 0])],
)
def test_a_selection_begins_with_terms_of_low_ranks(has_low_ranks, most, n_of_total):
    """At most two fifths of it; those of all powers without orientations, alone where low ranks have no powers of their own."""
    group = _core.PointGroup("D6h")
    design = object.__new__(SymmetricDesign)
    design._has_low_ranks, design._usual = has_low_ranks, (2,)
    expansion = _core.SymmetricExpansion([2, 5], [1, 2, 3], np.empty((0, 6), dtype=np.int32))
    design.two_body = SimpleNamespace(pairs=[SimpleNamespace(symmetric=expansion)])
    terms = terms_of(functions_of(group, group, True, 6), np.array([True, True, False, True, False]))
    design.terms = lambda k: terms
    total = terms[design.first_terms(0, most)][:, [1, 3]].sum(axis=1)
    assert total.tolist() == np.repeat([0, 2, 4], n_of_total).tolist()


def test_an_energy_of_the_distance_is_followed_by_the_powers_of_low_ranks(unit_length):
    """Its mean force at each distance; powers without a term are not in the document."""
    term = random_term(["D6h"], 0, powers=(), distance=(4, 8))
    data = labelled(model_of(term), ["D6h"], 4)

    def fitted(low, most=4):
        given = options(["D6h"], powers=[2], max_degree=2, max_terms=most, low_rank_powers=low)
        return fit(data, None, "none", two_body=given, test=0, ridge=1e-20, units="lj", walls="off")

    rich, poor = fitted([4, 8]), fitted([])
    errors = [one.errors["train"]["forces"].rmse for one in (rich, poor)]
    assert errors[0] < 1e-8 < 1e-4 < errors[1]
    found = [one.model.core.two_body.pairs[0].symmetric.distance_powers for one in (rich, fitted([4, 8], 3))]
    assert found == [[3, 4, 8], [3, 8]]


def test_greedy_steps_lower_the_error_most():
    generator = np.random.default_rng(3)
    x = generator.normal(size=(60, 9)) * generator.uniform(0.1, 10, 9)
    x[:, 8] = x[:, 0] + 2 * x[:, 3]
    y = x @ generator.normal(size=9) + generator.normal(size=60)
    owner, alone = np.zeros(9, dtype=int), np.arange(9)

    def error(columns):
        return np.linalg.norm(y - x[:, columns] @ np.linalg.lstsq(x[:, columns], y, rcond=None)[0])

    taken = [2]
    for k in range(2, 6):
        best = min(set(range(9)) - set(taken), key=lambda j: error([*taken, j]))
        taken.append(best)
        got = np.flatnonzero(greedy(x.T @ x, x.T @ y, owner, alone, [2], k))
        assert set(got) == set(taken)
    assert greedy(x.T @ x, x.T @ y, owner, alone, [], 9).sum() == 8  # one is a sum of two others
    limited = greedy(x.T @ x, x.T @ y, np.arange(9) % 2, alone, [], 2)
    assert limited[::2].sum() == limited[1::2].sum() == 2


@pytest.mark.parametrize("amplitude, second", [(1.4, 1), (3.0, 2)])
def test_one_more_power_of_a_function_is_taken_before_a_new_function(amplitude, second):
    """Four times the gain makes up for a new function. Columns are orthogonal, and gains the squares of these amplitudes."""
    amplitudes, function = np.array([10.0, 1.0, amplitude, 1.0]), np.array([0, 0, 1, 2])
    taken = greedy(np.eye(4), amplitudes, np.zeros(4, dtype=int), function, [], 2)
    assert np.flatnonzero(taken).tolist() == [0, second]


def test_walls_are_found_and_repaired():
    """A soft attraction whose wall turns down is told, and repaired."""
    groups = ["D3h"]
    term = random_term(groups, 4, powers=(6, 12), distance=(3,))
    pair = term.pairs[0]
    terms, weights = pair.symmetric.terms, 0.3 * pair.symmetric.weights
    isotropic = (terms[:, 1:] == 0).all(axis=1)
    weights[isotropic] = [-4.0, 4.0, 0.0]
    weights[(terms[:, 0] == 1) & ~isotropic] *= 0.3
    pair.symmetric = _core.SymmetricExpansion([6, 12], [3], terms, weights)
    term.pairs = [pair]
    data = labelled(model_of(term), groups, 8, noise=2.0)
    given = options(groups, powers=[6, 12], max_degree=4, max_terms=30)
    result = fit(data, None, "none", two_body=given, test=0.25, units="lj", wall_energy=20.0)
    assert result.walls is not None
    assert (
        result.walls.after["C-C"] < 5e-4
    )  # of holes that are narrower than what the last rounds of a repair meet
    assert result.walls.before["C-C"] > 0.1
    assert json.loads(result.model.core.training)["walls"]["turning_down"] == result.walls.after


def test_energies_of_ascents_are_those_of_the_weights():
    """Relative ones, closer than all labels, up to five times the barrier."""
    term = random_term(["D3h"], 4)
    pair, sizes = Pair(term, 0, (6,)), [np.array([diameters_of("D3h")])]
    generator = np.random.default_rng(2)
    labels = SimpleNamespace(closest_u=lambda invariants: np.full(len(invariants), 0.7))
    weights = generator.normal(size=len(term.pairs[0].symmetric.terms))
    wall = Wall(pair, labels, sizes, 3.0)
    rows, energies = wall.ascents(weights, wall.approaches(100, generator))
    assert_close(rows @ weights, energies, 1e-12)
    found = 0.1 * 3.0 * np.abs(energies) / (1 - np.abs(energies))
    assert len(found) > 100 and found[energies > 0].max() < 15.0 and np.abs(energies).max() < 1
    none = wall.ascents(0 * weights, wall.approaches(100, generator))[1]
    assert len(none) > len(energies) and not none.any()


def test_repaired_walls_have_the_say_of_one_target():
    """Energies of all terms, repaired, beside the labels that terms are chosen by; where a repair is refused that is told, and
    labels alone choose."""
    first, second = np.array([[1.0, 2.0], [0.0, 1.0]]), np.array([[4.0]])

    class Fixed:
        def ascents(self, weights, n):
            assert n == 2000
            yield first, np.array([3.0, 0.0])
            yield second, np.array([-4.0])

    class Whitened:
        whitenings_of_pairs = [np.diag([2.0, 1.0]), np.array([[3.0]])]

    class Stated:
        row_factors, weights = {}, {"forces": 1.0, "torques": 1.0, "energy": 1.0, "stress": 0.0, "x": 1.0}

    def chosen_by(repair):
        gram, moment = np.ones((3, 3)), np.ones(3)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(selection, "repaired_weights", repair)
            patch.setattr(selection, "solved", lambda *given: given[-1])
            selection._add_ascents(gram, moment, 50.0, Whitened(), None, Fixed(), Stated())
        return gram, moment

    def repaired(*given):
        assert given[-1] == "evidence"
        return SimpleNamespace(pair_weights=[])

    def refused(*_):
        raise ArgumentError("walls", "'repair', which is dear", "another")

    gram, moment = chosen_by(repaired)
    rows = 5 * np.array([[2.0, 2.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 12.0]])  # 50 / sqrt(4) of 5 in all
    assert_close(gram, 1 + rows.T @ rows, 1e-12)
    assert_close(moment, 1 + rows.T @ [15.0, 0.0, -20.0], 1e-12)
    with pytest.warns(
        UserWarning, match="choice of terms: walls, got 'repair', which is dear; expected walls"
    ):
        gram, moment = chosen_by(refused)
    assert (gram == 1).all() and (moment == 1).all()


def test_the_taper_is_a_quarter_of_the_cutoff():
    assert SymmetricOptions(cutoff=8.0).width == 2.0 and SymmetricOptions(cutoff=8.0, width=1.0).width == 1.0
    with pytest.raises(ArgumentError, match="cutoff, got -8"):
        SymmetricOptions(cutoff=-8.0)


def test_approaches_have_the_energies_of_the_model():
    term = random_term(["C3v", "Td"], 4)
    model = model_of(term)
    for number, one in enumerate(term.pairs):
        wall = Pair(term, number, (6, 8))
        sizes = [np.array([diameters_of(g)]) for g in ("C3v", "Td")]
        approaches, frames = wall.random(30, np.random.default_rng(0), sizes)
        path = wall.path(approaches)
        energies = wall.energies(one.symmetric.weights, approaches, path)
        r = wall.distances(approaches, path)
        for k in range(0, 30, 7):
            atoms = frames[0][2 * k : 2 * k + 2]
            line = atoms.positions[1] - atoms.positions[0]
            for place in np.flatnonzero((r[k] > 0.1) & (r[k] < 2.9))[::40]:
                atoms.positions[1] = atoms.positions[0] + line / np.linalg.norm(line) * r[k, place]
                assert_close(energies[k, place], model.predict(atoms).energy[0], 1e-9)
            rows = wall.rows(approaches, path, np.array([k]), np.array([20]))
            assert_close(rows[0] @ one.symmetric.weights, energies[k, 20], 1e-10)


def test_half_of_the_approaches_have_axes_along_the_line():
    """Holes of high ranks are narrow, and lie there."""
    term = random_term(["D6h"], 2)
    frame = Pair(term, 0, (6,)).random(2000, np.random.default_rng(0), [np.array([[1.1, 1.1, 0.6]])])[1][0]
    axes = Rotation.from_quat(frame.arrays["c_q"][:, [1, 2, 3, 0]]).as_matrix()
    line = np.repeat(frame.positions[1::2] - frame.positions[::2], 2, axis=0)
    along = np.abs(np.einsum("ki,kij->kj", line, axes)).max(axis=1) / np.linalg.norm(line, axis=1)
    near = (along > np.cos(0.2)).reshape(-1, 2).all(axis=1)
    assert 0.15 < near.mean() < 0.5  # 2 % of random ones
    assert np.abs(line.mean(axis=0)).max() < 0.1


def bad(groups=("D6h",), frames=None, **others):
    data = labelled(model_of(random_term(list(groups), 2)), list(groups), 2) if frames is None else frames
    return fit(data, None, "none", two_body=options(groups, **others), test=0, units="lj")


@pytest.mark.parametrize(
    ("others", "parts"),
    [
        ({"bodies": {"C": {"group": "D6H"}}}, ["bodies['C']['group']", "'D6H'", "did you mean 'D6h'?"]),
        ({"bodies": {"C": {"grup": "D6h"}}}, ["bodies['C']", "{'group': a point group}"]),
        ({"bodies": {"N": "D6h"}}, ["bodies", "species 'N'", "some of C"]),
        ({"bodies": {"C": 6}}, ["bodies['C']", "got 6"]),
        ({"bodies": {"C": "x"}}, ["bodies['C']", "main axis is the body's z"]),
        ({"bodies": "D6h"}, ["bodies", "a mapping"]),
        ({"bodies": {"C": "Td"}}, ["bodies['C']", "'Td' with diameters 1.1 1.1 0.6 along x, y and z"]),
        ({"max_degree": 25}, ["max_degree", "25", "0 to 24"]),
        ({"max_degree": 24}, ["max_degree", "terms", "at most 5000"]),
        ({"max_terms": 0}, ["max_terms", "0", ">= 1"]),
        ({"powers": [], "distance_powers": []}, ["powers and distance_powers", "0 in all"]),
        ({"powers": [3, 2]}, ["powers", "ascending"]),
        ({"low_rank_powers": [3, 2]}, ["low_rank_powers", "ascending"]),
        (
            {"low_rank_powers": list(range(1, 16))},
            ["powers, distance_powers and low_rank_powers", "17 different ones", "at most 16", "none: []"],
        ),
        ({"powers": ""}, ["powers", "got ''", "1 to 16 integers from 1 to 64"]),
        ({"distance_powers": b""}, ["distance_powers", "got b''"]),
        ({"powers": b"\x03\x06"}, ["powers", "got b'"]),
        ({"degree": 3}, ["degree", "kind 'polynomial' has it"]),
    ],
)
def test_bad_options_are_named(others, parts):
    with pytest.raises((ArgumentError, TypeError)) as caught:
        bad(**others)
    for part in parts:
        assert part in str(caught.value)


def test_terms_are_counted_before_they_are_made():
    """Those of rank 24 took 3 GB before they were refused."""
    tracemalloc.start()
    try:
        with pytest.raises(ArgumentError, match="max_degree, got one that makes .* terms"):
            bad(["C1"], max_degree=24)
        assert tracemalloc.get_traced_memory()[1] < 50e6
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("second", ["C1", "D6h", "O", "Kh", "Cinf"])
@pytest.mark.parametrize("first", ["C1", "C3v", "Td", "Dinfh"])
def test_functions_are_as_many_as_are_listed(first, second):
    groups = _core.PointGroup(first), _core.PointGroup(second)
    for rank in range(5):
        for pair in ((*groups, False), (groups[0], groups[0], True)):
            assert n_functions(*pair, rank) == len(functions_of(*pair, rank))


@pytest.mark.parametrize("wrong", [0.5, np.nan, -np.inf, 1e12])
def test_terms_that_are_no_integers_are_named(wrong):
    with pytest.raises(ArgumentError, match=rf"terms, got {wrong}; expected rows of 6 integers"):
        _core.SymmetricExpansion([6], [], [[0, 0, 0, 0, 0, 0], [0, 2, 0, 2, 0, wrong]])
    whole = _core.SymmetricExpansion([6], [], np.array([[0.0, 2.0, 0.0, 2.0, 0.0, -1.0]]))
    assert whole.terms.dtype == np.int32 and whole.terms.tolist() == [[0, 2, 0, 2, 0, -1]]


def test_bodies_without_orientations_are_refused():
    data = labelled(model_of(random_term(["D6h"], 2)), ["D6h"], 2)
    for atoms in data:
        del atoms.arrays["c_q"]
    with pytest.raises(ArgumentError, match="frame 0: quaternions, got no array"):
        bad(frames=data)


def test_groups_of_ellipsoids_where_none_are_given():
    data = labelled(model_of(random_term(["D6h"], 2)), ["D6h"], 2)
    given = {"kind": "symmetric", "cutoff": 3.0, "max_terms": 20}
    result = fit(data, None, "none", two_body=given, test=0, units="lj", walls="off")
    assert result.model.core.two_body.species[0].group == "Dinfh"
    facts = summary(result.model)["two_body"]
    assert facts["bodies"] == {"C": "Dinfh"}
    assert facts["pairs"]["C-C"]["kind"] == "symmetric" and facts["pairs"]["C-C"]["n_weights"] == 20


def test_the_block_of_potentials_md_runs():
    data = labelled(model_of(random_term(["D6h"], 2)), ["D6h"], 3)
    for atoms in data:
        atoms.numbers[:] = 0  # X
    (block,) = (b for b in blocks(ROOT / "docs" / "potentials.md") if '"symmetric"' in b.text)
    names = {"fit": partial(fit, walls="off"), "frames": data}  # random labels hold no wall
    exec(block.text, names)
    assert names["result"].model.core.two_body.species[0].group == "D6h"


def test_options_are_a_dataclass_too():
    made = SymmetricOptions(cutoff=3.0, bodies={"C": "D6h"})
    assert replace(made, max_terms=7).max_terms == 7
