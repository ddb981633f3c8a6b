# SPDX-License-Identifier: MIT
"""Weights of frames by their type, and fixed energies of isolated particles."""

import numpy as np
import pytest
from anisoap_md import Descriptor, Model, cli, fit, tune, write_frames
from testing.helpers import assert_close, make_atoms
from testing.training.labelled import frames, label, linear_model, small_descriptor

KINDS = {
    "linear": {"kind": "linear"},
    "kernel": {"kind": "kernel", "n_points": 5},
    "polynomial": {
        "kind": "none",
        "two_body": {"kind": "polynomial", "cutoff": 2.9, "degree": 2, "powers": (1, 4)},
    },
    "both": {
        "kind": "linear",
        "two_body": {"kind": "polynomial", "cutoff": 2.9, "degree": 2, "powers": (1, 4)},
    },
    "polynomial first": {
        "kind": "kernel",
        "n_points": 5,
        "two_body": {"kind": "polynomial", "cutoff": 2.9, "degree": 2, "powers": (1, 4)},
    },
    "networks": {
        "kind": "networks",
        "networks": {"steps": 6, "widths": (6,), "n_networks": 2, "dtype": "float64", "num_threads": 1},
    },
    "pair networks": {
        "kind": "none",
        "two_body": {
            "kind": "networks",
            "cutoff": 2.9,
            "widths": (4,),
            "steps": 6,
            "dtype": "float64",
            "num_threads": 1,
        },
    },
    "joint networks": {
        "kind": "networks",
        "networks": {"steps": 6, "widths": (6,), "n_networks": 2, "dtype": "float64", "num_threads": 1},
        "two_body": {"kind": "networks", "cutoff": 2.9, "widths": (4,), "joint": True},
    },
}
pytestmark = pytest.mark.filterwarnings("ignore:anisoap. two_body, no . and . within the cutoff")


@pytest.fixture(scope="module")
def data():
    given = label(linear_model(small_descriptor()), frames(12))
    for k, atoms in enumerate(given):
        atoms.info["config_type"] = atoms.info["phase"] = "liquid" if k % 3 else "dimer"
    return given


def of_equal_sizes(given):
    """The frames, with one size for each species."""
    for atoms in given:
        for k, d in enumerate((1.0, 1.3, 1.7), start=1):
            atoms.arrays[f"c_diameter[{k}]"][:] = np.where(atoms.numbers == 6, d, 1.2)
    return given


@pytest.fixture(scope="module")
def equal_sizes():
    return label(linear_model(small_descriptor()), of_equal_sizes(frames(12)))


def descriptor():
    return small_descriptor(max_radial=0)


def trained(given, kind, **others):
    """Labels of these models have no walls."""
    about = dict(KINDS[kind])
    return fit(given, descriptor(), about.pop("kind"), test=0, walls="off", **{**about, **others}).model


def total(model, given):
    found = model.predict(given)
    return np.concatenate([found.energy, found.forces.ravel(), found.torques.ravel()])


def test_a_weight_of_two_is_that_of_four_frames():
    """Where one target alone is fitted without a ridge, units of errors and columns do not matter."""
    given = label(linear_model(small_descriptor(), seed=5), of_equal_sizes(frames(40, seed=3)))
    for k, atoms in enumerate(given):
        atoms.info["config_type"] = "liquid" if k % 3 else "dimer"
    repeated = [a for a in given for _ in range(1 if a.info["config_type"] == "dimer" else 4)]
    hypers = {"radial_gaussian_width": 1.1, "cutoff_function": "cosine", "cutoff_width": 1.0, "max_radial": 0}
    small = Descriptor(1, "gto", 3.0, species=["C", "O"], num_threads=1, **hypers)
    pairs = {"kind": "polynomial", "cutoff": 3.0, "powers": (1,), "bodies": {"C": "sphere", "O": "sphere"}}
    for kind, two_body in (("linear", None), ("none", pairs)):
        about = {"targets": ("forces",), "ridge": 0, "test": 0, "walls": "off", "two_body": two_body}
        plain, weighted, expected = (
            fit(labelled, small, kind, **about, config_weights=weights).model.predict(given).forces
            for labelled, weights in ((given, None), (given, {"liquid": 2.0}), (repeated, None))
        )
        assert np.abs(plain - expected).max() > 1e-4 * np.abs(expected).max()
        assert_close(weighted, expected, 1e-8)


@pytest.mark.parametrize("kind", KINDS)
def test_frames_of_weight_zero_are_left_out(data, kind):
    kept = [a for a in data if a.info["config_type"] == "liquid"]
    weighted = trained(data, kind, config_weights={"dimer": 0})
    assert np.array_equal(total(weighted, data), total(trained(kept, kind), data))
    assert weighted.training["n_frames"] == 8 and weighted.training["config_weights"] == {"dimer": 0}
    same = trained(data, kind, config_weights={"dimer": 1, "liquid": 1.0})
    assert np.array_equal(total(same, data), total(trained(data, kind), data))


@pytest.mark.parametrize("kind", ["networks", "joint networks", "pair networks"])
def test_networks_follow_the_weights(data, kind):
    """Labels of equal frames that contradict each other are met at their weighted mean."""
    one = min(data, key=lambda a: a.get_all_distances(mic=True)[0, 1]).copy()
    other = one.copy()
    one.info["config_type"], other.info["config_type"] = "a", "b"
    other.info["energy"] = one.info["energy"] + 1.0
    about = dict(KINDS[kind], targets=("energy",))
    for name in ("networks", "two_body"):
        if name in about:
            about[name] = {**about[name], "validation": 0.0} if "steps" in about[name] else about[name]
    found = fit([one, other], descriptor(), test=0, config_weights={"b": 3.0}, **about).model.predict(one)
    assert found.energy[0] - one.info["energy"] == pytest.approx(0.9, abs=0.02)


def test_the_key_of_types_and_the_command(data, tmp_path, capsys):
    write_frames(tmp_path / "a.xyz", data[:6])
    write_frames(tmp_path / "b.xyz", data[6:])
    basis = ["--max-angular", 2, "--cutoff-radius", 3, "--radial-gaussian-width", 1.1, "--max-radial", 0]
    basis += ["--cutoff-function", "cosine", "--cutoff-width", 1, "--test", 0, "--threads", 1, "--quiet"]
    options = ["--config-weights", "liquid=2", "dimer=0.5", "--config-key", "phase"]
    out, inputs = tmp_path / "m.json", [tmp_path / "a.xyz", tmp_path / "b.xyz"]
    assert cli.main([str(a) for a in ("train", *inputs, "-o", out, *basis, *options)]) == 0
    expected = fit(data, descriptor(), test=0, config_weights={"liquid": 2, "dimer": 0.5}, config_key="phase")
    assert_close(total(Model.load(out), data), total(expected.model, data), 1e-8)


def alone(model: Model, data) -> dict[str, float]:
    """Energies of a particle of each species alone."""
    out = {}
    for number, symbol in ((6, "C"), (8, "O")):
        atoms = next(a for a in data if number in a.numbers)
        k = atoms.numbers.tolist().index(number)
        diameters = [[atoms.arrays[f"c_diameter[{d}]"][k] for d in (1, 2, 3)]]
        out[symbol] = model.predict(make_atoms([number], [[0, 0, 0]], [[1, 0, 0, 0]], diameters)).energy[0]
    return out


ENERGIES = {"C": -3.5, "O": 2.25}


@pytest.mark.parametrize("targets", [None, ("forces", "torques")])
@pytest.mark.parametrize("kind", KINDS)
def test_isolated_particles_have_the_energies_that_were_given(equal_sizes, kind, targets):
    model = trained(equal_sizes, kind, isolated=ENERGIES, targets=targets)
    found = alone(model, equal_sizes)
    for symbol, energy in ENERGIES.items():
        assert found[symbol] == pytest.approx(energy, abs=1e-9)
    assert model.training["isolated"] == ENERGIES
    free = alone(trained(equal_sizes, kind, targets=targets), equal_sizes)
    assert any(abs(free[s] - ENERGIES[s]) > 1e-3 for s in ENERGIES)


def test_a_fit_with_the_true_energies_of_isolated_particles_is_exact(equal_sizes):
    true = alone(Model(linear_model(small_descriptor())), equal_sizes)
    result = fit(equal_sizes, small_descriptor(), test=0, isolated=true)
    assert max(e.rmse for e in result.errors["train"].values()) < 1e-6
    wrong = fit(
        equal_sizes,
        small_descriptor(),
        test=0,
        isolated={s: e + 5 for s, e in true.items()},
        targets=("energy",),
    )
    assert wrong.training["errors"]["train"]["energy"]["rmse"] >= 0


def test_tune_takes_both(equal_sizes):
    for k, atoms in enumerate(equal_sizes):
        atoms.info["config_type"] = str(k % 2)
    result = tune(
        equal_sizes,
        descriptor(),
        {"cutoff_radius": (3, 3)},
        n_trials=1,
        n_folds=2,
        isolated=ENERGIES,
        config_weights={"1": 0.5},
    )
    plain = tune(equal_sizes, descriptor(), {"cutoff_radius": (3, 3)}, n_trials=1, n_folds=2)
    assert np.isfinite(result.loss) and result.loss != plain.loss
    for atoms in equal_sizes:
        del atoms.info["config_type"]


BAD = {
    "unknown type": (
        {"config_weights": {"liqid": 1}},
        "config_weights, got 'liqid', which no frame has as config_type; .* did you mean 'liquid'",
    ),
    "unknown key": (
        {"config_weights": {"a": 1}, "config_key": "typ"},
        r"expected frames with info\['typ'\], or config_key",
    ),
    "negative": (
        {"config_weights": {"liquid": -1}},
        r"config_weights\['liquid'\], got -1; expected a finite number >= 0",
    ),
    "word": ({"config_weights": {"liquid": "2"}}, r"config_weights\['liquid'\], got '2'; expected a number"),
    "zeros": ({"config_weights": {"liquid": 0, "dimer": 0}}, "config_weights, got 0 for every frame"),
    "missing": (
        {"isolated": {"C": 1}},
        "isolated, got energies without 'O'; expected one energy for each of C, O",
    ),
    "other": (
        {"isolated": {"C": 1, "O": 1, "N": 1}},
        "isolated, got an energy of 'N'; expected one energy for each",
    ),
    "symbol": ({"isolated": {"Cx": 1}}, "species, got 'Cx'; expected chemical symbols"),
    "infinite": ({"isolated": {"C": np.inf, "O": 1}}, r"isolated\['C'\], got inf; expected a finite energy"),
    "sizes": (
        {"isolated": ENERGIES},
        "isolated, got particles of C of several sizes; expected one size for each",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_weights_and_energies_that_cannot_be_used(data, name):
    options, text = BAD[name]
    with pytest.raises((ValueError, TypeError), match=text):
        fit(data, descriptor(), test=0, **options)


def test_sizes_do_not_matter_where_a_particle_is_not_its_own_neighbour(data):
    away = small_descriptor(max_radial=0, subtract_center_contribution=True)
    model = fit(data, away, test=0, isolated=ENERGIES).model
    assert alone(model, data)["C"] == pytest.approx(ENERGIES["C"], abs=1e-9)
