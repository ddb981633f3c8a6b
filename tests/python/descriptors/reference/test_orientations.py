# SPDX-License-Identifier: MIT
"""Frames and rotation matrices of EllipsoidalDensityProjection that are none."""

import re

import numpy as np
import pytest
from anisoap_md import EllipsoidalDensityProjection
from anisoap_md.descriptors.reference.orientations import with_quaternions
from scipy.spatial.transform import Rotation
from testing.helpers import TRICLINIC, random_atoms, rotations_of

N = 6


def frames_with(matrices) -> list:
    """Two frames; the second has these matrices in the array R."""
    frames = [random_atoms(1, 4, TRICLINIC), random_atoms(2, N, TRICLINIC)]
    frames[0].arrays["R"] = Rotation.random(4, random_state=3).as_matrix()
    frames[1].arrays["R"] = matrices
    return frames


def test_matrices_become_their_quaternions():
    rotations = Rotation.random(N, random_state=1)
    for matrices in (rotations.as_matrix(), list(rotations.as_matrix()), rotations.as_matrix() + 1e-8):
        got = with_quaternions(frames_with(matrices), "R", "matrix")[1].arrays["R"]
        again = rotations_of(got).as_matrix()
        assert np.abs(again - rotations.as_matrix()).max() < 1e-7


def changed(particle, value):
    matrices = Rotation.random(N, random_state=1).as_matrix()
    matrices[particle] = value(matrices[particle]) if callable(value) else value
    return matrices


WRONG = {
    "shape": (np.ones((N, 9)), f"frame 1: shape of array 'R', got ({N}, 9); expected ({N}, 3, 3)"),
    "length": (np.ones((N - 1, 3, 3)), f"shape of array 'R', got ({N - 1}, 3, 3); expected ({N}, 3, 3)"),
    "text": (np.full((N, 3, 3), "a"), "frame 1: array 'R', got values that are not numbers"),
    "ragged": ([[1.0]] * (N - 1) + [[1.0, 2.0]], "frame 1: array 'R', got values that are not numbers"),
    "nan": (changed(4, np.nan), "frame 1, particle 4: array 'R' is no rotation matrix, got [[nan, "),
    "inf": (changed(2, lambda m: np.where(np.eye(3) > 0, np.inf, m)), "frame 1, particle 2: array 'R' is no"),
    "zero": (changed(0, 0.0), "frame 1, particle 0: array 'R' is no rotation matrix, got [[0.0, 0.0, 0.0]"),
    "mirror": (changed(5, lambda m: -m), "particle 5: array 'R' is no rotation matrix"),
    "scaled": (
        changed(3, lambda m: 1.00001 * m),
        "expected finite entries, |R R^T - 1| < 1e-06 and a determinant",
    ),
    "sheared": (
        changed(3, lambda m: m + [[0, 1e-3, 0], [0, 0, 0], [0, 0, 0]]),
        "particle 3: array 'R' is no",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_matrices_that_are_no_rotations(name):
    matrices, text = WRONG[name]
    with pytest.raises(ValueError, match=re.escape(text)) as info:
        with_quaternions(frames_with(matrices), "R", "matrix")
    assert str(info.value).startswith("anisoap: ") and "; expected " in str(info.value)


def test_things_that_are_not_frames():
    with pytest.warns(UserWarning, match="quaternion mode"):
        projection = EllipsoidalDensityProjection(2, "gto", 3.0, radial_gaussian_width=1.5)
    for frames, error, text in (
        ([None], ValueError, "frame 0, got <class 'NoneType'>; expected an ase.Atoms"),
        ([random_atoms(1, 2, TRICLINIC), 3], ValueError, "frame 1, got <class 'int'>; expected an ase.Atoms"),
        (None, TypeError, "frames, got None; expected an ase.Atoms or an iterable of them"),
        ("run.xyz", TypeError, "frames, got 'run.xyz'; expected ase.Atoms"),
    ):
        with pytest.raises(error, match=re.escape(text)):
            projection.power_spectrum(frames)
