# SPDX-License-Identifier: MIT
"""Tuning: losses are errors of frames that the fit has not seen, what is found goes to fit, wrong ranges are refused."""

import numpy as np
import pytest
from anisoap_md import _core
from anisoap_md.training.fitting import fit
from anisoap_md.training.options import FitOptions
from anisoap_md.training.tuning.space import search
from anisoap_md.training.tuning.tuning import tune
from testing.helpers import assert_close
from testing.potentials import core_model
from testing.training.labelled import frames, label, linear_model, small_descriptor, total

POLYNOMIAL = {
    "kind": "polynomial",
    "cutoff": 2.9,
    "width": 0.8,
    "bodies": {"C": "z", "O": "sphere"},
    "powers": [1, 4],
    "degree": 2,
}
WITHOUT_TERM = "ignore:anisoap. two_body, no C and C within the cutoff"  # few frames
ONE = {"cutoff_radius": (3.0, 3.0)}


@pytest.fixture(scope="module")
def data():
    return label(linear_model(small_descriptor()), frames(10))


@pytest.fixture(scope="module")
def noisy():
    """Forces that no model fits."""
    out = label(linear_model(small_descriptor()), frames(30))
    generator = np.random.default_rng(0)
    for atoms in out:
        atoms.arrays["forces"] += generator.normal(size=(len(atoms), 3))
    return out


@pytest.fixture
def one_length(monkeypatch):
    """Two-body terms of all frames have the same lengths."""
    monkeypatch.setattr("anisoap_md.data.species_pairs._smallest_diameter", lambda frames, number: 1.2)


def folds_of(data, n, seed=0):
    """Frames (others, held) of each fold, as tune deals them out."""
    order = np.random.default_rng(seed + 1).permutation(len(data)).tolist()
    return [
        ([data[i] for k, i in enumerate(order) if k % n != f], [data[i] for i in order[f::n]])
        for f in range(n)
    ]


@pytest.mark.filterwarnings(WITHOUT_TERM)
@pytest.mark.parametrize(
    "kind, space, given",
    [
        ("none", {"degree": (2, 2)}, {"two_body": POLYNOMIAL, "ridge": 0}),
        ("kernel", ONE, {"two_body": POLYNOMIAL, "ridge": 1e-2, "n_points": 1000}),
        ("linear", ONE, {"two_body": {**POLYNOMIAL, "joint": False}, "ridge": 1e-2}),
    ],
)
def test_losses_are_those_of_fits_to_the_other_folds(noisy, one_length, kind, space, given):
    """One target, so that its weight does not matter; the scale of the labels is that of all frames."""
    result = tune(noisy, small_descriptor(), space, kind, n_trials=1, n_folds=3, targets=["forces"], **given)
    squares, spread = [], np.concatenate([a.arrays["forces"].ravel() for a in noisy])
    for others, held in folds_of(noisy, 3):
        fitted = fit(others, small_descriptor(), kind, test=held, targets=["forces"], walls="off", **given)
        labels, predictions = fitted.parity["test"]["forces"]
        squares.append((labels - predictions) ** 2)
    rmse = np.sqrt(np.mean(np.concatenate(squares)))
    assert_close(result.trials[0]["rmse"]["forces"], rmse, 1e-6)
    assert_close(result.loss, rmse / np.sqrt(np.mean(spread**2)), 1e-6)


def test_a_polynomial_beside_a_linear_term_is_solved_with_it(data, one_length):
    """Labels of both: neither is found when the polynomial takes what it can."""
    both = linear_model(small_descriptor())
    both.two_body = fit(
        data, small_descriptor(), "none", two_body=POLYNOMIAL, test=0, walls="off"
    ).model.core.two_body
    labelled = label(both, frames(40))
    losses = [
        tune(labelled, small_descriptor(), ONE, two_body={**POLYNOMIAL, "joint": joint}, n_trials=1).loss
        for joint in (True, False)
    ]
    assert losses[0] < 1e-3 * losses[1]


def test_the_degree_of_the_labels_is_found(data, one_length):
    truth = fit(
        data, small_descriptor(), "none", two_body={**POLYNOMIAL, "degree": 3}, test=0, walls="off"
    ).model.core
    labelled = label(truth, frames(40))
    options = {"two_body": POLYNOMIAL, "ridge": 1e-20}
    result = tune(labelled, small_descriptor(), {"degree": (1, 3)}, "none", n_trials=8, **options)
    losses = {t["parameters"]["degree"]: t["loss"] for t in result.trials}
    assert result.parameters == {"degree": 3} and losses.pop(3) < 1e-6 and min(losses.values()) > 1e-3
    assert result.fit_arguments == {"two_body": {**POLYNOMIAL, "degree": 3}}
    fitted = fit(
        labelled, result.descriptor, "none", ridge=1e-20, test=0, walls="off", **result.fit_arguments
    )
    assert fitted.errors["train"]["forces"].rmse < 1e-6 * fitted.errors["train"]["forces"].spread


def test_arguments_for_fit_are_those_that_were_searched(data):
    space = {"cutoff_radius": (2.5, 3.0), "density_scale": (0.8, 1.0), "exponent": (1, 3), "n_points": (5, 9)}
    result = tune(data, small_descriptor(), space, "kernel", n_trials=1, n_folds=2, two_body=POLYNOMIAL)
    assert set(result.fit_arguments) == {"density_scale", "exponent", "n_points"}
    assert all(result.fit_arguments[name] == result.parameters[name] for name in result.fit_arguments)
    model = fit(data, result.descriptor, "kernel", test=0, **result.fit_arguments).model.core
    assert model.density_scale == result.parameters["density_scale"]
    assert model.hypers.cutoff_radius == result.parameters["cutoff_radius"]
    assert model.local[0].exponent == result.parameters["exponent"]


def test_networks_are_trained_on_the_other_folds(data, monkeypatch):
    """Made-up networks: a two-body term that is known, and the mean energy per particle of what is left."""
    term = core_model(two_body=("uniaxial", "biaxial")).two_body
    seen = {"pairs": [], "rest": []}

    def train_two_body(problem, options):
        seen["pairs"].append([x.energy for x in problem.data.labels])
        return term

    def train_committee(problem, options):
        data = problem.data
        seen["rest"].append(len(data))
        local = [_core.LocalEnergy(), _core.LocalEnergy()]
        for one in local:
            one.offset = float(
                np.mean([x.energy / len(a) for x, a in zip(data.labels, data.frames, strict=True)])
            )
        return local

    monkeypatch.setattr("anisoap_md.training.networks.train.train_two_body", train_two_body)
    monkeypatch.setattr("anisoap_md.training.networks.train.train_committee", train_committee)
    given = {
        "two_body": {"kind": "networks", "cutoff": 2.9},
        "targets": ["energy"],
        "n_folds": 3,
        "n_trials": 2,
    }
    result = tune(data, small_descriptor(), {"cutoff_radius": (2.5, 3.0)}, "networks", **given)
    folds = folds_of(data, 3)
    assert [sorted(e) for e in seen["pairs"]] == [
        sorted(a.info["energy"] for a in others) for others, _ in folds
    ]
    assert seen["rest"] == [len(others) for others, _ in folds] * 2
    model = linear_model(small_descriptor())
    model.local, model.two_body = [_core.LocalEnergy()] * 2, term
    errors = []
    for others, held in folds:
        mean = np.mean(energies_left_by(model, others))
        errors += (energies_left_by(model, held) - mean).tolist()
    for trial in result.trials:
        assert_close(trial["rmse"]["energy"], np.sqrt(np.mean(np.square(errors))), 1e-9)


def energies_left_by(model, given):
    """Per particle."""
    sizes = np.array([len(a) for a in given])
    return (np.array([a.info["energy"] for a in given]) - total(model, given)["energy"]) / sizes


def test_both_terms_are_trained_on_the_other_folds_in_every_trial(data, monkeypatch):
    seen = []

    def train_both(problem, pairs, options):
        seen.append((len(problem.data), problem.environments.hypers.cutoff_radius))
        assert pairs.widths == (3,)
        term = core_model(two_body=("uniaxial", "biaxial")).two_body
        return term, linear_model(small_descriptor()).local

    def train_two_body(*arguments):
        raise AssertionError("a term of its own")

    monkeypatch.setattr("anisoap_md.training.networks.train.train_both", train_both)
    monkeypatch.setattr("anisoap_md.training.networks.train.train_two_body", train_two_body)
    two_body = {"kind": "networks", "cutoff": 2.9, "joint": True, "widths": [3]}
    space = {"cutoff_radius": (2.5, 3.5)}
    result = tune(data, small_descriptor(), space, "networks", two_body=two_body, n_trials=2, n_folds=2)
    cutoffs = [trial["parameters"]["cutoff_radius"] for trial in result.trials]
    assert seen == [(5, cutoff) for cutoff in cutoffs for _ in range(2)]


def test_the_cutoff_of_a_polynomial_is_found(data, one_length):
    truth = fit(data, small_descriptor(), "none", two_body=POLYNOMIAL, test=0, walls="off").model.core
    labelled = label(truth, frames(40))
    space = {"two_body_cutoff": (2.9, 2.9), "two_body_width": (0.8, 0.8)}
    losses = {}
    for start in (2.6, 2.9):  # what the options say is replaced
        options = {"two_body": {**POLYNOMIAL, "cutoff": start, "width": 0.3}, "ridge": 1e-20, "n_trials": 1}
        found = tune(labelled, small_descriptor(), space, "none", **options)
        assert found.fit_arguments == {"two_body": POLYNOMIAL} and found.loss < 1e-6
        other = {**space, "two_body_cutoff": (start - 0.2, start - 0.2)}
        losses[start] = tune(labelled, small_descriptor(), other, "none", **options).loss
    assert min(losses.values()) > 1e-3


def test_networks_of_a_searched_cutoff_are_trained_in_every_trial(data, monkeypatch):
    seen = []

    def train_two_body(problem, options):
        seen.append((len(problem.data), options.cutoff, options.width))
        return core_model(two_body=("uniaxial", "biaxial")).two_body

    monkeypatch.setattr("anisoap_md.training.networks.train.train_two_body", train_two_body)
    given = {
        "two_body": {"kind": "networks", "cutoff": 2.9, "width": 0.8},
        "n_trials": 2,
        "n_folds": 2,
        "ridge": 1e-2,
    }
    result = tune(data, small_descriptor(), {"two_body_cutoff": (2.5, 3.5)}, **given)
    cutoffs = [trial["parameters"]["two_body_cutoff"] for trial in result.trials]
    assert len(set(cutoffs)) == 2
    assert seen == [(5, cutoff, 0.8) for cutoff in cutoffs for _ in range(2)]
    assert result.fit_arguments == {
        "two_body": {"kind": "networks", "cutoff": result.parameters["two_body_cutoff"], "width": 0.8}
    }


def test_a_taper_that_is_not_given_follows_the_cutoff(data, monkeypatch):
    """A quarter of it, in the trials as in the fit of what was found."""
    seen = set()

    def train_two_body(problem, options):
        seen.add((options.cutoff, options.width))
        return core_model(two_body=("uniaxial", "biaxial")).two_body

    monkeypatch.setattr("anisoap_md.training.networks.train.train_two_body", train_two_body)
    given = {"two_body": {"kind": "networks", "cutoff": 2.8}, "n_trials": 2, "n_folds": 2, "ridge": 1e-2}
    result = tune(data, small_descriptor(), {"two_body_cutoff": (2.5, 3.5)}, **given)
    assert len(seen) == 2 and all(width == 0.25 * cutoff for cutoff, width in seen)
    found = result.fit_arguments["two_body"]
    assert (found["cutoff"], found["width"]) in seen


@pytest.mark.filterwarnings("ignore:anisoap. two_body, no O and O within the cutoff")
def test_an_expansion_of_what_was_found_is_that_of_the_same_options(noisy):
    """Options, terms and weights, whether they are given by `tune` or by hand."""
    two_body = {"kind": "symmetric", "cutoff": 2.8, "powers": (3, 6), "max_degree": 2, "max_terms": 12}
    space = {"two_body_cutoff": (2.6, 2.6)}
    result = tune(noisy, small_descriptor(), space, "none", n_folds=2, two_body=two_body)
    assert result.blind_to_walls
    given = [result.fit_arguments, {"two_body": {**two_body, "cutoff": 2.6, "width": 0.65}}]
    found, expected = (FitOptions.of(kind="none", **options) for options in given)
    assert found == expected
    found, expected = (
        fit(noisy, None, "none", test=0, walls="off", **options).model.core.two_body for options in given
    )
    for one, other in zip(found.pairs, expected.pairs, strict=True):
        assert one.symmetric.terms.tolist() == other.symmetric.terms.tolist()
        assert_close(one.symmetric.weights, other.symmetric.weights, 0)


def test_trials_of_known_walls_are_not_blind_to_them(data):
    result = tune(data, small_descriptor(), ONE, n_folds=2)
    assert not result.blind_to_walls


@pytest.mark.parametrize("n_trials, n_evaluated", [(6, 6), (100, 6), (5, None)])
def test_no_point_is_evaluated_twice(n_trials, n_evaluated):
    """6 points: all of them, or fewer trials that may repeat."""
    seen = []

    def evaluate(parameters):
        seen.append(tuple(parameters.values()))
        if parameters["degree"] == 1:
            raise ValueError("one")
        return {"loss": float(parameters["degree"])}

    ranges = {"degree": (1.0, 3.0), "exponent": (1.0, 2.0), "cutoff_radius": (3.0, 3.0)}
    trials = search(evaluate, ranges, n_trials, 0, False)
    assert len(seen) == len(set(seen)) == (n_evaluated or len(seen))
    assert len(trials) == (n_evaluated or n_trials)
    for trial in trials:
        degree = trial["parameters"]["degree"]
        assert trial.get("reason") == "one" if degree == 1 else trial["loss"] == degree


def test_repeats_count_as_trials():
    seen = []

    def evaluate(parameters):
        seen.append(parameters["n_points"])
        return {"loss": 1.0}

    trials = search(evaluate, {"n_points": (1.0, 41.0)}, 40, 0, False)
    assert len(trials) == 40 and len(seen) == len(set(seen)) < 40


def test_refused_parameters_are_left_behind(data):
    """A cutoff below the taper's width is refused by the core."""
    found = tune(data, small_descriptor(), {"cutoff_radius": (0.5, 1.5)}, n_trials=8, n_folds=2)
    reasons = [trial["reason"] for trial in found.trials if "reason" in trial]
    assert reasons and all("cutoff_width" in reason for reason in reasons)
    assert found.parameters["cutoff_radius"] >= 1.0
    with pytest.raises(ValueError, match="tune, got only refused trials, the last '.*cutoff_width"):
        tune(data, small_descriptor(), {"cutoff_radius": (0.5, 0.6)}, n_trials=2)


@pytest.mark.parametrize(
    "space, text",
    [
        ({}, "space, got nothing"),
        ({"cutof_radius": (1, 2)}, "did you mean 'cutoff_radius'"),
        ({"cutoff_radius": (3, 2)}, r"space\['cutoff_radius'\], got low 3 and high 2"),
        ({"max_angular": (1.5, 3)}, r"space\['max_angular'\], got .* integers"),
        ({"max_angular": (1, 2, 3)}, r"expected \(low, high\)"),
        ({"degree": (2, 3)}, r"space\['degree'\], got a model without it; .*'polynomial'"),
        ({"exponent": (2, 3)}, r"space\['exponent'\], got a model without it; expected kind='kernel'"),
        ({"degree": (1, 65)}, r"space\['degree'\], got low 1 and high 65; expected integers with .* <= 64"),
        ({"n_points": (0, 5)}, r"space\['n_points'\], got low 0 and high 5; expected integers with 1 <= low"),
        ({"two_body_width": (1, 2)}, r"\['two_body_width'\], got a model without it; .* two_body=\{'cutoff'"),
    ],
)
def test_bad_spaces(data, space, text):
    with pytest.raises(ValueError, match=text):
        tune(data, small_descriptor(), space, n_trials=1)


@pytest.mark.parametrize(
    "two_body, text",
    [
        (None, "kind, got 'none' and no two_body"),
        (
            POLYNOMIAL,
            r"'cutoff_radius'\], got kind 'none', which has no many-body term; expected some of degree, two_body_cutoff",
        ),
        (
            {"kind": "networks", "cutoff": 3.0},
            "which has no many-body term; expected some of two_body_cutoff, two_body_width, or",
        ),
        (
            core_model(two_body=("uniaxial", "sphere")).two_body,
            "no many-body term; expected a many-body kind",
        ),
        ({**POLYNOMIAL, "degre": 3}, "kind 'polynomial', got option 'degre'; .* did you mean 'degree'"),
    ],
)
def test_bad_arguments_of_a_two_body_term_alone(data, two_body, text):
    with pytest.raises(ValueError, match=text):
        tune(data, small_descriptor(), ONE, "none", two_body=two_body, n_trials=1)


def test_a_species_that_only_one_fold_holds(data):
    given = [*label(linear_model(small_descriptor()), frames(3, numbers=(6,))), data[0]]
    with pytest.raises(ValueError, match="species, got 'O', which no training frame holds"):
        tune(given, small_descriptor(), ONE, "networks", networks={"steps": 1}, n_trials=1, n_folds=4)


def test_a_two_body_term_of_other_species_is_refused(data):
    term = core_model("none", ("uniaxial",), species=("C",)).two_body
    with pytest.raises(ValueError, match="two_body, got a term of 1 species; expected 2"):
        tune(data, small_descriptor(), ONE, two_body=term, n_trials=1)


def test_optuna_that_is_missing_is_named_with_its_extra(data, monkeypatch):
    monkeypatch.setattr("anisoap_md.common.packages.find_spec", lambda name: None)
    with pytest.raises(
        RuntimeError, match=r"no package 'optuna'; expected 'pip install anisoap-md\[train\]'"
    ):
        tune(data, small_descriptor(), {"cutoff_radius": (2, 3)})
