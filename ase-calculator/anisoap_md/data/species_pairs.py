# SPDX-License-Identifier: MIT
"""Two-body terms before they are trained: cutoff, bodies and pairs of species."""

import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import numpy as np
from ase import Atoms

from .. import _core
from ..common.checks import real
from ..common.errors import ArgumentError
from ..frames.bodies import diameters
from ..frames.species import to_symbols

_BODIES: "dict[str, tuple[_core.Symmetry, int]]" = {
    "sphere": ("sphere", 2),
    "x": ("uniaxial", 0),
    "y": ("uniaxial", 1),
    "z": ("uniaxial", 2),
    "biaxial": ("biaxial", 2),
}
_EQUAL = 1e-6  # relative difference of diameters below which they are one


def empty_two_body(
    frames: Sequence[Atoms], species: Sequence[int], cutoff: float, width: float, bodies: Mapping[str, str]
) -> _core.TwoBody:
    """All pairs of species, without networks or polynomials; `bodies` are those of the options."""
    two_body = _core.TwoBody()
    two_body.cutoff, two_body.width = require_lengths(cutoff, width)
    two_body.species = bodies_of(frames, species, bodies)
    lengths = [_smallest_diameter(frames, z) for z in species]
    two_body.pairs = [_pair((a, b), lengths) for a in range(len(species)) for b in range(a, len(species))]
    return two_body


def require_lengths(cutoff: object, width: object) -> tuple[float, float]:
    """Cutoff and width of the taper."""
    lengths = _length("cutoff", cutoff), _length("width", width)
    if lengths[1] > lengths[0]:
        raise ArgumentError("width", width, f"a length > 0 and <= the cutoff {cutoff}")
    return lengths


def keep_pairs(two_body: _core.TwoBody, met: Sequence[int], species: Sequence[int]) -> None:
    """Leaves the pairs of species that meet, and warns of the others; ValueError where there is none."""
    if not met:
        raise ArgumentError("cutoff", two_body.cutoff, "a length within which particles of the frames meet")
    pairs = two_body.pairs
    two_body.pairs = [pairs[k] for k in met]
    for names in pairs_without_term(two_body, species):
        warnings.warn(
            f"anisoap: two_body, no {names[0]} and {names[1]} within the cutoff {two_body.cutoff} in the training "
            "frames: this pair gets no term, and no uncertainty",
            stacklevel=2,
        )


@contextmanager
def pairs_may_lack() -> Iterator[None]:
    """No warnings of pairs of species without a term, for fits to a part of the frames."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "anisoap: two_body, no .* within the cutoff")
        yield


def pairs_without_term(two_body: _core.TwoBody, species: Sequence[int]) -> list[list[str]]:
    """Symbols of the species that the term knows nothing of as a pair."""
    symbols, known = to_symbols(species), {tuple(p.species) for p in two_body.pairs}
    every = [(a, b) for a in range(len(species)) for b in range(a, len(species))]
    return [[symbols[a], symbols[b]] for a, b in every if (a, b) not in known]


def _pair(species: tuple[int, int], lengths: Sequence[float]) -> _core.TwoBodyPair:
    """Its length is the contact distance of two spheres of the species' lengths."""
    pair = _core.TwoBodyPair()
    pair.species = species
    pair.length = float(np.hypot(lengths[species[0]], lengths[species[1]]) / np.sqrt(2))
    return pair


def _length(name: str, value: object) -> float:
    length = real(name, value)
    if not 0 < length < float("inf"):
        raise ArgumentError(name, length, "a finite length > 0")
    return length


def bodies_of(
    frames: Sequence[Atoms], species: Sequence[int], bodies: Mapping[str, str]
) -> list[_core.TwoBodySpecies]:
    """Symmetry of each species: of `bodies`, else that of the diameters; ValueError for names that are none."""
    if not isinstance(bodies, Mapping):
        allowed = f"a mapping from species to one of {', '.join(_BODIES)}, such as {{'C': 'z'}}"
        raise ArgumentError("bodies", repr(bodies), allowed)
    symbols = to_symbols(species)
    for name, body in bodies.items():
        if name not in symbols:
            raise ArgumentError("bodies", f"species '{name}'", f"some of {', '.join(symbols)}")
        if body not in _BODIES:
            raise ArgumentError(f"bodies['{name}']", repr(body), f"one of {', '.join(_BODIES)}")
    names = [bodies.get(name) or seen_body(frames, z) for name, z in zip(symbols, species, strict=True)]
    return [_core.TwoBodySpecies(*_BODIES[name]) for name in names]


def body_names(frames: Sequence[Atoms], species: Sequence[int], bodies: Mapping[str, str]) -> list[str]:
    """Symmetry of each species, as the option `bodies` has it: of that option, else that of the diameters."""
    return [name_of(body) for body in bodies_of(frames, species, bodies)]


def name_of(body: _core.TwoBodySpecies) -> str:
    """As the option `bodies` has it."""
    return next(
        name for name, known in _BODIES.items() if known[0] == body.symmetry and _same_axis(known, body)
    )


def _same_axis(known: "tuple[_core.Symmetry, int]", body: _core.TwoBodySpecies) -> bool:
    return body.symmetry != "uniaxial" or known[1] == body.axis


def seen_body(frames: Sequence[Atoms], number: int) -> str:
    """Which diameters of the particles of one species are equal, in all of them."""
    sizes = np.concatenate([diameters(atoms)[atoms.numbers == number] for atoms in frames])
    equal = [
        bool(np.all(np.abs(sizes[:, a] - sizes[:, b]) <= _EQUAL * sizes.max(axis=1)))
        for a, b in ((1, 2), (2, 0), (0, 1))
    ]
    if sum(equal) > 1:
        return "sphere"
    return "xyz"[equal.index(True)] if any(equal) else "biaxial"


def one_set_of_diameters(frames: Sequence[Atoms], number: int) -> list[float] | None:
    """Diameters [3] of all particles of one species; None where they differ by more than 1e-6."""
    sizes = np.concatenate([diameters(atoms)[atoms.numbers == number] for atoms in frames])
    if not len(sizes) or (np.abs(sizes - sizes[0]) > _EQUAL * sizes.max()).any():
        return None
    return sizes.mean(axis=0).tolist()


def _smallest_diameter(frames: Sequence[Atoms], number: int) -> float:
    """Mean over the particles of one species of their smallest diameter."""
    return float(
        np.concatenate([diameters(atoms)[atoms.numbers == number].min(axis=1) for atoms in frames]).mean()
    )
