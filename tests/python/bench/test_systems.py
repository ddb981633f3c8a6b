# SPDX-License-Identifier: MIT
"""Systems of studies: what seeds fix, what labels leave, files."""

import numpy as np
import pytest
from anisoap_md import ArgumentError, write_frames
from anisoap_md.bench.systems import NAMES, System, checksum, make
from anisoap_md.frames import bodies
from testing.helpers import TRICLINIC, random_atoms

SPECIES = ("one_species", "two_species", "three_species", "four_species")
MADE = [name for name in NAMES if name != "gay_berne"]


@pytest.mark.parametrize("name", MADE)
def test_a_seed_fixes_the_frames(name):
    one, same, other = (checksum(make(System(name, 3, seed))) for seed in (1, 1, 2))
    assert one == same != other
    assert len(make(System(name))) == 50


def test_a_checksum_sees_all_that_a_descriptor_reads():
    frames = make(System("benzenes", 2))
    before = checksum(frames)
    changes = {
        "positions": lambda a: a.positions.__setitem__((0, 0), a.positions[0, 0] + 1e-9),
        "numbers": lambda a: a.numbers.__setitem__(0, 7),
        "cell": lambda a: a.set_cell(a.cell.array + 1e-9),
        "boundary": lambda a: a.set_pbc([True, True, False]),
        "orientation": lambda a: a.arrays["c_q"].__setitem__((0, 0), 0.5),
        "diameter": lambda a: a.arrays["c_diameter[2]"].__setitem__(0, 2.0),
    }
    for name, change in changes.items():
        changed = [atoms.copy() for atoms in frames]
        change(changed[1])
        assert checksum(changed) != before, name


def test_labels_are_the_only_variable():
    frames = [make(System(name, 2, particles=30)) for name in SPECIES]
    for k, others in enumerate(frames, start=1):
        for atoms, first in zip(others, frames[0], strict=True):
            np.testing.assert_array_equal(atoms.positions, first.positions)
            np.testing.assert_array_equal(atoms.arrays["c_q"], first.arrays["c_q"])
            counts = np.unique(atoms.numbers, return_counts=True)[1]
            assert len(counts) == k and counts.max() - counts.min() <= 1


def test_neighbours_of_a_liquid():
    from ase.neighborlist import neighbor_list

    (atoms,) = make(System("one_species", 1, particles=2000, neighbors=40.0))
    assert len(neighbor_list("i", atoms, 7.0)) / 2000 == pytest.approx(40, rel=0.05)


def test_ellipsoids_stand_for_the_molecules_of_the_crystals():
    """Centres and normals by another way: the mean of the atoms, the cross product of two of the ring."""
    atoms, coarse = (make(System(name, 4, seed=3)) for name in ("benzenes", "ellipsoids"))
    for of_atoms, of_bodies in zip(atoms, coarse, strict=True):
        molecules = of_atoms.positions.reshape(2, 12, 3)
        np.testing.assert_allclose(of_bodies.positions, molecules.mean(axis=1), atol=1e-8)
        short = bodies.rotations(of_bodies).apply([0, 0, 1])
        for axis, molecule in zip(short, molecules, strict=True):
            normal = np.cross(molecule[7] - molecule[6], molecule[9] - molecule[6])
            assert abs(axis @ normal) / np.linalg.norm(normal) > 0.98
        np.testing.assert_array_equal(bodies.diameters(of_bodies), [[4, 4, 0.5]] * 2)


def test_gay_berne_liquid():
    """Equal frames of equal seeds; no bodies that overlap much; compressed to the density asked for."""
    frames = make(System("gay_berne", 2, seed=1, particles=27))
    assert checksum(frames) == checksum(make(System("gay_berne", 2, seed=1, particles=27)))
    assert not np.allclose(frames[0].positions, frames[1].positions, atol=1e-3)
    for atoms in frames:
        assert 27 / atoms.get_volume() == pytest.approx(0.28 / 8, rel=1e-6)
        distances = atoms.get_all_distances(mic=True)[np.triu_indices(27, 1)]
        assert distances.min() > 1.5
    with pytest.raises(
        ArgumentError, match="particles of system 'gay_berne', got 30; expected a cube, such as 27"
    ):
        make(System("gay_berne", particles=30))


def test_copies_of_the_cell():
    one, eight = (make(System("benzenes", 1, repeat=k))[0] for k in (1, 2))
    assert len(eight) == 8 * len(one)
    np.testing.assert_allclose(eight.cell.array, 2 * one.cell.array)
    np.testing.assert_array_equal(eight.arrays["c_q"][24:48], one.arrays["c_q"])


def test_a_file(tmp_path):
    path = tmp_path / "mine.xyz"
    frames = [random_atoms(k, 4, TRICLINIC) for k in range(5)]
    write_frames(path, frames)
    assert checksum(make(System("mine", file=str(path)))) == checksum(frames)
    assert checksum(make(System("mine", 2, file=str(path), index="1:"))) == checksum(frames[1:3])
    flat = make(System("mine", file=str(path), diameters=[4.0, 4.0, 0.5]))
    np.testing.assert_array_equal(bodies.diameters(flat[0]), [[4, 4, 0.5]] * 4)


def test_bad_input(tmp_path):
    with pytest.raises(ArgumentError, match="system, got 'benzens'; .*did you mean 'benzenes'"):
        System("benzens")
    with pytest.raises(ArgumentError, match="frames of system 'benzenes', got 0; expected an integer from 1"):
        System("benzenes", frames=0)
    with pytest.raises(
        ArgumentError, match="neighbors of system 'one_species', got -1; expected a number above 0"
    ):
        System("one_species", neighbors=-1)
    with pytest.raises(OSError, match="none.xyz"):
        make(System("mine", file=str(tmp_path / "none.xyz")))
    (tmp_path / "bad.xyz").write_text("2\nno columns\nC 0 0\n")
    with pytest.raises((ArgumentError, OSError), match="bad.xyz"):
        make(System("mine", file=str(tmp_path / "bad.xyz")))
    points = random_atoms(1, 3, TRICLINIC)
    del points.arrays["c_q"]
    write_frames(tmp_path / "points.xyz", [points])
    with pytest.raises(ArgumentError, match="points.xyz', frame 0: quaternions, got no array 'c_q'"):
        make(System("mine", file=str(tmp_path / "points.xyz")))
