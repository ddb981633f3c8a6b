# SPDX-License-Identifier: MIT
"""The hint of a fit to frames with inverse quaternions."""

import json

import numpy as np
import pytest
from anisoap_md import cli, fit, write_frames
from anisoap_md.data.prior import Prior
from anisoap_md.training import inverse
from testing.training.labelled import NUMBERS, frames, label, linear_model, small_descriptor

POLYNOMIAL = {"kind": "polynomial", "cutoff": 2.9, "powers": (1, 4), "degree": 2}
FITS = {
    "linear": ("linear", {}),
    "kernel": ("kernel", {"n_points": 20}),
    "networks": ("networks", {"networks": {"steps": 2, "widths": (4,), "n_networks": 1}}),
    "linear and a polynomial": ("linear", {"two_body": POLYNOMIAL, "walls": "off"}),
}


def inverted(given):
    """Quaternions from space to body, beside the same labels."""
    out = [atoms.copy() for atoms in given]
    for atoms in out:
        atoms.arrays["c_q"] = atoms.arrays["c_q"] * [1, -1, -1, -1]
    return out


@pytest.fixture(scope="module")
def right():
    return label(linear_model(small_descriptor()), frames(40))


@pytest.mark.parametrize("name", FITS)
def test_inverse_quaternions_are_noticed(right, name):
    kind, options = FITS[name]
    found = fit(inverted(right), small_descriptor(), kind, test=0.2, **options)
    assert found.inverse.inverse_loss < 0.5 * found.inverse.loss and found.inverse.n_frames == 32
    assert "quaternions='inverse'" in repr(found).splitlines()[-1]


@pytest.mark.parametrize("name", FITS)
def test_no_hint_for_the_right_ones(right, name):
    kind, options = FITS[name]
    found = fit(right, small_descriptor(), kind, test=0.2, **options)
    assert found.inverse is None and "inverse" not in repr(found)


def test_spheres_and_noise_get_no_hint(right):
    spheres = inverted(right)
    for atoms in spheres:
        for k in (1, 2, 3):
            atoms.arrays[f"c_diameter[{k}]"][:] = 1.5
    noise = inverted(right)
    generator = np.random.default_rng(1)
    for atoms in noise:
        for name in ("forces", "torques"):
            atoms.arrays[name] = generator.normal(size=(len(atoms), 3))
    for given, targets in ((spheres, None), (noise, ("forces", "torques"))):
        found = fit(given, small_descriptor(), test=0.2, targets=targets)
        assert found.errors["test"]["torques"].r2 < 0.9 and found.inverse is None


def test_torques_tell_where_the_other_labels_hardly_depend_on_orientations(right):
    generator = np.random.default_rng(2)
    given = inverted(right)
    spread = np.std(np.concatenate([atoms.arrays["forces"] for atoms in given]))
    for atoms in given:  # what no descriptor of bodies explains
        atoms.arrays["forces"] = generator.normal(scale=3 * spread, size=(len(atoms), 3))
    for targets, expected in ((("forces", "torques"), "torques"), (("torques",), "all")):
        found = fit(given, small_descriptor(), test=0.2, targets=targets)
        assert found.inverse.target == expected and found.inverse.inverse_loss < 0.5 * found.inverse.loss
    assert "the torques fit far better" in _hint_of(given, ("forces", "torques"))
    assert fit(inverted(given), small_descriptor(), test=0.2, targets=("forces", "torques")).inverse is None


def _hint_of(given, targets):
    return repr(fit(given, small_descriptor(), test=0.2, targets=targets)).splitlines()[-1]


def test_a_prior_is_subtracted_for_each_orientation():
    given = frames(40)
    for atoms in given:  # pair gayberne wants one shape a type
        for k, diameter in enumerate((1.0, 1.3, 1.7), start=1):
            atoms.arrays[f"c_diameter[{k}]"][:] = diameter
    commands = ("pair_style gayberne 1 1 1 5.0", "pair_coeff * * 1e-6 1.0 1 1 0.2 1 1 0.2")
    targets = ("energy", "forces", "torques")
    prior = Prior.of(commands, "lj", NUMBERS)
    given = label(linear_model(small_descriptor()), given)
    for atoms, extra in zip(given, prior.labels(given, NUMBERS, targets), strict=True):
        atoms.info["energy"] += extra.energy
        atoms.arrays["forces"] = atoms.arrays["forces"] + extra.forces
        atoms.arrays["torques"] = atoms.arrays["torques"] + extra.torques
    options = dict(test=0.2, targets=targets, units="lj", prior=commands)
    found = fit(inverted(given), small_descriptor(), **options).inverse
    assert found.inverse_loss < 1e-3 < 0.5 < found.loss
    assert fit(given, small_descriptor(), **options).inverse is None


def test_a_good_fit_is_not_looked_into(right, monkeypatch):
    monkeypatch.setattr("anisoap_md.training.fitting.inverse_fit", lambda *a: 1 / 0)
    fit(right, small_descriptor(), test=0.2)
    with pytest.raises(ZeroDivisionError):
        fit(inverted(right), small_descriptor(), test=0.2)


def test_the_frames_that_are_fitted_again_are_few(monkeypatch, right):
    monkeypatch.setattr(inverse, "_MOST_LABELS", 200)
    found = fit(inverted(right), small_descriptor(), test=0.2).inverse
    assert 2 <= found.n_frames <= 200 // (1 + 6 * 2 + 6)


@pytest.mark.parametrize(
    "given, option", [("wxyz", "inverse"), ("xyzw", "xyzw-inverse"), ("inverse", "wxyz")]
)
def test_the_command_line_and_the_report_say_so(right, tmp_path, capsys, given, option):
    data = right if given == "inverse" else inverted(right)
    if given == "xyzw":
        for atoms in data:
            atoms.arrays["c_q"] = np.roll(atoms.arrays["c_q"], -1, axis=1)
    write_frames(tmp_path / "in.extxyz", data)
    basis = "--max-angular 2 --cutoff-radius 3 --radial-gaussian-width 1.1 --cutoff-function cosine --cutoff-width 1"
    words = ["train", f"{tmp_path}/in.extxyz", "-o", f"{tmp_path}/m.json", *basis.split(), "--test", "0.2"]
    words += ["--quaternions", given, "--report", f"{tmp_path}/r", "--quiet"]
    assert cli.main(words) == 0
    assert capsys.readouterr().out.splitlines()[-1].endswith(f"see --quaternions {option}")
    report = json.loads((tmp_path / "r.json").read_text())["inverse_orientations"]
    assert report["inverse_loss"] < 1e-3 < 0.5 < report["loss"]
