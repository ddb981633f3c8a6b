# SPDX-License-Identifier: MIT
"""Frames as arrays: the same numbers as ase.Atoms, and errors that name the array."""

import numpy as np
import pytest
from anisoap_md import ArgumentError, Descriptor, FrameArrays
from testing.helpers import TRICLINIC, random_atoms
from testing.potentials import random_model


def given(n: int = 4) -> dict:
    rng = np.random.default_rng(5)
    return {
        "positions": rng.normal(size=(n, 3)),
        "quaternions": rng.normal(size=(n, 4)),
        "diameters": rng.uniform(1, 2, size=(n, 3)),
        "numbers": 6,
    }


def test_rows_are_those_of_atoms(descriptor, frames):
    frames.insert(1, random_atoms(4, 0, TRICLINIC))
    arrays = FrameArrays.from_atoms(frames)
    assert len(arrays) == 4 and arrays.n_particles == 36 and arrays.counts.tolist() == [5, 0, 1, 30]
    np.testing.assert_array_equal(descriptor.power_spectrum(arrays), descriptor.power_spectrum(frames))
    np.testing.assert_array_equal(
        descriptor.power_spectrum(arrays, average="frame"), descriptor.power_spectrum(frames, average="frame")
    )
    for got, expected in zip(descriptor.coefficients(arrays), descriptor.coefficients(frames), strict=True):
        np.testing.assert_array_equal(got, expected)


def test_predictions_are_those_of_atoms(frames):
    model = random_model("linear", two_body=("uniaxial", "biaxial"))
    got, expected = model.predict(FrameArrays.from_atoms(frames)), model.predict(frames)
    for name in ("energy", "energies", "forces", "torques", "virial", "counts"):
        np.testing.assert_array_equal(getattr(got, name), getattr(expected, name))


def test_species_are_found_in_numbers():
    values = given() | {"numbers": [8, 6, 6, 8]}
    descriptor = Descriptor(2, "gto", 4.0, radial_gaussian_width=1.0)
    descriptor.power_spectrum(FrameArrays(**values))
    assert descriptor.species_ == (6, 8)


def test_one_cell_and_one_flag_for_all_frames(descriptor):
    values = given()
    arrays = FrameArrays(**values, counts=[2, 2], cells=TRICLINIC, pbc=True)
    each = [
        FrameArrays(
            *(values[k][at] for k in ("positions", "quaternions", "diameters")), 6, cells=TRICLINIC, pbc=True
        )
        for at in (slice(0, 2), slice(2, 4))
    ]
    expected = np.concatenate([descriptor.power_spectrum(one) for one in each])
    np.testing.assert_allclose(descriptor.power_spectrum(arrays), expected, rtol=1e-13)


WRONG = {
    "columns": ({"quaternions": np.ones((4, 3))}, r"shape of quaternions, got \(4, 3\); expected \(4, 4\)"),
    "rows": ({"diameters": np.ones((5, 3))}, r"shape of diameters, got \(5, 3\); expected \(4, 3\)"),
    "words": ({"diameters": [["a"] * 3] * 4}, "diameters, got values that are not numbers"),
    "no array": ({"positions": 3}, r"positions, got 3; expected an array \[n, 3\]"),
    "numbers": ({"numbers": [6.5] * 4}, "numbers, got dtype float64; expected integers"),
    "few numbers": ({"numbers": [6]}, r"shape of numbers, got \(1,\); expected \(4,\)"),
    "counts": ({"counts": [1, 2]}, "counts, got 3 in all; expected numbers of particles that add up to 4"),
    "no cell": ({"pbc": [True, False, False]}, "cells, got None; expected cell vectors"),
    "pbc": ({"pbc": [[True, False]]}, "shape of pbc"),
    "two flags": ({"pbc": [True, False]}, r"shape of pbc, got \(2,\); expected a flag"),
    "cells of words": ({"cells": [["a"] * 3] * 3}, "cells, got values that are not numbers"),
    "one row of a cell": ({"cells": np.ones((1, 3))}, r"shape of cells, got \(1, 3\); expected \(3, 3\)"),
    "cells": ({"cells": np.eye(3)[None].repeat(2, 0)}, r"shape of cells, got \(2, 3, 3\)"),
}


@pytest.mark.parametrize("changed, text", WRONG.values(), ids=WRONG)
def test_wrong_arrays(changed, text):
    with pytest.raises(ArgumentError, match=text):
        FrameArrays(**(given() | changed))


def test_counts_and_numbers_are_copies(descriptor):
    """Of arrays that change later, which would lead the core astray."""
    counts, numbers = np.array([2, 2]), np.full(4, 6)
    arrays = FrameArrays(**(given() | {"numbers": numbers}), counts=counts)
    expected = descriptor.power_spectrum(arrays)
    counts[:], numbers[:] = 10**6, 99
    np.testing.assert_array_equal(descriptor.power_spectrum(arrays), expected)
    with pytest.raises(ValueError, match="read-only"):
        arrays.counts[0] = 7


def test_particles_that_are_wrong_are_named(descriptor):
    values = given(5)
    values["diameters"][4, 1] = np.nan
    with pytest.raises(ArgumentError, match=r"frame 1, particle 2: diameter"):
        descriptor.power_spectrum(FrameArrays(**values, counts=[2, 3]))
    with pytest.raises(ArgumentError, match=r"frame 0, particle 1: species .*14"):
        descriptor.power_spectrum(FrameArrays(**(given() | {"numbers": [6, 14, 6, 6]})))
