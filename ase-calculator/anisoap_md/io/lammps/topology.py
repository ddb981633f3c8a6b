# SPDX-License-Identifier: MIT
"""Molecules of LAMMPS data files: types, masses, molecule ids, bonds, positions and velocities, without ellipsoids.

Atom styles atomic, charge, bond, angle, molecular, full and sphere, named by the comment behind Atoms. Atoms are sorted by id.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

import numpy as np
from ase import Atoms

from ...common.errors import ArgumentError
from ..text_files import open_text
from . import data

_BEGIN = 200  # lines of a header
_ATOMS = re.compile(r"\s*[1-9]\d*\s+atoms\s*(#.*)?$")
_X = {"atomic": 2, "charge": 3, "bond": 3, "angle": 3, "molecular": 3, "full": 4, "sphere": 4}  # column of x
_MOLECULE = {
    "bond": 1,
    "angle": 1,
    "molecular": 1,
    "full": 1,
}  # column of the molecule id; that of the type follows


@dataclass(frozen=True)
class Topology:
    """What a data file says of its atoms.

    Attributes
    ----------
    atoms : ase.Atoms
        Positions, cell and origin; atomic numbers are the numbers of the types. With the array `velocities` [n, 3] in the units
        of the file, where it has them.
    masses : numpy.ndarray, optional
        [n], of the section Masses.
    molecules : numpy.ndarray, optional
        [n] ids, of atom styles that have them.
    bonds : numpy.ndarray, optional
        [n_bonds, 2] indices of atoms.
    labels : dict
        Type -> label, of the section Atom Type Labels.
    """

    atoms: Atoms
    masses: np.ndarray | None
    molecules: np.ndarray | None
    bonds: np.ndarray | None
    labels: dict[int, str]


def is_data(file: TextIO) -> bool:
    """Whether a text begins as a LAMMPS data file: its number of atoms stands on a line below the first."""
    file.readline(1000)
    return any(_ATOMS.match(file.readline(200)) for _ in range(_BEGIN))


def read_topology(path: Path) -> Topology:
    """Of a LAMMPS data file.

    Raises
    ------
    ArgumentError
        For damaged lines, and for atom styles that are not named or not known.
    """
    where = f"LAMMPS data file '{path}'"
    with open_text(path) as file:
        header, sections = data.parts(file)
    rows, comment = sections.get("Atoms", ([], ""))
    style = _style(comment, where)
    try:
        if len(rows) != int(header["atoms"][0]):
            raise ValueError(f"{len(rows)} lines of {header['atoms'][0]} atoms")
        cell, origin = data.cell_of_header(header)
        return _topology(rows, style, sections, Atoms(cell=cell, celldisp=origin, pbc=True))
    except (ValueError, KeyError, IndexError) as error:
        raise ArgumentError(where, f"damaged lines ({error})", "a whole file") from None


def _style(comment: str, where: str) -> str:
    words = comment.split()
    if not words or words[0] not in _X:
        got = f"style '{comment}'" if words else "no style behind the name, as in 'Atoms # full'"
        raise ArgumentError(f"{where}: section Atoms", got, f"one of {', '.join(_X)}")
    return words[0]


def _topology(rows: list[list[str]], style: str, sections: data.Sections, box: Atoms) -> Topology:
    rows = sorted(rows, key=lambda row: int(row[0]))
    places = {int(row[0]): k for k, row in enumerate(rows)}
    if len(places) != len(rows):
        raise ValueError("an id of two atoms")
    labels = {int(row[0]): row[1] for row in sections.get("Atom Type Labels", ([], ""))[0]}
    numbers = {label: number for number, label in labels.items()}
    molecule, x = _MOLECULE.get(style), _X[style]
    column = 1 if molecule is None else 2
    types = np.array([numbers.get(row[column]) or int(row[column]) for row in rows])
    box += Atoms(numbers=types, positions=[[float(v) for v in row[x : x + 3]] for row in rows])
    velocities = sections.get("Velocities", ([], ""))[0]
    if velocities:
        by_id = {int(row[0]): [float(v) for v in row[1:4]] for row in velocities}
        box.set_array("velocities", np.array([by_id[id] for id in places]))
    masses = {
        numbers.get(row[0]) or int(row[0]): float(row[1]) for row in sections.get("Masses", ([], ""))[0]
    }
    bonds = sections.get("Bonds", ([], ""))[0]
    bonded = [[places[int(row[2])], places[int(row[3])]] for row in bonds]
    return Topology(
        box,
        np.array([masses[int(t)] for t in types]) if masses else None,
        None if molecule is None else np.array([int(row[molecule]) for row in rows]),
        np.array(bonded) if bonded else None,
        labels,
    )
