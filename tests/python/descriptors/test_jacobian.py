# SPDX-License-Identifier: MIT
"""Derivatives of the power spectrum against finite differences of the power spectrum."""

import weakref

import numpy as np
import pytest
from anisoap_md import Descriptor, _core
from anisoap_md.descriptors import jacobian as _jacobian
from testing.helpers import TRICLINIC, assert_close, random_atoms
from testing.potentials import by_particle, by_strain, moved, turned

BASES = {
    "gto": {"radial_basis_name": "gto", "radial_gaussian_width": 1.2},
    "monomial": {"radial_basis_name": "monomial"},
    "list": {"radial_basis_name": "gto", "radial_gaussian_width": 1.2, "max_radial": [2, 0, 1]},
}


def make(basis: str = "gto", taper: bool = True, species=("C", "O"), **others) -> Descriptor:
    """A small cell holds several images of each particle."""
    cutoff = {"cutoff_function": "cosine", "cutoff_width": 1.0} if taper else {}
    arguments = {"max_angular": 2, "cutoff_radius": 3.4, "species": species, "num_threads": 1}
    return Descriptor(**{**arguments, **BASES[basis], **cutoff, **others})


@pytest.fixture
def atoms():
    return random_atoms(7, 4, 0.6 * TRICLINIC)


@pytest.mark.parametrize("symmetric", [False, True], ids=["full", "symmetric"])
@pytest.mark.parametrize("taper", [False, True], ids=["none", "cosine"])
@pytest.mark.parametrize("basis", list(BASES))
def test_jacobian_is_the_finite_difference(atoms, basis, taper, symmetric):
    d = make(basis, taper)

    def rows(a):
        return d.power_spectrum(a, symmetric=symmetric)

    found = d.jacobian(atoms, symmetric=symmetric)
    assert_close(found.features, rows(atoms), 1e-12)
    assert_close(found.positions, by_particle(rows, atoms, moved).transpose(2, 3, 0, 1), 1e-7)
    assert_close(found.rotations, by_particle(rows, atoms, turned).transpose(2, 3, 0, 1), 1e-7)
    assert_close(found.strain, by_strain(rows, atoms).transpose(2, 3, 0, 1), 1e-7)


@pytest.mark.parametrize("species", [("C",), ("O", "N", "C")], ids=["one", "three"])
def test_numbers_and_order_of_species(species):
    numbers = {"C": 6, "N": 7, "O": 8}
    atoms = random_atoms(8, 4, TRICLINIC, numbers=[numbers[s] for s in species])
    d = make(species=species)
    found = d.jacobian(atoms, "positions")
    assert_close(found.positions, by_particle(d.power_spectrum, atoms, moved).transpose(2, 3, 0, 1), 1e-7)


def test_species_are_those_of_the_frame(atoms):
    expected = make().jacobian(atoms, "strain").strain
    assert np.array_equal(make(species=None).jacobian(atoms, "strain").strain, expected)


def test_without_the_centre_and_without_a_cell():
    atoms = random_atoms(9, 3, 0.4 * TRICLINIC, pbc=False)
    d = make(subtract_center_contribution=True)
    found = d.jacobian(atoms, ("positions", "rotations"))
    assert found.positions.any() and found.rotations.any()
    assert_close(found.positions, by_particle(d.power_spectrum, atoms, moved).transpose(2, 3, 0, 1), 1e-7)
    assert_close(found.rotations, by_particle(d.power_spectrum, atoms, turned).transpose(2, 3, 0, 1), 1e-7)


def test_a_centre_without_pairs_has_zeros():
    atoms = random_atoms(9, 3, 0.4 * TRICLINIC, pbc=False)
    atoms.positions[1] += 100
    found = make(subtract_center_contribution=True).jacobian(atoms)
    for values in found:
        assert not values[1].any() and values[0].any()
    assert not found.positions[:, :, 1].any()


def test_only_what_was_asked_for(atoms):
    found = make().jacobian(atoms, "strain")
    assert found.positions is None and found.rotations is None
    assert found.strain.shape == (4, make().n_features, 3, 3)
    assert np.array_equal(found.strain, make().jacobian(atoms).strain)


def test_moving_or_turning_everything_changes_nothing(atoms):
    found = make().jacobian(atoms)
    size = np.abs(found.positions).max()
    assert np.abs(found.positions.sum(axis=2)).max() < 1e-12 * size
    # A turn of all particles and of space: strain by an antisymmetric matrix.
    for a, b, c in ((0, 1, 2), (1, 2, 0), (2, 0, 1)):
        whole = found.rotations.sum(axis=2)[..., c] + found.strain[..., b, a] - found.strain[..., a, b]
        assert np.abs(whole).max() < 1e-11 * size


def test_pairs_of_each_centre_add_up(atoms):
    d = make()
    expected = d.jacobian(atoms)
    centres = list(d.jacobian_by_centre(atoms))
    assert [c.centre for c in centres] == [0, 1, 2, 3]
    for i, c in enumerate(centres):
        assert c.positions.shape == c.rotations.shape == (len(c.neighbors), d.n_features, 3)
        assert np.array_equal(c.features, expected.features[i])
        images = atoms.positions[c.neighbors] - atoms.positions[i] - c.r
        shifts = images @ np.linalg.inv(atoms.cell.array)
        assert np.abs(shifts - np.round(shifts)).max() < 1e-12
        itself = (c.neighbors == i) & ~c.r.any(axis=1)
        assert itself.sum() == 1 and not c.positions[itself].any()
        for j in range(4):
            mine = c.positions[c.neighbors == j].sum(axis=0) - (c.positions.sum(axis=0) if j == i else 0)
            assert_close(mine, expected.positions[i, :, j], 1e-12)
            assert_close(c.rotations[c.neighbors == j].sum(axis=0), expected.rotations[i, :, j], 1e-12)
        assert_close(np.einsum("pfa,pb->fab", c.positions, c.r), expected.strain[i], 1e-12)


def blocks_of(monkeypatch, n_bytes: int) -> list[int]:
    """Sizes of the derivatives that _core returns from now on, with that bound on each; one of them is alive at a time."""
    sizes, alive = [], []
    whole = _core.pair_jacobian

    def recorded(*args, **kwargs):
        assert all(block() is None for block in alive)
        pairs = whole(*args, **kwargs)
        sizes.append(max(a.nbytes for a in pairs.values()))
        alive.append(weakref.ref(pairs["jacobian"]))
        return pairs

    monkeypatch.setattr(_core, "pair_jacobian", recorded)
    monkeypatch.setattr(_jacobian, "_BLOCK_BYTES", n_bytes)
    return sizes


@pytest.mark.parametrize("symmetric", [False, True], ids=["full", "symmetric"])
def test_memory_is_bounded_by_a_block(monkeypatch, symmetric):
    atoms = random_atoms(3, 60, 1.2 * TRICLINIC)
    d = make(num_threads=2, device="cpu")
    whole = list(d.jacobian_by_centre(atoms, symmetric))
    bytes_of = [48 * len(c.neighbors) * d.n_features_symmetric for c in whole]
    for most in (1, 7 * max(bytes_of)):
        with monkeypatch.context() as m:
            sizes = blocks_of(m, most)
            parts = list(d.jacobian_by_centre(atoms, symmetric))
        assert max(sizes) <= max(most, max(bytes_of)) and sum(sizes) == sum(bytes_of)
        assert len(sizes) == 60 if most == 1 else 4 < len(sizes) < 12
        assert len(parts) == len(whole) == 60
        for part, one in zip(parts, whole, strict=True):
            assert all(np.array_equal(a, b) for a, b in zip(part, one, strict=True))


def test_a_dense_result_is_summed_over_blocks(atoms, monkeypatch):
    d = make(device="cpu")
    expected = d.jacobian(atoms)
    sizes = blocks_of(monkeypatch, 1)
    assert all(np.array_equal(a, b) for a, b in zip(d.jacobian(atoms), expected, strict=True))
    assert len(sizes) == 4


def test_centres_are_those_of_the_frame_at_the_call(atoms, monkeypatch):
    blocks_of(monkeypatch, 1)
    d = make()
    expected = list(d.jacobian_by_centre(atoms))
    running = d.jacobian_by_centre(atoms)
    atoms.positions += np.arange(12.0).reshape(4, 3) / 10
    for part, one in zip(running, expected, strict=True):
        assert all(np.array_equal(a, b) for a, b in zip(part, one, strict=True))


def test_threads_do_not_change_a_bit(atoms):
    one, two = make(num_threads=1).jacobian(atoms), make(num_threads=2).jacobian(atoms)
    assert all(np.array_equal(a, b) for a, b in zip(one, two, strict=True))


def test_spheres_do_not_turn(atoms):
    for k in (1, 2, 3):
        atoms.arrays[f"c_diameter[{k}]"][:] = 1.3
    found = make().jacobian(atoms)
    assert np.abs(found.rotations).max() < 1e-12 * np.abs(found.positions).max()


def test_bad_arguments(atoms):
    d = make()
    with pytest.raises(ValueError, match="anisoap: wrt, got 'position'; .*did you mean 'positions'"):
        d.jacobian(atoms, "position")
    with pytest.raises(TypeError, match="anisoap: frame, got"):
        d.jacobian([atoms])
    del atoms.arrays["c_q"]
    for call in (d.jacobian, d.jacobian_by_centre):
        with pytest.raises(ValueError, match="quaternions"):
            call(atoms)


def test_a_dense_result_that_is_too_large_is_refused(atoms):
    many = random_atoms(1, 1000, 20 * TRICLINIC)
    d = make(max_angular=6)
    with pytest.raises(ValueError, match="size of the dense Jacobian, got .* GiB .*jacobian_by_centre"):
        d.jacobian(many)
