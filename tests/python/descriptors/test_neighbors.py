# SPDX-License-Identifier: MIT
"""The neighbour search against ASE and vesin, by sums over pairs that have a closed form.

Spheres of semi-axis a in the gto basis with l = n = 0 give c = N / sqrt(4 pi) (s^2 / (s^2 + a^2))^(3/2) sum_j exp(-r_ij^2 / (2
(s^2 + a^2))); in the monomial basis l = 0 counts the neighbours and l = 1 sums their displacements.
"""

from math import gamma, pi, sqrt

import numpy as np
import pytest
from anisoap_md import Descriptor
from ase import Atoms
from ase.neighborlist import neighbor_list
from testing.helpers import TRICLINIC, assert_close, make_atoms
from vesin import NeighborList

SIGMA, AXIS = 1.3, 0.7


def ase_pairs(atoms: Atoms, cutoff: float):
    return neighbor_list("ijD", atoms, cutoff)


def vesin_pairs(atoms: Atoms, cutoff: float):
    search = NeighborList(cutoff=cutoff, full_list=True)
    return search.compute(atoms.positions, atoms.cell.array, [bool(p) for p in atoms.pbc], "ijD")


def spheres(seed: int, n: int, cell, pbc, spread: float = 0.0) -> Atoms:
    """Random spheres; `spread` moves them by up to that many cells out of the box."""
    generator = np.random.default_rng(seed)
    fractional = generator.random((n, 3)) + np.round(spread * generator.uniform(-1, 1, (n, 3))) * np.array(
        pbc
    )
    return make_atoms(
        generator.choice([6, 8], n), fractional @ cell, [[1, 0, 0, 0]] * n, [[2 * AXIS] * 3] * n, cell, pbc
    )


ALL, NONE = (True, True, True), (False, False, False)
THIN = np.array([[2.0, 0, 0], [0.3, 9.0, 0], [0, 1.0, 14.0]])
SKEWED = np.array([[7.0, 0, 0], [6.5, 2.5, 0], [-5.0, 4.0, 3.0]])
BOXES = {
    "one particle in a small cell": (1, np.diag([2.2, 1.7, 1.9]), ALL, 0),
    "few in a triclinic cell": (6, TRICLINIC, ALL, 0),
    "most of the image search": (16, TRICLINIC, ALL, 3),
    "least of the grid search": (17, TRICLINIC, ALL, 3),
    "grid in a small cell": (40, np.diag([2.5, 2.2, 2.8]), ALL, 2),
    "grid in a large box": (400, np.diag([14.0, 17.0, 15.5]), ALL, 2),
    "grid in a large triclinic box": (400, 2.4 * TRICLINIC, ALL, 0),
    "skewed cell": (12, SKEWED, ALL, 0),
    "grid in a skewed cell": (60, SKEWED, ALL, 1),
    "left-handed cell": (30, TRICLINIC[[1, 0, 2]], ALL, 1),
    "open": (50, np.diag([9.0, 8.0, 10.0]), NONE, 0),
    "few, open": (5, TRICLINIC, NONE, 0),
    "slab": (60, THIN, (True, True, False), 2),
    "few in a slab": (5, THIN, (True, True, False), 2),
    "wire": (60, THIN, (False, False, True), 2),
    "few in a wire": (7, THIN, (True, False, False), 2),
    "periodic in the second direction": (25, SKEWED, (False, True, False), 1),
    "periodic in the outer directions": (25, SKEWED, (True, False, True), 1),
}


@pytest.fixture(params=list(BOXES), ids=[name.replace(" ", "-") for name in BOXES])
def atoms(request):
    n, cell, pbc, spread = BOXES[request.param]
    return spheres(list(BOXES).index(request.param), n, cell, pbc, spread)


@pytest.mark.parametrize("pairs", [ase_pairs, vesin_pairs])
@pytest.mark.parametrize("cutoff", [1.1, 4.2])
def test_sums_over_pairs_agree(atoms, pairs, cutoff):
    i, j, r = pairs(atoms, cutoff)
    descriptor = Descriptor(
        0,
        "gto",
        cutoff,
        radial_gaussian_width=SIGMA,
        species=[6, 8],
        subtract_center_contribution=True,
        num_threads=2,
    )
    width = SIGMA**2 + AXIS**2
    norm = sqrt(2 / (SIGMA**3 * gamma(1.5))) / sqrt(4 * pi) * (SIGMA**2 / width) ** 1.5
    expected = np.zeros((len(atoms), 2))
    np.add.at(
        expected, (i, (atoms.numbers[j] == 8).astype(int)), norm * np.exp(-np.sum(r**2, axis=1) / (2 * width))
    )
    got = descriptor.coefficients(atoms)[0][:, 0, 0, :]
    assert_close(got, expected, 1e-12)


@pytest.mark.parametrize("pairs", [ase_pairs, vesin_pairs])
@pytest.mark.parametrize("cutoff", [1.1, 4.2])
def test_counts_and_displacements_agree(atoms, pairs, cutoff):
    i, j, r = pairs(atoms, cutoff)
    descriptor = Descriptor(
        1, "monomial", cutoff, species=[6, 8], max_radial=0, subtract_center_contribution=True, num_threads=1
    )
    counts, displacements = descriptor.coefficients(atoms)
    species = (atoms.numbers[j] == 8).astype(int)
    expected = np.zeros((len(atoms), 2))
    np.add.at(expected, (i, species), 1.0)
    norm = sqrt(3 / cutoff**3) / sqrt(4 * pi)
    assert_close(counts[:, 0, 0, :] / norm, expected, 1e-12)
    expected = np.zeros((len(atoms), 2, 3))
    np.add.at(expected, (i, species), r[:, [1, 2, 0]])  # m = -1, 0, 1 are y, z, x
    norm = sqrt(5 / cutoff**5) * sqrt(3 / (4 * pi))
    got = displacements[:, :, 0, :].transpose(0, 2, 1) / norm
    largest = max(np.abs(r).max(initial=0) * len(r), 1.0)
    assert np.max(np.abs(got - expected), initial=0) <= 1e-13 * largest


def test_the_particle_itself_counts_unless_subtracted():
    atoms = spheres(0, 1, np.eye(3), NONE)
    with_self = Descriptor(0, "gto", 2, radial_gaussian_width=SIGMA, num_threads=1)
    norm = sqrt(2 / (SIGMA**3 * gamma(1.5))) / sqrt(4 * pi) * (SIGMA**2 / (SIGMA**2 + AXIS**2)) ** 1.5
    assert with_self.coefficients(atoms)[0].item() == pytest.approx(norm, rel=1e-14)
    without = Descriptor(
        0, "gto", 2, radial_gaussian_width=SIGMA, subtract_center_contribution=True, num_threads=1
    )
    assert without.coefficients(atoms)[0].item() == 0


def test_a_supercell_repeats_its_cell():
    descriptor = Descriptor(3, "gto", 4.5, radial_gaussian_width=1.2, species=[6, 8])
    atoms = spheres(5, 7, TRICLINIC, ALL)
    atoms.arrays["c_q"] = np.random.default_rng(5).normal(size=(7, 4))
    atoms.arrays["c_diameter[1]"] *= 2
    repeated = descriptor.power_spectrum(atoms * (3, 2, 2))
    assert_close(repeated, np.tile(descriptor.power_spectrum(atoms), (12, 1)), 1e-12)
