# SPDX-License-Identifier: MIT
"""Two-body polynomials: columns of a linear fit, one block for each kind of pair."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from ase import Atoms

from . import _core
from ._checks import flag, integer, message, require_options
from ._dataset import Dataset
from ._two_body import empty_two_body, keep_pairs

_SCALE_FRAMES = 32  # whose terms set the scales of the weights


@dataclass
class Polynomial:
    """Options of ``two_body={'kind': 'polynomial', ...}``."""

    cutoff: float
    width: float = 1.0
    bodies: Mapping[str, str] | None = None  # as for networks
    powers: Sequence[int] = (1, 2, 3, 6, 9, 12)  # of the inverse distance
    degree: int = 12  # in the cosines between axes and the distance
    joint: bool = True  # with a linear many-body term; other kinds learn what is left

    def __post_init__(self) -> None:
        if isinstance(self.powers, str) or not isinstance(self.powers, Sequence) or not self.powers:
            raise ValueError(message("powers", repr(self.powers), "a list of integers >= 1, ascending"))
        self.powers = [integer("powers", n) for n in self.powers]
        self.degree = integer("degree", self.degree)
        flag("joint", self.joint)


class PairDesign:
    """Columns of the polynomials of all kinds of pairs that meet in some frames."""

    def __init__(
        self, data: Dataset, species: Sequence[int], options: Polynomial, num_threads: int = 0
    ) -> None:
        self.species, self._threads = tuple(species), num_threads
        self._form = list(options.powers), options.degree
        term = empty_two_body(data.frames, species, options.cutoff, options.width, options.bodies or {})
        pairs = term.pairs
        for pair in pairs:
            pair.polynomial = _core.PairPolynomial(*self._form)
        term.pairs = pairs
        self.two_body = term
        scales, met = self._scales(data)
        keep_pairs(term, met)
        self._scale = [scales[k] for k in met]

    def _scales(self, data: Dataset) -> tuple[list[np.ndarray], list[int]]:
        """1 / root mean square of the terms of each kind, and the kinds that meet at all."""
        squares = [np.zeros(self.two_body.n_terms(k)) for k in range(len(self.two_body.pairs))]
        count = 0
        for k, atoms in enumerate(data.frames):
            if k >= _SCALE_FRAMES and all(s.any() for s in squares):
                break
            count += len(atoms)
            for total, found in zip(squares, self._rows(atoms), strict=True):
                total += (found["energies"] ** 2).sum(axis=0)
        spread = [np.sqrt(s / count) for s in squares]
        return [np.divide(1.0, s, out=np.zeros_like(s), where=s > 0) for s in spread], [
            k for k, s in enumerate(squares) if s.any()
        ]

    def _rows(self, atoms: Atoms) -> list[dict[str, np.ndarray]]:
        return _core.pair_term_rows(self.two_body, atoms, self.species, self._threads)

    @property
    def n_columns(self) -> int:
        return sum(len(s) for s in self._scale)

    def whitenings(self) -> list[np.ndarray]:
        """Of each kind, as `Design.whitening`."""
        return [np.diag(s)[:, s > 0] for s in self._scale]

    def kinds_of(self, species: int) -> list[int]:
        """Kinds of pairs with a species, in the order of pair_variance_rows."""
        return [k for k, pair in enumerate(self.two_body.pairs) if species in pair.species]

    def rows(self, atoms: Atoms) -> dict[str, np.ndarray]:
        """Rows [k, n_columns] of each target, as those of `frame_rows`; the virial is [3, 3, n_columns]."""
        parts = self._rows(atoms)
        n = 3 * len(atoms)
        joined = {name: np.concatenate([p[name] for p in parts], axis=-1) for name in parts[0]}
        return {
            "energy": joined["energies"].sum(axis=0, keepdims=True),
            "forces": joined["forces"].reshape(n, -1),
            "torques": joined["torques"].reshape(n, -1),
            "virial": joined["virial"],
        }

    def filled(self, weights: Sequence[np.ndarray]) -> _core.TwoBody:
        """The term with the weights of each kind."""
        pairs = self.two_body.pairs
        for pair, w in zip(pairs, weights, strict=True):
            pair.polynomial = _core.PairPolynomial(*self._form, w)
        out = self.two_body
        out.pairs = pairs
        return out


def polynomial_options(two_body: Mapping[str, Any]) -> Polynomial:
    given = {name: value for name, value in two_body.items() if name != "kind"}
    require_options("two_body", given, [f.name for f in fields(Polynomial)])
    if "cutoff" not in given:
        raise ValueError(message("two_body", "options without 'cutoff'", "{'cutoff': length, ...}"))
    return Polynomial(**given)
