# SPDX-License-Identifier: MIT
"""Which atoms make molecules and bodies, and back to the atoms."""

import numpy as np
import pytest
from anisoap_md import ArgumentError, coarse_grain
from ase import Atoms
from ase.build import molecule
from ase.geometry import find_mic
from ase.neighborlist import natural_cutoffs, neighbor_list
from testing.helpers import rotations_of
from testing.liquids import CELL, LEFT, liquid, write_data, write_dump

BENZENE = molecule("C6H6")
MOLECULES = {name: molecule(name) for name in ("C6H6", "CH3OH", "CH4", "CO2", "NH3", "H2O", "C2H2")} | {
    "CHFClBr": LEFT
}


def bonds_of(atoms: Atoms) -> np.ndarray:
    i, j = neighbor_list("ij", atoms, natural_cutoffs(atoms, mult=1.2))
    return np.stack([i, j], axis=1)[i < j]


def error(source, **options) -> str:
    with pytest.raises(ArgumentError) as caught:
        list(coarse_grain(source, **options))
    return str(caught.value)


def distance(a: Atoms, b: Atoms) -> float:
    """Largest, of nearest images."""
    return float(find_mic(a.positions - b.positions, b.cell, b.pbc)[1].max())


@pytest.mark.parametrize("pbc", [True, [True, False, True]], ids=["periodic", "mixed"])
@pytest.mark.parametrize("name", MOLECULES)
def test_rigid_molecules_come_back(name, pbc):
    atoms = liquid([MOLECULES[name]] * 4, pbc=pbc)
    coarse = coarse_grain(atoms, diameters=[1, 1, 1], mirrored=name == "NH3")
    (frame,) = coarse
    back = coarse.to_atoms(frame)
    assert distance(back, atoms) < 1e-10
    assert (back.numbers == atoms.numbers).all() and len(frame) == 4
    assert coarse.rigidity[frame.symbols[0]].rms < 1e-10


@pytest.mark.parametrize("way", ["mol", "bonds", "connectivity", "ids", "lists"])
def test_ways_to_molecules_agree(tmp_path, way):
    atoms = liquid([BENZENE, molecule("CH3OH"), BENZENE, molecule("CH3OH")])
    write_data(tmp_path / "run.data", atoms, bonds_of(atoms))
    given = {
        "ids": atoms.arrays["mol"],
        "lists": [np.flatnonzero(atoms.arrays["mol"] == k) for k in (3, 1, 2, 4)],
    }
    frames = [
        frame
        for options in ({}, {"molecules": given.get(way, way), "topology": tmp_path / "run.data"})
        for frame in coarse_grain(atoms, **options)
    ]
    assert len(frames[0]) == 4
    assert distance(frames[1], frames[0]) < 1e-12
    for name in ("c_q", "c_diameter", "forces", "torques", "mol"):
        np.testing.assert_allclose(frames[1].arrays[name], frames[0].arrays[name], atol=1e-9)


def test_an_atom_of_molecule_zero_is_a_molecule():
    atoms = liquid([Atoms("Ar"), Atoms("Ar"), molecule("N2")])
    atoms.arrays["mol"] = np.array([0, 0, 7, 7])
    assert [len(f) for f in coarse_grain(atoms)] == [3]


def test_a_large_molecule_in_a_small_cell_is_made_whole():
    """A chain longer than half of the cell: only steps between neighbours are short."""
    chain = Atoms(
        "C10", [[1.4 * k, 0.3 * (k % 2), 0.0] for k in range(10)], cell=[18.0, 17.0, 16.0], pbc=True
    )
    wrapped = chain.copy()
    wrapped.wrap()
    coarse = coarse_grain(wrapped, molecules=np.ones(10, dtype=int))
    (frame,) = coarse
    extent = np.ptp(coarse.bodies[0].reference.positions, axis=0).max()
    assert extent == pytest.approx(np.linalg.norm([9 * 1.4, 0.3]), rel=0.01)
    assert distance(coarse.to_atoms(frame), wrapped) < 1e-10


def test_several_bodies_in_a_molecule():
    """Two rings of one kind and a bridge of another: forces add up to those of the molecule."""
    ring = BENZENE.copy()
    rings = [ring, ring.copy(), molecule("H2O")]
    dimer = Atoms()
    for k, part in enumerate(rings):
        part.positions += np.array([0.0, 0.0, 3.4 * k])
        dimer += part
    atoms = liquid([dimer] * 2, 2 * CELL)
    parts = {"C": [list(range(12)), list(range(12, 24))], "O": [24, 25, 26]}
    coarse = coarse_grain(atoms, bodies=parts, molecules="mol")
    (frame,) = coarse
    assert frame.get_chemical_symbols() == ["C", "C", "O"] * 2
    assert frame.arrays["mol"].tolist() == [1, 1, 1, 2, 2, 2]
    total = atoms.arrays["forces"][:27].sum(axis=0)
    np.testing.assert_allclose(frame.arrays["forces"][:3].sum(axis=0), total, rtol=1e-12)
    assert distance(coarse.to_atoms(frame), atoms) < 1e-10


def test_unlike_molecules_become_unlike_species():
    frames = list(coarse_grain(liquid([BENZENE, molecule("CH3OH"), molecule("H2O"), molecule("N2")])))
    assert frames[0].get_chemical_symbols() == ["C", "O", "H", "N"]


def test_species_of_the_caller():
    coarse = coarse_grain(liquid([BENZENE] * 2), species={"C6H6": "Xe"})
    assert {*next(iter(coarse)).get_chemical_symbols()} == {"Xe"}


def test_linear_molecules_keep_their_axis_and_have_no_turn_about_it():
    atoms = liquid([molecule("CO2")] * 4)
    (frame,) = coarse_grain(atoms)
    turns = rotations_of(frame.arrays["c_q"])
    for k in range(4):
        c, o = atoms.positions[3 * k], atoms.positions[3 * k + 1]
        axis = find_mic(o - c, atoms.cell, True)[0]
        assert abs(abs(turns[k].as_matrix()[:, 2] @ axis) / np.linalg.norm(axis) - 1) < 1e-12
    assert (
        np.abs(turns.as_quat()[:, 2]).max() < 1e-12
    )  # (x, y, z, w): the shortest turn from z is about an axis across
    assert np.abs(np.einsum("ki,ki->k", frame.arrays["torques"], turns.as_matrix()[:, :, 2])).max() < 1e-12


def test_single_atoms_have_no_turn_and_no_torque():
    (frame,) = coarse_grain(liquid([Atoms("Ar")] * 3))
    assert frame.arrays["c_q"].tolist() == [[1, 0, 0, 0]] * 3
    assert not frame.arrays["torques"].any()
    assert frame.arrays["c_diameter"][0] == pytest.approx([3.76] * 3)  # twice Bondi's radius


def test_one_map_for_unlike_molecules_is_refused():
    text = error(liquid([BENZENE, molecule("H2O")]), bodies={"C": list(range(12))})
    assert "one map for unlike molecules" in text and "C6H6" in text and "H2O" in text


def test_unlike_atoms_in_bodies_of_one_name_are_refused():
    text = error(liquid([molecule("CH3OH")]), bodies={"C": [[0, 1, 2], [3, 4, 5]]})
    assert "unlike atoms in bodies named 'C'" in text


@pytest.mark.parametrize(
    "places, text",
    [
        ([0, 1], "atom 2 of H2O in 0 of them"),
        ([0, 1, 1, 2], "atom 1 of H2O in 2"),
        ([0, 1, 3], "from 0 to 2"),
    ],
)
def test_bodies_that_miss_an_atom_are_refused(places, text):
    assert text in error(liquid([molecule("H2O")]), bodies={"O": places})


def test_frames_that_miss_an_atom_are_refused():
    atoms = liquid()
    assert "frame 1, got 47 atoms; expected the 48 of frame 0" in error([atoms, atoms[:-1]])
    other = atoms.copy()
    other.numbers[3] = 7
    assert "frame 1: atom 3" in error([atoms, other])


def test_atoms_in_another_order_are_refused():
    swapped = BENZENE[[6, *range(6), *range(7, 12)]]
    assert "whose atoms are in another order" in error(liquid([BENZENE, swapped]))


def test_permuted_atoms_of_one_element_are_refused():
    swapped = BENZENE[[2, 4, 0, 1, 3, 5, *range(6, 12)]]
    assert "broken molecule" in error(liquid([BENZENE, BENZENE, BENZENE, swapped]))


def test_broken_molecules_are_refused():
    atoms = liquid()
    atoms.positions[12 * 2 + 7] += [4.0, 0, 0]
    text = error(atoms)
    assert "frame 0, molecule 2: broken molecule" in text and "1.087 as usual" in text


def test_a_molecule_bonded_to_its_own_image_is_refused():
    chain = Atoms("C6", [[1.4 * k, 0, 0] for k in range(6)], cell=[8.4, 9, 9], pbc=True)
    assert "bonds to its own periodic image" in error(chain)


def test_mirror_images_are_refused_unless_told():
    right = LEFT.copy()
    right.positions[:, 0] *= -1
    atoms = liquid([LEFT, LEFT, right, LEFT])
    text = error(atoms)
    assert "1 mirror images of the reference" in text and "mirrored=True" in text
    with pytest.warns(UserWarning, match="RMSD to the reference"):
        assert len(list(coarse_grain(atoms, mirrored=True))) == 1


def test_no_frames_and_no_atoms_are_refused(tmp_path):
    assert "frames, got none" in error([])
    assert "frame 0, got no atom" in error([Atoms()])
    write_dump(tmp_path / "run.dump", [liquid()])
    assert "frames, got none" in error(tmp_path / "run.dump", index="5:", type_names={"1": "H", "2": "C"})


def test_positions_and_forces_that_are_not_finite_are_refused():
    atoms = liquid()
    atoms.positions[5, 1] = np.nan
    assert "frame 0: positions" in error(atoms, molecules="mol")
    atoms = liquid()
    atoms.arrays["forces"][5, 1] = np.inf
    assert "frame 0: forces" in error(atoms)


@pytest.mark.parametrize(
    "molecules, text",
    [
        ("bond", "did you mean 'bonds'"),
        ("bonds", "atoms without bonds"),
        ([[0, 1]], "in 0 of them"),
        ([1, 2], "48 integers"),
    ],
)
def test_molecules_that_are_not_there_are_refused(molecules, text):
    assert text in error(liquid(), molecules=molecules)
