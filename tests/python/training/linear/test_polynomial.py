# SPDX-License-Identifier: MIT
"""Two-body polynomials: known ones are recovered alone and beside many-body terms; their posterior is that of a plain formula."""

from functools import partial

import numpy as np
import pytest
from anisoap_md import Model, _core
from anisoap_md.training import fitting
from ase import Atoms
from scipy.spatial.transform import Rotation
from testing.helpers import assert_close, random_atoms
from testing.training.labelled import (
    NUMBERS,
    TRICLINIC,
    assert_same_potential,
    frames,
    label,
    linear_model,
    small_descriptor,
    total,
)

fit = partial(fitting.fit, walls="off")  # random polynomials have no walls
CUTOFF, WIDTH, POWERS, DEGREE = 2.9, 0.8, [1, 4], 4
OPTIONS = {
    "kind": "polynomial",
    "cutoff": CUTOFF,
    "width": WIDTH,
    "bodies": {"C": "z", "O": "sphere"},
    "powers": POWERS,
    "degree": DEGREE,
}


def polynomial_term(seed=0, species=(("uniaxial", 2), ("sphere", 2))) -> _core.TwoBody:
    """Random weights for all pairs of species."""
    generator = np.random.default_rng(seed)
    term = _core.TwoBody()
    term.cutoff, term.width = CUTOFF, WIDTH
    term.species = [_core.TwoBodySpecies(*s) for s in species]
    pairs = []
    for a in range(len(species)):
        for b in range(a, len(species)):
            pair = _core.TwoBodyPair()
            pair.species, pair.length = (a, b), 1.2
            pair.polynomial = _core.PairPolynomial(POWERS, DEGREE)
            pairs.append(pair)
    term.pairs = pairs
    for k, pair in enumerate(pairs):
        pair.polynomial = _core.PairPolynomial(POWERS, DEGREE, generator.normal(size=term.n_terms(k)))
    term.pairs = pairs
    return term


@pytest.fixture(scope="module")
def descriptor():
    return small_descriptor()


@pytest.fixture(scope="module")
def alone(descriptor):
    model = linear_model(descriptor)
    local = [_core.LocalEnergy() for _ in NUMBERS]
    local[0].offset, local[1].offset = -3.0, 2.0
    model.local, model.two_body = local, polynomial_term()
    return model


@pytest.fixture(scope="module")
def both(descriptor):
    model = linear_model(descriptor)
    model.two_body = polynomial_term()
    return model


@pytest.fixture(scope="module")
def unseen():
    return frames(3, seed=5)


def refitted(truth, data, descriptor, kind, **others):
    return fit(data, descriptor, kind, two_body={**OPTIONS, **others}, test=0, ridge=1e-22)


def test_a_polynomial_alone_is_recovered(descriptor, alone, unseen, monkeypatch):
    monkeypatch.setattr("anisoap_md.data.species_pairs._smallest_diameter", lambda frames, number: 1.2)
    result = refitted(alone, label(alone, frames(40)), descriptor, "none")
    assert_same_potential(result.model.core, alone, unseen, 1e-7)
    for found, pair in zip(result.model.core.two_body.pairs, alone.two_body.pairs, strict=True):
        assert found.networks == [] and found.polynomial.degree == DEGREE
        assert_close(found.polynomial.weights, pair.polynomial.weights, 1e-5)
    assert result.training["rank"] == result.training["n_weights"]


def test_a_polynomial_and_a_linear_term_are_solved_together(descriptor, both, unseen, monkeypatch):
    monkeypatch.setattr("anisoap_md.data.species_pairs._smallest_diameter", lambda frames, number: 1.2)
    data = label(both, frames(60))
    together = refitted(both, data, descriptor, "linear")
    assert_same_potential(together.model.core, both, unseen, 1e-6)
    first = refitted(both, data, descriptor, "linear", joint=False)
    assert first.errors["train"]["forces"].rmse > 100 * together.errors["train"]["forces"].rmse
    assert "two_body_fit" in first.training and "two_body_fit" not in together.training


def features_and_terms(model, atoms):
    """Standardised features and terms of the pairs of each particle."""
    features = _core.Descriptor(model.hypers).compute([atoms], NUMBERS, "symmetric")[0]
    terms = _core.pair_term_rows(model.two_body, atoms, NUMBERS)
    local = [model.local[NUMBERS.index(z)] for z in atoms.numbers]
    x = [(p - one.shift) * one.scale for p, one in zip(features, local, strict=True)]
    return x, terms


@pytest.mark.parametrize("joint", [True, False])
def test_uncertainties_are_those_of_the_posterior(descriptor, both, unseen, joint):
    noisy = label(both, frames(12))
    generator = np.random.default_rng(0)
    for atoms in noisy:
        atoms.arrays["forces"] += generator.normal(size=(len(atoms), 3))
    result = fit(noisy, descriptor, "linear", two_body={**OPTIONS, "joint": joint}, test=0)
    model = result.model.core
    atoms = random_atoms(3, 6, 1.1 * TRICLINIC, numbers=(6, 8), sizes=(1.0, 2.0))
    found = result.model.predict([atoms], uncertainties=True).uncertainties
    x, terms = features_and_terms(model, atoms)
    for k, z in enumerate(atoms.numbers):
        s = NUMBERS.index(z)
        t = np.concatenate(
            [
                part["energies"][k]
                for part, pair in zip(terms, model.two_body.pairs, strict=True)
                if s in pair.species
            ]
        )
        local = model.local[s]
        rows = local.pair_variance_rows.reshape(-1, len(t))
        own, of_pairs = local.variance_rows @ x[k], rows @ t
        assert_close(found[k], np.linalg.norm(own + of_pairs), 1e-10)
        if not joint:
            assert_close(found[k] ** 2, own @ own + of_pairs @ of_pairs, 1e-10)
    assert found.min() > 0


def test_the_posterior_is_that_of_a_plain_formula(descriptor, alone, monkeypatch):
    """One species of spheres, energies alone: (X^T X + alpha S^-2)^-1 with S the scales of the weights."""
    data = label(alone, frames(30, numbers=(8,)))
    for atoms in data:
        atoms.info["energy"] += np.random.default_rng(len(atoms)).normal()
    descriptor = small_descriptor(species=["O"])
    given = {**OPTIONS, "bodies": {"O": "sphere"}}
    result = fit(data, descriptor, "none", two_body=given, targets=["energy"], test=0, ridge=1e-3)
    term = result.model.core.two_body
    local = [_core.pair_term_rows(term, a, [8])[0]["energies"] for a in data]
    sizes = np.array([len(a) for a in data])
    x = np.array([t.sum(axis=0) for t in local]) / sizes[:, None]
    y = np.array([a.info["energy"] for a in data]) / sizes
    spread = np.std(y - y.mean())
    x, y = (x - x.mean(axis=0)) / spread, (y - y.mean()) / spread
    scale = 1 / np.sqrt(np.mean(np.concatenate(local) ** 2, axis=0))
    whitened = x * scale
    alpha = 1e-3 * np.linalg.svd(whitened, compute_uv=False)[0] ** 2
    inverse = np.linalg.inv(whitened.T @ whitened + alpha * np.eye(len(scale)))
    weights = scale * (inverse @ whitened.T @ y)
    assert_close(term.pairs[0].polynomial.weights, weights, 1e-8)
    rows = result.model.core.local[0].pair_variance_rows.reshape(-1, len(scale))
    assert_close(rows.T @ rows / result.training["noise_variance"], scale[:, None] * inverse * scale, 1e-8)


@pytest.mark.parametrize("kind, networks", [("kernel", None), ("networks", {"steps": 1})])
def test_other_kinds_learn_what_the_polynomial_leaves(descriptor, both, kind, networks, monkeypatch):
    seen = {}

    def fill(model, problem, options):
        seen["rest"] = problem.data
        return {}, []

    def fill_networks(model, problem, options):
        return fill(model, problem, options)[0]

    monkeypatch.setattr("anisoap_md.training.stages._fill_networks", fill_networks)
    monkeypatch.setattr("anisoap_md.training.stages.fill_many_body", fill)
    data = label(both, frames(12))
    result = fit(data, descriptor, kind, two_body=OPTIONS, networks=networks, test=0)
    model = result.model.core
    order = [next(k for k, a in enumerate(data) if a == b) for b in seen["rest"].frames]
    found = [total(model, [data[k]]) for k in order]
    assert all(local.pair_variance_rows.size for local in model.local)
    for k, out, rest in zip(order, found, seen["rest"].labels, strict=True):
        assert_close(rest.forces, data[k].arrays["forces"] - out["forces"], 1e-9)
        assert_close(rest.energy, data[k].info["energy"] - out["energy"][0], 1e-9)


def test_pairs_that_never_meet_get_no_term(descriptor, alone):
    apart = frames(60, numbers=(6,)) + frames(60, seed=1, numbers=(8,))
    with pytest.warns(UserWarning, match="no C and O within the cutoff 2.9 in the training frames"):
        result = fit(label(alone, apart), descriptor, "none", two_body=OPTIONS, test=0)
    assert [p.species for p in result.model.core.two_body.pairs] == [(0, 0), (1, 1)]
    assert result.training["two_body"]["pairs_without_term"] == [["C", "O"]]
    tiny = {**OPTIONS, "cutoff": 0.01, "width": 0.01}
    with pytest.raises(ValueError, match="cutoff, got 0.01; expected a length within which particles"):
        fit(label(alone, frames(4)), descriptor, "none", two_body=tiny, test=0)


def rods(n: int, tilt=(0.0, 0.0, 0.0), seed: int = 0) -> list[Atoms]:
    """Pairs side by side along x, all axes along z, then turned as a whole; the second is turned by a rotation vector before."""
    generator = np.random.default_rng(seed)
    second, out = Rotation.from_rotvec(tilt), []
    for _ in range(n):
        turn, r = Rotation.from_quat(generator.normal(size=4)), generator.uniform(1.0, 2.5)
        atoms = Atoms([6, 6], np.stack([np.zeros(3), turn.apply([r, 0, 0])]))
        atoms.arrays["c_q"] = np.roll([turn.as_quat(), (turn * second).as_quat()], 1, axis=1)
        atoms.arrays["c_diameter"] = np.tile([1.0, 1.0, 3.0], (2, 1))
        atoms.info["energy"] = float((4 + 9 * second.apply([0, 0, 1])[0] ** 2) / r**4)
        out.append(atoms)
    return out


def test_invariants_that_are_only_roundoff_get_no_weight():
    """Of rods side by side (u.e)^2 is 1e-33: a weight for it would be 1e60."""
    options = {"kind": "polynomial", "cutoff": 4.0, "degree": 4, "bodies": {"C": "z"}}
    descriptor = small_descriptor(species=["C"])
    result = fit(rods(100), descriptor, "none", two_body=options, targets=["energy"], units="lj")
    (pair,) = result.model.core.two_body.pairs
    assert np.abs(pair.polynomial.weights).max() < 1e6
    assert 0 < np.count_nonzero(pair.polynomial.weights) < len(pair.polynomial.weights)
    assert result.errors["test"]["energy"].rmse < 1e-2 * result.errors["test"]["energy"].spread
    tilted = result.model.predict(rods(3, (0.0, 0.1, 0.0)))
    assert np.isfinite(tilted.energy).all() and np.abs(tilted.energy).max() < 100


def test_rare_geometries_count_whatever_frame_holds_them():
    options = {
        "kind": "polynomial",
        "cutoff": 4.0,
        "width": 1e-3,
        "powers": [4],
        "degree": 2,
        "bodies": {"C": "z"},
    }
    data = rods(300) + rods(2, (1.0, 0.0, 0.0), seed=1) + rods(2, (0.0, 1.0, 0.0), seed=2)
    result = fit(data, small_descriptor(species=["C"]), "none", two_body=options, targets=["energy"], test=0)
    assert result.training["rank"] == result.training["n_weights"] == 3
    assert result.errors["train"]["energy"].rmse < 1e-2 * result.errors["train"]["energy"].spread


@pytest.mark.parametrize("body, degree", [("sphere", 12), ("z", 12), ("biaxial", 4)])
def test_without_a_degree_there_are_at_most_500_weights(body, degree):
    data = label(linear_model(small_descriptor()), frames(12, numbers=(6,)))
    options = {"kind": "polynomial", "cutoff": CUTOFF, "bodies": {"C": body}}
    result = fit(data, small_descriptor(species=["C"]), "none", two_body=options, test=0)
    assert result.training["two_body"]["degrees"] == [degree]
    assert result.training["two_body"]["powers"] == [1, 2, 3, 6, 9, 12]


def test_documents_keep_every_bit(descriptor, both, unseen):
    model = fit(label(both, frames(12)), descriptor, "linear", two_body=OPTIONS, test=0).model
    again = Model.from_json(model.to_json())
    a, b = (m.predict(unseen, uncertainties=True) for m in (model, again))
    assert (a.forces == b.forces).all() and (a.uncertainties == b.uncertainties).all()


BAD = {
    "kind": ({"kind": "polynom"}, r"two_body\['kind'\], got 'polynom'; .* did you mean 'polynomial'"),
    "option": ({"degre": 4}, "got option 'degre'; .* did you mean 'degree'"),
    "widths": ({"widths": [4]}, "got option 'widths'; expected some of .*; kind 'networks' has it"),
    "powers": (
        {"powers": [2, 1]},
        r"powers, got \[2, 1\]; expected 1 to 16 integers from 1 to 64, ascending",
    ),
    "no powers": ({"powers": []}, r"powers, got \[\]"),
    "power 0": ({"powers": [0, 1]}, r"powers, got \[0, 1\]"),
    "degree": ({"degree": -2}, "degree, got -2; expected an integer from 0 to 64"),
    "too many": (
        {"degree": 9, "bodies": {"C": "biaxial"}},
        r"degree, got 9, which makes \d+ weights or more; expected a lower one, .* at most 5000",
    ),
    "cutoff": ({"cutoff": -1.0}, "cutoff, got -1"),
    "width": ({"width": 5.0}, "width, got 5.0; expected a length > 0 and <= the cutoff 2.9"),
    "bodies": ({"bodies": "z"}, "bodies, got 'z'; expected a mapping from species"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_options(descriptor, both, name):
    others, text = BAD[name]
    with pytest.raises(ValueError, match=text):
        fit(label(both, frames(3)), descriptor, "linear", two_body={**OPTIONS, **others}, test=0)


def test_a_term_without_a_cutoff_is_refused(descriptor, both):
    with pytest.raises(ValueError, match="two_body, got options without 'cutoff'"):
        fit(label(both, frames(3)), descriptor, "linear", two_body={"kind": "polynomial"}, test=0)
