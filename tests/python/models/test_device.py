# SPDX-License-Identifier: MIT
"""Potentials on a device: every kind of term against the processor, arrays, ASE, errors."""

import pickle

import numpy as np
import pytest
from anisoap_md import AniSOAPCalculator, ArgumentError, FrameArrays, Model
from testing.helpers import TRICLINIC, assert_close, random_atoms
from testing.potentials import core_model
from testing.training.grades import with_grades

MODELS = {
    "linear": {"kind": "linear"},
    "kernel": {"kind": "kernel"},
    "networks": {"kind": "networks"},
    "no many-body term": {"kind": "none", "two_body": ("uniaxial", "sphere"), "polynomial": True},
    "linear and networks of pairs": {"kind": "linear", "two_body": ("uniaxial", "biaxial")},
    "networks and polynomials": {"kind": "networks", "two_body": ("biaxial", "uniaxial"), "polynomial": True},
    "linear and polynomials": {"kind": "linear", "two_body": ("uniaxial", "uniaxial"), "polynomial": True},
    "point groups": {"kind": "linear", "groups": ("Td", "Cinfv")},
    "monomial basis": {"kind": "linear", "radial_basis_name": "monomial"},
}
NAMES = ("energy", "energies", "forces", "torques", "virial")


def frames_of(seed: int) -> list:
    return [
        random_atoms(seed, 30, 1.5 * TRICLINIC),
        random_atoms(seed + 1, 2, 0.5 * TRICLINIC),
        random_atoms(seed + 2, 0, TRICLINIC),
        random_atoms(seed + 3, 12, TRICLINIC, pbc=[True, False, True]),
        random_atoms(seed + 4, 9, TRICLINIC, pbc=False),
    ]


def models(device: str, **given) -> tuple[Model, Model]:
    """One of the processor, one of the device."""
    core = core_model(**given)
    return Model(core, num_threads=1, device="cpu"), Model(core, device=device)


@pytest.mark.parametrize("given", MODELS.values(), ids=MODELS)
def test_predictions_are_those_of_the_processor(given, device):
    host, other = models(device, **given)
    for uncertain in (False, True) if host.has_uncertainty else (False,):
        got, expected = (m.predict(frames_of(1), uncertainties=uncertain) for m in (other, host))
        for name in NAMES:
            assert_close(getattr(got, name), getattr(expected, name), 1e-10)
        np.testing.assert_array_equal(got.counts, expected.counts)
        if uncertain:
            assert_close(got.uncertainties, expected.uncertainties, 1e-10)


@pytest.mark.parametrize("name", ["linear", "no many-body term", "linear and polynomials"])
def test_grades_are_those_of_the_processor(name, device):
    core = with_grades(core_model(**MODELS[name]))
    host, other = Model(core, num_threads=1), Model(core, device=device)
    expected = host.predict(frames_of(1), grades=True).grades
    assert np.isfinite(expected).all() and np.median(expected) > 0  # particles without neighbours have 0
    assert_close(other.predict(frames_of(1), grades=True).grades, expected, 1e-10)


def test_a_frame_is_the_same_alone_and_among_others(device):
    other = models(device, kind="linear", two_body=("uniaxial", "uniaxial"))[1]
    together = other.predict(frames_of(3))
    alone = [other.predict(frame) for frame in frames_of(3)]
    np.testing.assert_array_equal(together.energy, np.concatenate([one.energy for one in alone]))
    np.testing.assert_array_equal(together.forces, np.concatenate([one.forces for one in alone]))
    np.testing.assert_array_equal(together.virial, np.concatenate([one.virial for one in alone]))


def test_virials_far_from_the_origin(device):
    """An open frame stays where it is."""
    host, other = models(device, kind="linear")
    frame = random_atoms(4, 12, TRICLINIC, pbc=False)
    near = host.predict(frame).virial
    frame.positions += 2.0**20
    assert_close(other.predict(frame).virial, near, 1e-8)  # the positions themselves lose digits


def test_arrays_of_the_device(device):
    host, other = models(device, kind="networks")
    arrays = FrameArrays.from_atoms(frames_of(5))
    expected = host.predict(frames_of(5))
    for given in (arrays, arrays.to_device()):
        got = other.predict(given)
        for name in NAMES:
            assert_close(getattr(got, name), getattr(expected, name), 1e-10)


def test_calculator(device):
    core = core_model(kind="linear")
    frame = random_atoms(7, 20, 1.5 * TRICLINIC)
    one, two = (AniSOAPCalculator(core, device=name) for name in ("cpu", device))
    for name in ("energy", "forces", "torques", "stress"):
        assert_close(two.get_property(name, frame), one.get_property(name, frame), 1e-10)
    assert_close(two.get_descriptors(frame), one.get_descriptors(frame), 1e-12)


def test_errors_are_those_of_the_processor(device):
    texts = []
    for one in models(device, kind="linear"):
        frames = frames_of(9)
        frames[3].arrays["c_diameter[2]"][5] = -1
        with pytest.raises(ArgumentError) as caught:
            one.predict(frames)
        texts.append(str(caught.value))
    assert texts[0] == texts[1] and "frame 3, particle 5" in texts[0]


def test_numbers_that_overflow_are_refused(device):
    """Two particles at one place, powers of whose distance overflow."""
    near, far = (random_atoms(1, 2, TRICLINIC, pbc=False, numbers=(6,)) for _ in range(2))
    near.positions[1] = near.positions[0] + [1e-60, 0, 0]
    for one in models(device, kind="none", two_body=("uniaxial", "uniaxial"), polynomial=True):
        with pytest.raises(ArgumentError, match="frame 2: energy or force, got numbers that overflow"):
            one.predict([far, far, near, far])


def test_copies_keep_the_device(device):
    other = models(device)[1]
    frame = random_atoms(1, 9, TRICLINIC)
    for copy in (pickle.loads(pickle.dumps(other)), other.converted("real").converted("metal")):
        assert copy._device == device
        assert_close(copy.predict(frame).forces, other.predict(frame).forces, 1e-12)
