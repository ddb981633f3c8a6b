# SPDX-License-Identifier: MIT
"""Columns of LAMMPS dumps, of any kind, as particles.

ASE's readers drop columns that hold shapes (c_q[5], shapex) and ignore scaled positions beside quaternions. Columns that are
understood:

- positions: x y z, xu yu zu, xs ys zs or xsu ysu zsu;
- species: element, else type (type 1 is atomic number 1), else typelabel;
- quaternion (w, x, y, z): c_q[1..4], c_quat[1..4] or quatw quati quatj quatk;
- full diameters: c_shape[1..3], c_diameter[1..3] or shapex shapey shapez.

Other names are given by `quaternion_columns` and `diameter_columns`. Particles are sorted by id.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from ase import Atoms
from ase.data import atomic_numbers, chemical_symbols

from ...common.errors import ArgumentError
from .dump_frame import TEXT

_POSITIONS = {
    ("x", "y", "z"): False,
    ("xu", "yu", "zu"): False,
    ("xs", "ys", "zs"): True,
    ("xsu", "ysu", "zsu"): True,
}
_QUATERNIONS = (
    ("c_q[1]", "c_q[2]", "c_q[3]", "c_q[4]"),
    ("c_quat[1]", "c_quat[2]", "c_quat[3]", "c_quat[4]"),
    ("quatw", "quati", "quatj", "quatk"),
)
_DIAMETERS = (
    ("c_shape[1]", "c_shape[2]", "c_shape[3]"),
    ("c_diameter[1]", "c_diameter[2]", "c_diameter[3]"),
    ("shapex", "shapey", "shapez"),
)


@dataclass(frozen=True)
class Names:
    """What the caller says of the columns of a dump."""

    quaternion: Sequence[str] | None
    diameter: Sequence[str] | None
    types: dict[str, int]


def atoms_of(table: dict[str, np.ndarray], box: Atoms, where: str, given: Names) -> Atoms:
    """Particles of a table in the cell of `box`."""
    names = _first(table, _POSITIONS, where, "positions")
    positions = _stacked(table, names)
    if _POSITIONS[names]:
        positions = positions @ box.cell.array + box.get_celldisp().ravel()
    choices = ("element", "typelabel", "type") if given.types else ("element", "type", "typelabel")
    label = next((name for name in choices if name in table), None)
    if label is None:
        raise ArgumentError(where, f"columns {', '.join(table)}", "a column element or type")
    atoms = Atoms(
        numbers=_numbers(table[label], label, where, given.types),
        positions=positions,
        cell=box.cell,
        celldisp=box.get_celldisp(),
        pbc=box.pbc,
        info=box.info,
    )
    used = {*names, label, "id"}
    wanted = {"c_q": (given.quaternion, _QUATERNIONS, 4), "shape": (given.diameter, _DIAMETERS, 3)}
    for key, (columns, known, count) in wanted.items():
        if columns is not None and len(columns) != count:
            raise ArgumentError(f"columns of '{key}'", f"{len(columns)} names", f"{count}")
        searched = known if columns is None else (tuple(columns),)
        found = _first(table, searched, where, key, required=columns is not None)
        if found:
            atoms.set_array(key, _stacked(table, found))
            used.update(found)
    _keep_others(atoms, table, used)
    if "id" in table:
        atoms = atoms[np.argsort(table["id"], kind="stable")]
    return atoms


def _numbers(kinds: np.ndarray, label: str, where: str, types: dict[str, int]) -> np.ndarray:
    """Atomic numbers of a column of elements or types."""
    distinct, first, places = np.unique(kinds, return_index=True, return_inverse=True)
    words = distinct.tolist() if label in TEXT else [f"{kind:g}" for kind in distinct]
    if label in TEXT:
        numbers = {**atomic_numbers, **types}
        allowed = "chemical symbols"
    else:
        numbers = {**{str(z): z for z in range(1, len(chemical_symbols))}, **types}
        allowed = f"integers from 1 to {len(chemical_symbols) - 1}, which stand for atomic numbers"
    unknown = [(k, word) for k, word in zip(first.tolist(), words, strict=True) if word not in numbers]
    if unknown:
        k, word = min(unknown)
        value = f"'{word}'" if label in TEXT else word
        what = f"{where}: column '{label}', line {k + 1} of the particles"
        raise ArgumentError(what, value, f"{allowed}, or those in type_names")
    return np.array([numbers[word] for word in words], dtype=int)[places]


def _keep_others(atoms: Atoms, table: dict[str, np.ndarray], used: set[str]) -> None:
    """Columns of no meaning here: NAME[1], NAME[2], ... become one array NAME, the others keep their names."""
    families: dict[str, list[str]] = {}
    for name in table:
        if name not in used and name not in TEXT:
            families.setdefault(name.split("[")[0], []).append(name)
    for family, names in families.items():
        if family not in atoms.arrays:
            names.sort(key=_component)
            values = table[family] if names == [family] else _stacked(table, names)
            atoms.set_array(family, values)


def _component(name: str) -> int:
    number = name.partition("[")[2].rstrip("]")
    return int(number) if number.isdecimal() else 0


def _first(table: dict[str, np.ndarray], choices: Any, where: str, what: str, required: bool = True) -> Any:
    for names in choices:
        if all(name in table for name in names):
            return names
    if required:
        allowed = " or ".join(" ".join(names) for names in choices)
        raise ArgumentError(f"{where}: {what}", f"columns {', '.join(table)}", allowed)
    return None


def _stacked(table: dict[str, np.ndarray], names: Sequence[str]) -> np.ndarray:
    return np.column_stack([table[name] for name in names])
