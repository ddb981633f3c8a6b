# SPDX-License-Identifier: MIT
"""What must not change the power spectrum, and how the coefficients change."""

import numpy as np
import pytest
from anisoap_md import Descriptor
from scipy.spatial.transform import Rotation
from testing.helpers import TRICLINIC, assert_close, quaternions_of, random_atoms, rotated, rotations_of

BOXES = {
    "open": (12, TRICLINIC, False),
    "periodic": (12, TRICLINIC, True),
    "slab": (12, TRICLINIC, [True, True, False]),
    "wire": (30, TRICLINIC, [False, True, False]),
    "grid": (40, 1.4 * TRICLINIC, True),
    "small-cell": (2, 0.4 * TRICLINIC, True),
}


@pytest.fixture(params=list(BOXES))
def atoms(request):
    n, cell, pbc = BOXES[request.param]
    return random_atoms(7, n, cell, pbc)


@pytest.fixture(params=["gto", "monomial", "cosine"])
def descriptor(request):
    others = {
        "gto": {"radial_basis_name": "gto", "radial_gaussian_width": 1.1},
        "monomial": {"radial_basis_name": "monomial"},
        "cosine": {
            "radial_basis_name": "gto",
            "radial_gaussian_width": 1.1,
            "cutoff_function": "cosine",
            "cutoff_width": 1.5,
        },
    }
    return Descriptor(max_angular=5, cutoff_radius=4.0, species=[6, 8], **others[request.param])


def test_rotation(atoms, descriptor):
    expected = descriptor.power_spectrum(atoms)
    for rotation in Rotation.random(3, random_state=11):
        assert_close(descriptor.power_spectrum(rotated(atoms, rotation)), expected, 1e-11)


def test_rotation_of_positions_alone_is_seen(atoms, descriptor):
    rotation = Rotation.from_rotvec([0.3, -0.8, 0.5])
    turned = rotated(atoms, rotation)
    turned.arrays["c_q"] = atoms.arrays["c_q"]
    expected = descriptor.power_spectrum(atoms)
    assert np.abs(descriptor.power_spectrum(turned) - expected).max() > 1e-3 * np.abs(expected).max()


def test_translation(atoms, descriptor):
    moved = atoms.copy()
    moved.positions += [13.7, -2.9, 5.1]
    assert_close(descriptor.power_spectrum(moved), descriptor.power_spectrum(atoms), 1e-11)


def test_permutation(atoms, descriptor):
    order = np.random.default_rng(3).permutation(len(atoms))
    assert_close(descriptor.power_spectrum(atoms[order]), descriptor.power_spectrum(atoms)[order], 1e-12)


def test_unwrapped_positions(atoms, descriptor):
    moved = atoms.copy()
    cells = np.random.default_rng(4).integers(-3, 4, (len(atoms), 3)) * atoms.pbc
    moved.positions += cells @ atoms.cell.array
    assert_close(descriptor.power_spectrum(moved), descriptor.power_spectrum(atoms), 1e-11)


def test_sign_and_length_of_quaternions(atoms, descriptor):
    expected = descriptor.power_spectrum(atoms)
    for factor in (-1.0, 1e-150, 1e150):
        scaled = atoms.copy()
        scaled.arrays["c_q"] = atoms.arrays["c_q"] * factor
        assert_close(descriptor.power_spectrum(scaled), expected, 1e-12)


def test_orientation_of_spheres(atoms, descriptor):
    for k in (2, 3):
        atoms.arrays[f"c_diameter[{k}]"] = atoms.arrays["c_diameter[1]"]
    expected = descriptor.power_spectrum(atoms)
    atoms.arrays["c_q"] = np.random.default_rng(5).normal(size=(len(atoms), 4))
    assert_close(descriptor.power_spectrum(atoms), expected, 1e-12)


def test_names_of_the_body_axes(atoms, descriptor):
    relabelled = atoms.copy()
    for k in (1, 2, 3):
        relabelled.arrays[f"c_diameter[{k}]"] = atoms.arrays[f"c_diameter[{k % 3 + 1}]"]
    cycle = Rotation.from_matrix([[0, 0, 1], [1, 0, 0], [0, 1, 0]])  # new body axis k is the old axis k + 1
    relabelled.arrays["c_q"] = quaternions_of(rotations_of(atoms.arrays["c_q"]) * cycle)
    for got, expected in zip(
        descriptor.coefficients(relabelled), descriptor.coefficients(atoms), strict=True
    ):
        assert_close(got, expected, 1e-11)


def test_inversion_changes_the_sign_of_odd_coefficients(descriptor):
    atoms = random_atoms(9, 10, TRICLINIC, False)
    inverted = atoms.copy()
    inverted.positions *= -1
    before, after = descriptor.coefficients(atoms), descriptor.coefficients(inverted)
    for l, (a, b) in enumerate(zip(before, after, strict=True)):
        assert_close(b, (-1) ** l * a, 1e-11)


def test_first_order_coefficients_turn_as_vectors(descriptor):
    atoms = random_atoms(9, 10, TRICLINIC, False)
    rotation = Rotation.from_rotvec([0.3, -0.8, 0.5])
    before = descriptor.coefficients(atoms)[1][:, [2, 0, 1]]  # m = -1, 0, 1 are y, z, x
    after = descriptor.coefficients(rotated(atoms, rotation))[1][:, [2, 0, 1]]
    assert_close(after, np.einsum("ab,ibns->ians", rotation.as_matrix(), before), 1e-12)


def test_repeats_and_threads_are_identical(descriptor, frames):
    frames = frames + [random_atoms(10, 700, 5 * TRICLINIC)]
    arguments = descriptor.__reduce__()[1][0]
    results = [Descriptor(**{**arguments, "num_threads": n}).power_spectrum(frames) for n in (1, 1, 2, 2, 3)]
    for result in results[1:]:
        assert np.array_equal(results[0], result)


def test_frames_do_not_depend_on_their_neighbours_in_the_list(descriptor, frames):
    together = descriptor.power_spectrum(frames)
    assert np.array_equal(together, np.concatenate([descriptor.power_spectrum(a) for a in frames]))
