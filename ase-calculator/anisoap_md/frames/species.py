# SPDX-License-Identifier: MIT
"""Species: chemical symbols or atomic numbers outside, atomic numbers inside, chemical symbols in files."""

from collections.abc import Iterable, Sequence

from ase import Atoms
from ase.data import atomic_numbers, chemical_symbols

from .. import _core
from ..common.checks import integer
from ..common.errors import ArgumentError, ArgumentTypeError


def to_number(label: str | int) -> int:
    """Atomic number of a chemical symbol or an atomic number; 'X' is 0."""
    if isinstance(label, str):
        if label not in atomic_numbers:
            hint = _core.suggestion(label, chemical_symbols)
            raise ArgumentError("species", f"'{label}'", "chemical symbols or atomic numbers", hint)
        return atomic_numbers[label]
    number = integer("species", label)
    if not 0 <= number < len(chemical_symbols):
        raise ArgumentError("species", number, f"atomic numbers from 0 to {len(chemical_symbols) - 1}")
    return number


def to_numbers(species: Iterable[str | int]) -> tuple[int, ...]:
    """Atomic numbers in the caller's order, each once."""
    if isinstance(species, (str, bytes)) or not isinstance(species, Iterable):
        raise ArgumentTypeError("species", repr(species), "a list of chemical symbols or atomic numbers")
    numbers = tuple(to_number(label) for label in species)
    if len(set(numbers)) != len(numbers):
        raise ArgumentError("species", f"a repeated label in {list(species)}", "each species once")
    if not numbers:
        raise ArgumentError("species", "an empty list", "at least one species")
    return numbers


def to_symbols(numbers: Iterable[int]) -> list[str]:
    return [chemical_symbols[z] for z in numbers]


def of_frames(frames: Sequence[Atoms]) -> tuple[int, ...]:
    """Sorted atomic numbers of all frames; () when they hold no particle."""
    try:
        distinct = {atoms.arrays["numbers"].tobytes(): atoms for atoms in frames}
    except (AttributeError, KeyError):
        k, wrong = next((k, a) for k, a in enumerate(frames) if "numbers" not in getattr(a, "arrays", ()))
        raise ArgumentError(f"frame {k}", type(wrong), "an ase.Atoms") from None
    found: set[int] = set()
    for atoms in distinct.values():
        found.update(atoms.arrays["numbers"].tolist())
    return tuple(sorted(found))
