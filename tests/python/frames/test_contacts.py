# SPDX-License-Identifier: MIT
"""Closest gaps between bodies, against the formula of Berne and Pechukas on pairs of ASE's neighbour list."""

import numpy as np
from anisoap_md.frames.bodies import diameters, rotations
from anisoap_md.frames.contacts import closest_gaps
from ase.neighborlist import neighbor_list
from testing.helpers import TRICLINIC, assert_close, random_atoms


def plain_gaps(atoms, species):
    """J. Chem. Phys. 56, 4213 (1972)."""
    turn = rotations(atoms).as_matrix()
    sizes = np.einsum("nik,nk,njk->nij", turn, (diameters(atoms) / 2) ** 2, turn)
    found = {}
    for i, j, r in zip(*neighbor_list("ijD", atoms, 1.5 * diameters(atoms).max()), strict=True):
        e = r / np.linalg.norm(r)
        contact = (e @ np.linalg.solve(sizes[i] + sizes[j], e) / 2) ** -0.5
        pair = tuple(sorted(species.index(atoms.numbers[k]) for k in (i, j)))
        found[pair] = min(found.get(pair, np.inf), np.linalg.norm(r) - contact)
    return found


def test_gaps_are_those_of_the_formula():
    species = [8, 6]
    atoms = random_atoms(1, 12, 1.5 * TRICLINIC, numbers=(6, 8), sizes=(1.0, 2.0))
    found, plain = closest_gaps([atoms], species), plain_gaps(atoms, species)
    assert found.keys() == plain.keys() == {(0, 0), (0, 1), (1, 1)}
    for pair, gap in plain.items():
        assert_close(found[pair], gap, 1e-10)


def test_the_closest_of_all_frames_counts():
    frames = [random_atoms(k, 8, 2 * TRICLINIC, numbers=(6,), sizes=(1.0, 2.0)) for k in range(3)]
    species = [int(frames[0].numbers[0])]
    each = [plain_gaps(atoms, species)[0, 0] for atoms in frames]
    assert_close(closest_gaps(frames, [6])[0, 0], min(each), 1e-10)


def test_pairs_that_do_not_come_near_have_no_gap():
    atoms = random_atoms(1, 2, 20 * TRICLINIC, numbers=(6,), sizes=(1.0, 2.0))
    atoms.positions[:] = [[0, 0, 0], [20, 0, 0]]
    assert closest_gaps([atoms], [6]) == {}


def test_later_frames_come_closer():
    """Frames after the first are searched no farther than a closer contact can lie."""
    frames = [random_atoms(seed, 12, 1.5 * TRICLINIC, numbers=(6,), sizes=(1.0, 2.0)) for seed in range(6)]
    each = [plain_gaps(atoms, [6])[0, 0] for atoms in frames]
    order = np.argsort(each)[::-1]
    for k in range(1, 7):
        found = closest_gaps([frames[m] for m in order[:k]], [6])
        assert_close(found[0, 0], each[order[k - 1]], 1e-10)
