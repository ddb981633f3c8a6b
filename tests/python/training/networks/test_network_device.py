# SPDX-License-Identifier: MIT
"""Option `device` of terms: where torch trains their networks."""

import numpy as np
import pytest
import torch
from anisoap_md import fit, tune
from anisoap_md.training import options as of_training
from anisoap_md.training.networks import trainer
from testing.training.labelled import frames, label, linear_model, small_descriptor
from torch._subclasses.fake_tensor import FakeTensorMode

NETWORKS = {"steps": 12, "widths": (4,), "n_networks": 2, "batch_particles": 6, "components": 5}
PAIRS = {"kind": "networks", "cutoff": 2.9, "widths": (4,), "steps": 12, "batch_particles": 6}
KINDS = {
    "many-body": {"kind": "networks", "networks": NETWORKS},
    "pairs": {"kind": "none", "two_body": PAIRS},
    "joint": {
        "kind": "networks",
        "networks": NETWORKS,
        "two_body": {"kind": "networks", "cutoff": 2.9, "widths": (4,), "joint": True},
    },
    "isolated": {"kind": "networks", "networks": NETWORKS, "isolated": {"C": -1.0, "O": 0.5}},
}
pytestmark = pytest.mark.filterwarnings("ignore:anisoap. two_body, no . and . within the cutoff")


@pytest.fixture(scope="module")
def data():
    return label(linear_model(small_descriptor()), frames(9))


def trained(data, kind, checkpoint=None, **options):
    about = {**KINDS[kind], "test": 0, "checkpoint": checkpoint}
    term = "two_body" if kind == "pairs" else "networks"
    about[term] = {**about[term], "dtype": "float64", "num_threads": 1, **options}
    return fit(
        data, small_descriptor(max_radial=0, subtract_center_contribution=True), about.pop("kind"), **about
    ).model


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("device", ["gpu", "cuda:99", "meta", 0])
def test_a_device_that_torch_does_not_see_is_refused(data, kind, device):
    term = "two_body" if kind == "pairs" else "networks"
    text = rf"{term}\['device'\], got {device!r}; expected one that this torch sees: cpu"
    with pytest.raises(ValueError if isinstance(device, str) else TypeError, match=text):
        trained(data, kind, device=device)


@pytest.mark.parametrize("search", [False, True])
@pytest.mark.parametrize("term", ["two_body", "networks"])
def test_a_device_is_looked_at_before_frames_are(term, search):
    given = {
        "two_body": {"two_body": {**PAIRS, "device": "gpu"}},
        "networks": {"networks": {"device": "gpu"}},
    }
    kind = "networks" if term == "networks" else "linear"
    with pytest.raises(ValueError, match=rf"{term}\['device'\], got 'gpu'"):
        if search:
            tune(None, small_descriptor(), {"max_radial": (0, 1)}, kind, **given[term])
        else:
            fit(None, small_descriptor(), kind, **given[term])


class Seen(Exception):
    """The first loss of a training was on a GPU."""


@pytest.mark.parametrize("kind", KINDS)
def test_losses_are_made_on_the_device(data, kind, monkeypatch):
    """Without a GPU: tensors without numbers, of which torch refuses two of different devices in one operation."""

    def first_loss(self, member, networks):
        loss = self._loss(self._samples[0], member, self._new_offsets(np.zeros(2)), 0.7)
        assert loss.device.type == "cuda"
        raise Seen

    monkeypatch.setattr(of_training, "require_device", lambda argument, device: None)
    monkeypatch.setattr(trainer.Trainer, "_set_units", first_loss)
    with pytest.raises(Seen), FakeTensorMode():
        trained(data, kind, device="cuda")


@pytest.mark.skipif(not torch.cuda.is_available(), reason="this torch sees no GPU")
@pytest.mark.parametrize("kind", KINDS)
def test_a_gpu_trains_what_the_processor_trains(data, kind, tmp_path):
    """And leaves a checkpoint."""
    expected = trained(data, kind).predict(data)
    first = trained(data, kind, tmp_path / "state", device="cuda")
    for model in (first, trained(data, kind, tmp_path / "state", device="cuda")):
        got = model.predict(data)
        for name in ("energies", "forces", "torques"):
            a, b = getattr(got, name), getattr(expected, name)
            assert np.abs(a - b).max() <= 1e-8 * np.abs(b).max(), name
