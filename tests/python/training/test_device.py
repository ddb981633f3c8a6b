# SPDX-License-Identifier: MIT
"""Training on a device: rows, models and errors are those of the processor."""

import numpy as np
import pytest
from anisoap_md import ArgumentError
from anisoap_md.data.environments import Environments
from anisoap_md.training.fitting import fit
from anisoap_md.training.linear.kernel import KernelDesign
from anisoap_md.training.linear.rows import LinearSystem
from anisoap_md.training.linear.standardised import LinearDesign
from anisoap_md.training.tuning.tuning import tune
from testing.helpers import assert_close
from testing.training.labelled import NUMBERS, frames, label, linear_model, small_descriptor

ALL = ("energy", "forces", "torques", "stress")
DESIGNS = {
    "linear": lambda generator, n: LinearDesign(generator.random(n), generator.random(n)),
    "kernel": lambda generator, n: KernelDesign(generator.random((5, n)) / n, 2),
}


@pytest.fixture(scope="module")
def data():
    return label(linear_model(small_descriptor()), frames(14))


@pytest.mark.parametrize("density_scale", [1.0, 0.7])
@pytest.mark.parametrize(
    "kinds", [("linear", "linear"), ("kernel", "kernel"), ("linear", "kernel")], ids="-".join
)
def test_rows_are_those_of_the_processor(kinds, density_scale, data, device):
    generator = np.random.default_rng(1)
    descriptor = small_descriptor(device=device)  # which starts it
    designs = [DESIGNS[kind](generator, descriptor.n_features_symmetric) for kind in kinds]
    hypers = descriptor._core_for(tuple(NUMBERS)).hypers
    host, other = (
        LinearSystem(Environments(hypers, tuple(NUMBERS), density_scale, 1, name), designs)
        for name in ("cpu", device)
    )
    for targets in (ALL, ("energy",), ("torques",)):
        got, expected = (list(system.rows_of(data, targets)) for system in (other, host))
        assert len(got) == len(data) and all(tuple(rows) == targets for rows in got)
        for target in targets:
            assert_close(stacked(got, target), stacked(expected, target), 1e-10)


def stacked(rows, target: str) -> np.ndarray:
    return np.concatenate([of_frame[target] for of_frame in rows])


def test_batches_do_not_change_rows(data, device, monkeypatch):
    descriptor = small_descriptor(device=device)  # which starts it
    hypers = descriptor._core_for(tuple(NUMBERS)).hypers
    environments = Environments(hypers, tuple(NUMBERS), device=device)
    expected = [sums.motion for sums in environments.sums_of(data)]
    rows = list(environments.features_of(data))
    monkeypatch.setattr("anisoap_md.data.environments._SUMS_BYTES", 1)
    for got, one in zip(environments.sums_of(data), expected, strict=True):
        np.testing.assert_array_equal(got.motion, one)
    for got, one in zip(environments.features_of(data), rows, strict=True):
        np.testing.assert_array_equal(got, one)


@pytest.mark.parametrize(
    "given",
    [
        {"kind": "linear"},
        {"kind": "linear", "targets": ["energy"]},
        {"kind": "kernel", "n_points": 8},
        {"kind": "linear", "two_body": {"kind": "polynomial", "cutoff": 3.0}, "walls": "off"},
    ],
    ids=["linear", "energies", "kernel", "with pairs"],
)
def test_models_predict_the_same(given, data, device):
    host, other = (
        fit(data, small_descriptor(device="cpu"), ridge=1e-6, device=name, **given)
        for name in ("cpu", device)
    )
    unseen = frames(3, seed=5)
    got, expected = other.model.predict(unseen), host.model.predict(unseen)
    for name in ("energy", "forces", "torques", "virial"):
        assert_close(getattr(got, name), getattr(expected, name), 1e-8)
    for target, errors in host.errors["train"].items():
        assert other.errors["train"][target].spread == errors.spread
    assert other.model._device == device and host.model._device == "cpu"


def test_the_device_is_that_of_the_descriptor(data, device):
    assert fit(data, small_descriptor(device=device), ridge=1e-6).model._device == device


def test_auto_trains_few_frames_on_the_processor(data):
    result = fit(data, small_descriptor(device="auto"), ridge=1e-6)
    expected = fit(data, small_descriptor(device="cpu"), ridge=1e-6)
    assert result.model.to_json() == expected.model.to_json()


def test_tuning_takes_a_device(data, device):
    pytest.importorskip("optuna")
    space = {"cutoff_width": (0.8, 1.2)}
    one, two = (
        tune(data, small_descriptor(device="cpu"), space, n_trials=2, ridge=1e-6, device=name)
        for name in ("cpu", device)
    )
    assert_close(np.array(one.loss), np.array(two.loss), 1e-6)


def test_devices_that_do_not_exist(data):
    with pytest.raises(ArgumentError, match="device, got 'gpu'; expected"):
        fit(data, small_descriptor(), device="gpu")
