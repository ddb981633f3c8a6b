# SPDX-License-Identifier: MIT
"""Training: known models are recovered, sums over frames equal the stacked problem, wrong arguments are refused."""

import json

import numpy as np
import pytest
import scipy.linalg
from anisoap_md import _core
from anisoap_md.data.dataset import split
from anisoap_md.training.fitting import fit
from anisoap_md.training.linear import kernel as _kernel
from testing.helpers import TRICLINIC, assert_close, random_atoms
from testing.potentials import core_model
from testing.training.labelled import (
    NUMBERS,
    assert_same_potential,
    environments,
    frames,
    label,
    linear_model,
    small_descriptor,
    total,
)

ALL = ("energy", "forces", "torques", "stress")


@pytest.fixture(scope="module")
def descriptor():
    return small_descriptor()


@pytest.fixture(scope="module")
def truth(descriptor):
    return linear_model(descriptor)


@pytest.fixture(scope="module")
def data(truth):
    return label(truth, frames(14))


@pytest.fixture(scope="module")
def unseen():
    return frames(3, seed=5)


@pytest.mark.parametrize("ridge", ["evidence", "cv", 0])
def test_recovers_a_linear_model(descriptor, truth, data, unseen, ridge):
    result = fit(data, descriptor, ridge=ridge, test=2 / 14)
    assert_same_potential(result.model.core, truth, unseen, 1e-4 if ridge == "cv" else 1e-9)
    assert result.training["rank"] == result.training["n_weights"]
    assert set(result.errors) == {"train", "test"} and set(result.errors["test"]) == set(ALL)
    held = [data[k] for k in split(len(data), 2 / 14, 0)[1]]
    assert result.errors["test"]["forces"].n == 3 * sum(map(len, held))


@pytest.mark.parametrize(
    "targets, bound",
    [
        (["energy"], 1e-3),  # fewer labels than weights
        (["forces"], 1e-6),
        (["torques"], 1e-6),
        (["forces", "torques"], 1e-6),
        (["energy", "torques"], 1e-6),
    ],
)
def test_any_mix_of_targets(descriptor, data, truth, targets, bound):
    result = fit(data, descriptor, targets=targets, test=0)
    assert_same_potential(result.model.core, truth, data, bound, targets)
    assert set(result.errors["train"]) == set(targets) and "test" not in result.errors
    if "energy" not in targets:
        assert [one.offset for one in result.model.core.local] == [0.0, 0.0]


def test_equals_least_squares_of_stacked_rows(descriptor, data):
    """Noisy labels, so that the weights of the targets matter; lstsq of scipy is the oracle."""
    generator = np.random.default_rng(0)
    noisy = [a.copy() for a in data]
    for a in noisy:
        a.info["energy"] += 0.1 * generator.normal()
        for name in ("forces", "torques"):
            a.arrays[name] = a.arrays[name] + 0.1 * generator.normal(size=(len(a), 3))
    weights = {"energy": 3.0, "forces": 1.0, "torques": 0.5}
    result = fit(noisy, descriptor, targets=list(weights), weights=weights, test=0, ridge=0)
    around = environments(descriptor)
    scales = result.training["scales"]
    rows, labels = [], []
    n_particles = sum(map(len, noisy))
    equal_say = {
        "energy": len(noisy) ** -0.5,
        "forces": (3 * n_particles) ** -0.5,
        "torques": (3 * n_particles) ** -0.5,
    }
    for a in noisy:
        pairs = _core.pair_jacobian(around.hypers, a, NUMBERS)
        kinds = np.array([NUMBERS.index(z) for z in a.numbers])
        n, width = pairs["features"].shape
        values = np.zeros((1 + 6 * n, 2 + 2 * width))
        for i, s in enumerate(kinds):
            values[0, s] += 1
            values[0, 2 + s * width : 2 + (s + 1) * width] += pairs["features"][i]
        for i, j, change in zip(pairs["i"], pairs["j"], pairs["jacobian"], strict=True):
            block = slice(2 + kinds[i] * width, 2 + (kinds[i] + 1) * width)
            values[1 + 3 * i : 4 + 3 * i, block] += change[:3]
            values[1 + 3 * j : 4 + 3 * j, block] -= change[:3]
            values[1 + 3 * n + 3 * j : 4 + 3 * n + 3 * j, block] -= change[3:]
        factor = np.concatenate(
            [
                [equal_say["energy"] * weights["energy"] / scales["energy"] / n],
                np.full(3 * n, equal_say["forces"] * weights["forces"] / scales["forces"]),
                np.full(3 * n, equal_say["torques"] * weights["torques"] / scales["torques"]),
            ]
        )
        rows.append(values * factor[:, None])
        stacked = np.concatenate(
            [[a.info["energy"]], a.arrays["forces"].ravel(), a.arrays["torques"].ravel()]
        )
        labels.append(stacked * factor)
    solution = scipy.linalg.lstsq(np.concatenate(rows), np.concatenate(labels), lapack_driver="gelsd")[0]
    for s, one in enumerate(result.model.core.local):
        width = len(one.weights)
        found = one.weights * one.scale
        assert_close(found, solution[2 + s * width : 2 + (s + 1) * width], 1e-6)
        assert_close(one.offset - found @ one.shift, solution[s], 1e-6)


def test_offsets_of_species_follow_the_composition(descriptor, data):
    moved = [a.copy() for a in data]
    for a in moved:
        a.info["energy"] += 7.0 * np.count_nonzero(a.numbers == 6) - 4.0 * np.count_nonzero(a.numbers == 8)
    before, after = (fit(d, descriptor, test=0, ridge=1e-6, weights={"energy": 1e6}) for d in (data, moved))
    shift = [
        b.offset - a.offset for a, b in zip(before.model.core.local, after.model.core.local, strict=True)
    ]
    assert_close(shift, [7.0, -4.0], 1e-6)


def test_the_order_of_species_is_the_descriptors(data, truth, unseen):
    turned = fit(data, small_descriptor(species=["O", "C"]), test=0).model.core
    got = _core.Potential(turned).compute(unseen, [8, 6])
    assert_close(got["forces"], total(truth, unseen)["forces"], 1e-9)


def test_weight_zero_leaves_a_target_out(descriptor, data):
    wrong = [a.copy() for a in data]
    for a in wrong:
        a.arrays["torques"] = a.arrays["torques"] + 5.0
    result = fit(wrong, descriptor, weights={"torques": 0}, test=0)
    assert_same_potential(result.model.core, fit(data, descriptor, test=0).model.core, data, 1e-6, ["forces"])


def test_fits_without_taper_only_when_told(data):
    plain = small_descriptor(cutoff_function="none", cutoff_width=None)
    with pytest.raises(ValueError, match="cutoff_function, got 'none' for a potential"):
        fit(data, plain)
    assert fit(data, plain, allow_discontinuity=True).model.core.allow_discontinuity


def test_two_body_term_is_subtracted_first(descriptor, truth, unseen):
    both = linear_model(descriptor)
    both.two_body = core_model(two_body=("uniaxial", "biaxial")).two_body
    assert not np.allclose(total(both, unseen)["forces"], total(truth, unseen)["forces"])
    result = fit(label(both, frames(14)), descriptor, two_body=both.two_body, test=0)
    assert_same_potential(result.model.core, both, unseen, 1e-9)
    local = [one.weights * one.scale for one in result.model.core.local]
    assert_close(local, [one.weights * one.scale for one in truth.local], 1e-5)


def test_networks_learn_what_the_two_body_term_leaves(descriptor, data, monkeypatch):
    term = core_model(two_body=("uniaxial", "biaxial")).two_body
    seen = {}

    def train_two_body(problem, options):
        assert options.cutoff == 2.9
        seen["whole"] = problem.data
        return term

    def train_committee(problem, options):
        assert options.components == 4
        seen["rest"] = problem.data
        return linear_model(descriptor).local

    monkeypatch.setattr("anisoap_md.training.networks.train.train_two_body", train_two_body)
    monkeypatch.setattr("anisoap_md.training.networks.train.train_committee", train_committee)
    two_body = {"kind": "networks", "cutoff": 2.9}
    result = fit(data, descriptor, "networks", networks={"components": 4}, two_body=two_body, test=0)
    assert result.training["two_body"] | two_body == result.training["two_body"] and result.training[
        "networks"
    ] == {"components": 4}
    alone = linear_model(descriptor)
    alone.local, alone.two_body = [_core.LocalEnergy()] * 2, term
    for atoms, whole, rest in zip(
        seen["rest"].frames, seen["whole"].labels, seen["rest"].labels, strict=True
    ):
        found = total(alone, [atoms])
        assert_close(whole.energy - rest.energy, found["energy"][0], 1e-9)
        assert_close(whole.forces - rest.forces, found["forces"], 1e-9)
        assert_close(whole.torques - rest.torques, found["torques"], 1e-9)
        assert_close(np.sum(whole.stress[:3] - rest.stress[:3]), np.trace(found["virial"][0]), 1e-9)


JOINT = {"kind": "networks", "joint": True, "cutoff": 2.9, "bodies": {"C": "z"}, "widths": [5]}


def test_networks_of_both_terms_are_trained_at_once(descriptor, data):
    """Schedule and members are those of the committee; the model gives the errors of the result."""
    options = {"widths": [6, 4], "n_networks": 2, "steps": 3, "validation": 0.0}
    result = fit(data, descriptor, "networks", networks=options, two_body=JOINT, test=0.3)
    model = result.model.core
    assert [[n.widths[1:] for n in p.networks] for p in model.two_body.pairs] == [[[5, 1]] * 2] * 3
    assert [[n.widths[1:] for n in one.networks] for one in model.local] == [[[6, 4, 1]] * 2] * 2
    assert model.two_body.species[0].symmetry == "uniaxial" and model.two_body.cutoff == 2.9
    assert model.joint_committees
    assert (
        result.training["two_body"] == {**JOINT, "pairs_without_term": []}
        and result.training["networks"] == options
    )
    held = [data[k] for k in split(len(data), 0.3, 0)[1]]
    found = result.model.predict(held, uncertainties=True)
    difference = found.forces - np.concatenate([a.arrays["forces"] for a in held])
    assert_close(result.errors["test"]["forces"].rmse, np.sqrt(np.mean(difference**2)), 1e-12)
    assert np.isfinite(found.uncertainties).all() and found.uncertainties.min() > 0


def test_a_model_of_the_two_body_term_alone(unseen):
    """Without a many-body term the descriptor needs no taper."""
    truth = core_model("none", ("uniaxial", "biaxial"))
    plain = small_descriptor(cutoff_function="none", cutoff_width=None)
    result = fit(label(truth, frames(4)), plain, "none", two_body=truth.two_body, test=0)
    assert_same_potential(result.model.core, truth, unseen, 1e-12)
    assert_close([x.offset for x in result.model.core.local], [x.offset for x in truth.local], 1e-10)


def test_singular_fits_are_reported(descriptor, data):
    with pytest.raises(ValueError, match=r"a singular system, got rank \d+ of \d+ weights .* ridge > 0"):
        fit(data[:2], descriptor, test=0, ridge=0)
    result = fit(data[:2], descriptor, test=0)
    assert result.training["condition_number"] is None
    assert result.training["rank"] < result.training["n_weights"]


@pytest.mark.parametrize("exponent", [1, 2, 3])
def test_recovers_a_kernel_model(descriptor, exponent):
    """With every training particle as a representative, a kernel model on some of them is among the candidates."""
    given = frames(6)
    truth = linear_model(descriptor)
    around = environments(descriptor)
    rows = [np.concatenate([around.features(a)[a.numbers == z] for a in given]) for z in NUMBERS]
    generator = np.random.default_rng(1)
    local = []
    for features in rows:
        one = _core.LocalEnergy()
        one.kind, one.exponent = "kernel", exponent
        one.points = _kernel.unit_rows(features[:3])[0]
        one.weights = generator.normal(size=3)
        local.append(one)
    truth.local = local
    result = fit(label(truth, given), descriptor, "kernel", exponent=exponent, n_points=1000, test=0)
    assert_same_potential(result.model.core, truth, given, 1e-6)


def test_uncertainty_grows_away_from_the_data(descriptor, data):
    for kind in ("linear", "kernel"):
        noisy = [a.copy() for a in data]
        generator = np.random.default_rng(0)
        for a in noisy:
            a.info["energy"] += generator.normal()
        model = fit(noisy, descriptor, kind, n_points=20, targets=["energy"], test=0).model.core
        potential = _core.Potential(model)
        near = potential.compute(noisy, NUMBERS, uncertainties=True)["uncertainties"]
        far = potential.compute(
            [random_atoms(77 + k, 6, 0.8 * TRICLINIC, sizes=(0.4, 3.0)) for k in range(4)],
            NUMBERS,
            uncertainties=True,
        )["uncertainties"]
        assert np.isfinite(near).all() and near.min() >= 0
        assert far.mean() > near.mean()


BAD_ARGUMENTS = {
    "kind": ({"kind": "liner"}, "kind, got 'liner'; .* did you mean 'linear'"),
    "target": ({"targets": ["force"]}, "targets, got 'force'; .*did you mean 'forces'"),
    "units": ({"units": "si"}, "units, got 'si'; expected one of metal, real, lj"),
    "weight": ({"weights": {"energy": -1}}, r"weights\['energy'\], got -1"),
    "weight of none": ({"weights": {"energy": 1}, "targets": ["forces"]}, "weights, got 'energy'"),
    "all weights": ({"weights": dict.fromkeys(ALL, 0)}, "weights, got 0 for every target"),
    "ridge": ({"ridge": -1.0}, "ridge, got -1.0"),
    "ridge word": ({"ridge": "best"}, "ridge, got 'best'; expected one of evidence, cv"),
    "points": ({"n_points": 0}, "n_points, got 0"),
    "test": ({"test": 1.5}, "test, got 1.5"),
    "two-body only": ({"kind": "none"}, "kind, got 'none' and no two_body"),
    "density": ({"density_scale": -1.0}, "density_scale, got -1"),
    "selection": ({"selection": "random"}, "selection, got 'random'"),
    "two-body option": (
        {"two_body": {"kind": "networks", "cutof": 3.0}},
        "two_body of kind 'networks', got option 'cutof'; .* did you mean 'cutoff'",
    ),
    "joint with another kind": (
        {"kind": "kernel", "two_body": JOINT},
        r"two_body\['joint'\], got True beside kind 'kernel'; expected kind 'networks'",
    ),
    "joint without a many-body term": (
        {"kind": "none", "two_body": JOINT},
        r"two_body\['joint'\], got True beside kind 'none'",
    ),
    "schedule of pairs": (
        {"kind": "networks", "two_body": {**JOINT, "steps": 3}},
        "two_body with 'joint' .*steps .*in networks.*, got option 'steps'; expected some of bodies, ",
    ),
    "two-body option of another kind": (
        {"two_body": {"kind": "networks", "cutoff": 3.0, "degree": 4}},
        "two_body of kind 'networks', got option 'degree'; .*; kind 'polynomial' has it",
    ),
    "two-body kind": ({"two_body": {"cutoff": 3.0}}, "two_body, got options without .kind.; expected also"),
    "two-body cutoff": (
        {"two_body": {"kind": "networks", "steps": 3}},
        "two_body, got options without 'cutoff'",
    ),
    "networks of another kind": ({"networks": {"steps": 3}}, "networks, got options for kind 'linear'"),
    "network option": (
        {"kind": "networks", "networks": {"seed": 1}},
        "networks, got option 'seed'; expected some of .*, components, ",
    ),
    "two-body species": (
        {"two_body": core_model("none", ("uniaxial", "sphere", "sphere"), species=("C", "N", "O")).two_body},
        "two_body, got a term of 3 species; expected 2",
    ),
    "prior": ({"prior": ["pair_coeff * *"]}, "prior, got .* LAMMPS commands with a pair_style"),
    **{
        f"{name} of another type": ({name: 5}, f"{name}, got 5; expected a mapping")
        for name in ("keys", "weights", "config_weights", "isolated")
    },
    "prior of another type": ({"prior": 5}, "prior, got 5; expected a list of LAMMPS commands"),
}


@pytest.mark.parametrize("name", BAD_ARGUMENTS)
def test_bad_arguments(descriptor, data, name):
    others, text = BAD_ARGUMENTS[name]
    with pytest.raises(ValueError, match=text):
        fit(data[:4], descriptor, **others)


@pytest.mark.parametrize("two_body", [{**JOINT, "joint": "yes"}, [3.0]])
def test_two_body_terms_of_wrong_types(descriptor, data, two_body):
    with pytest.raises(TypeError, match="two_body.*, got .*; expected"):
        fit(data[:4], descriptor, "networks", two_body=two_body)


def test_a_species_without_particles(data):
    with pytest.raises(ValueError, match="species, got 'N', which no training frame holds"):
        fit(data, small_descriptor(species=["C", "N", "O"]))


def test_unknown_keyword(descriptor, data):
    with pytest.raises(TypeError, match="did you mean 'weights'"):
        fit(data, descriptor, weight={})


def test_split_is_drawn_by_the_seed(descriptor, data):
    first, again, other = (fit(data, descriptor, test=0.3, seed=s) for s in (1, 1, 2))
    assert first.training == again.training
    assert first.training["n_test_frames"] == 4 and first.training["n_frames"] == 10
    assert first.parity["test"]["energy"][0].tolist() != other.parity["test"]["energy"][0].tolist()


def test_report(descriptor, data, tmp_path):
    result = fit(data, descriptor, learning_curve=True, test=0.3)
    text, image = result.report(tmp_path / "report")
    document = json.loads(text.read_text())
    assert document["errors"]["test"]["torques"]["n"] == result.errors["test"]["torques"].n
    assert [p["n_frames"] for p in document["learning_curve"]] == [1, 2, 5, 10]
    last = document["learning_curve"][-1]["rmse"]
    for target in ALL:  # the sums and the potential agree
        assert (
            abs(last[target] - result.errors["test"][target].rmse)
            < 1e-8 * result.errors["test"][target].spread
        )
    assert image.read_bytes().startswith(b"\x89PNG")
    result.save(tmp_path / "model.json")
    assert json.loads((tmp_path / "model.json").read_text())["training"]["n_frames"] == 10


def test_missing_packages(descriptor, data, monkeypatch, tmp_path):
    result = fit(data[:4], descriptor, test=0)
    monkeypatch.setattr("anisoap_md.common.packages.find_spec", lambda name: None)
    for package in ("matplotlib", "skmatter"):
        with pytest.raises(
            RuntimeError, match=rf"no package '{package}'; expected 'pip install anisoap-md\[train\]'"
        ):
            result.report(tmp_path / "r") if package == "matplotlib" else fit(data[:4], descriptor, "kernel")
    assert not list(tmp_path.iterdir())


def test_one_test_frame_has_no_r2(descriptor, data):
    text = repr(fit(data, descriptor, test=data[:1], targets=["energy"]))
    assert "no R2 (one label)" in text and "nan" not in text
    same = [data[0].copy() for _ in range(3)]
    assert "no R2 (equal labels)" in repr(fit(data, descriptor, test=same, targets=["energy"]))


def test_no_many_body_term_needs_no_hyperparameters(descriptor, data):
    two_body = {"kind": "polynomial", "cutoff": 2.9, "degree": 2, "powers": [1, 2]}
    options = {"two_body": two_body, "ridge": 1e-6, "test": 0}
    found, expected = (fit(data, d, "none", **options, walls="off") for d in (None, descriptor))
    assert_same_potential(found.model.core, expected.model.core, data, 1e-12)
    assert found.model.cutoff == 2.9
    with pytest.raises(
        TypeError, match="anisoap: descriptor, got None; expected a Descriptor, or None with kind"
    ):
        fit(data, None, "linear", **options)
