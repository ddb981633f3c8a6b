# SPDX-License-Identifier: MIT
"""Point groups of the bodies of each species."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from ase import Atoms

from .... import _core
from ....common.errors import ArgumentError
from ....data.species_pairs import seen_body
from ....frames.bodies import diameters
from ....frames.species import to_symbols

_PLAIN = {"sphere": "Kh", "z": "Dinfh", "biaxial": "D2h"}  # names that the other two-body terms have
_EQUAL = 1e-4  # relative difference of diameters that are one


def groups_of(
    frames: Sequence[Atoms], species: Sequence[int], bodies: Mapping[str, Any] | None
) -> list[_core.PointGroup]:
    """Of the option `bodies`, else those of the ellipsoids.

    Raises
    ------
    ArgumentError
        For species or groups that are none, and diameters that the operations of a group change.
    """
    given = {} if bodies is None else bodies
    if not isinstance(given, Mapping):
        allowed = "a mapping from species to point groups, such as {'X': {'group': 'D6h'}}"
        raise ArgumentError("bodies", repr(given), allowed)
    symbols = to_symbols(species)
    for name in given:
        if name not in symbols:
            raise ArgumentError("bodies", f"species '{name}'", f"some of {', '.join(symbols)}")
    found = [
        _read(name, given[name]) if name in given else _seen(name, frames, z)
        for name, z in zip(symbols, species, strict=True)
    ]
    for group, name, z in zip(found, symbols, species, strict=True):
        _require_diameters(group, name, frames, z)
    return found


def body_name(group: _core.PointGroup) -> str:
    """As the option `bodies` of the other two-body terms has it: which turns of a body change nothing."""
    if group.name == "Kh":
        return "sphere"
    return "z" if group.fold == 0 else "biaxial"


def _read(name: str, given: Any) -> _core.PointGroup:
    where = f"bodies['{name}']"
    if isinstance(given, Mapping):
        if set(given) != {"group"}:
            raise ArgumentError(where, repr(dict(given)), "{'group': a point group}")
        given, where = given["group"], f"{where}['group']"
    if not isinstance(given, str):
        raise ArgumentError(where, repr(given), "a point group such as 'D6h'")
    if given in ("x", "y"):
        raise ArgumentError(where, f"'{given}'", "a point group, whose main axis is the body's z axis")
    try:
        return _core.PointGroup(_PLAIN.get(given, given))
    except ArgumentError as error:
        raise error.changed(what=where) from None


def _seen(name: str, frames: Sequence[Atoms], z: int) -> _core.PointGroup:
    body = seen_body(frames, z)
    if body in ("x", "y"):
        allowed = f"diameters whose different one is z, or its point group in bodies['{name}']"
        raise ArgumentError(f"bodies['{name}']", f"diameters with the axis {body}", allowed)
    return _core.PointGroup(_PLAIN[body])


def _require_diameters(group: _core.PointGroup, name: str, frames: Sequence[Atoms], z: int) -> None:
    n = group.equal_diameters
    for atoms in frames:
        sizes = diameters(atoms)[atoms.numbers == z][:, :n]
        unequal = np.flatnonzero(np.ptp(sizes, axis=1) > _EQUAL * sizes.max(axis=1, initial=0.0))
        if len(unequal):
            axes = "x and y" if n == 2 else "x, y and z"
            got = (
                f"'{group.name}' with diameters {' '.join(f'{d:g}' for d in sizes[unequal[0]])} along {axes}"
            )
            raise ArgumentError(f"bodies['{name}']", got, "equal ones, which the group does not change")
