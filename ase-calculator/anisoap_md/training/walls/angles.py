# SPDX-License-Identifier: MIT
"""What the energy of a pair of species makes of orientations: monomials of a polynomial, functions of an expansion."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from ase import Atoms

from ... import _core

RADIAL = 5  # inputs of the distance alone: r, gap, u, u^6, u^12
_TELLING = 6  # functions of an expansion, those of the lowest ranks, that tell which orientations are alike


@dataclass(frozen=True)
class Approaches:
    """Orientations of two bodies and the line between them.

    Attributes
    ----------
    functions : numpy.ndarray
        [n, M] of the orientations, as the energy has them.
    invariants : numpy.ndarray
        [n, I] of the orientations, which tell those that are alike.
    contact : numpy.ndarray
        [n] contact distances.
    """

    functions: np.ndarray
    invariants: np.ndarray
    contact: np.ndarray

    def __len__(self) -> int:
        return len(self.contact)


def joined(parts: Sequence[Approaches]) -> Approaches:
    names = ("functions", "invariants", "contact")
    return Approaches(*(np.concatenate([getattr(p, name) for p in parts]) for name in names))


class PolynomialAngles:
    """Monomials of the invariants of orientation."""

    is_narrow = False  # whether holes may be as narrow as those of high ranks

    def __init__(self, term: _core.TwoBody, number: int) -> None:
        pair = term.pairs[number]
        polynomial = pair.polynomial
        assert polynomial is not None
        n_powers = len(polynomial.powers)
        self.gap_powers, self.distance_powers = np.array(polynomial.powers), np.empty(0, dtype=int)
        n_functions = term.n_terms(number) // n_powers
        self.function = np.repeat(np.arange(n_functions), n_powers)
        self.power = np.tile(np.arange(n_powers), n_functions)
        pair.polynomial = _core.PairPolynomial([1], polynomial.degree)
        self._plain = _alone(term, pair)

    def approaches(self, atoms: Atoms, numbers: Sequence[int]) -> Approaches:
        """Of the pairs 2 k and 2 k + 1 of particles."""
        inputs = _inputs(self._plain, atoms, numbers)
        terms = _core.pair_term_rows(self._plain, atoms, numbers, 1, derivatives=False)[0]["energies"]
        terms = terms.reshape(len(atoms) // 2, 2, -1).sum(axis=1)
        return Approaches(terms / terms[:, :1], inputs[:, RADIAL:], inputs[:, 0] - inputs[:, 1])


class ExpansionAngles:
    """Functions S of the tensors of both bodies."""

    is_narrow = True

    def __init__(self, term: _core.TwoBody, number: int) -> None:
        pair = term.pairs[number]
        expansion = pair.symmetric
        assert expansion is not None
        self.gap_powers = np.array(expansion.gap_powers, dtype=int)
        self.distance_powers = np.array(expansion.distance_powers, dtype=int)
        telling, own = telling_functions(term, number), expansion.terms[:, 1:]
        every, place = np.unique(_sortable(np.concatenate([telling, own])), axis=0, return_inverse=True)
        place = place.ravel()
        self._telling = place[: len(telling)]
        used, self.function = np.unique(place[len(telling) :], return_inverse=True)
        self._used, self.power = used, expansion.terms[:, 0]
        pair.symmetric = _core.SymmetricExpansion([1], [], _terms(every))
        self._plain = _alone(term, pair)

    def approaches(self, atoms: Atoms, numbers: Sequence[int]) -> Approaches:
        """Of the pairs 2 k and 2 k + 1 of particles."""
        inputs = _inputs(self._plain, atoms, numbers)
        functions = inputs[:, RADIAL:]
        return Approaches(functions[:, self._used], functions[:, self._telling], inputs[:, 0] - inputs[:, 1])


def angles_of(term: _core.TwoBody, number: int) -> PolynomialAngles | ExpansionAngles:
    is_expansion = term.pairs[number].symmetric is not None
    return ExpansionAngles(term, number) if is_expansion else PolynomialAngles(term, number)


def telling_term(term: _core.TwoBody) -> _core.TwoBody:
    """The term whose inputs, behind those of the distance, tell which orientations are alike."""
    out = _copy(term)
    pairs = out.pairs
    for k, pair in enumerate(pairs):
        if pair.symmetric is not None:
            pair.symmetric = _core.SymmetricExpansion(
                [1], [], _terms(np.unique(_sortable(telling_functions(term, k)), axis=0))
            )
    out.pairs = pairs
    return out


def telling_functions(term: _core.TwoBody, number: int) -> np.ndarray:
    """Functions [n, 5] of the lowest ranks, as terms have them behind the power, in the order in which inputs come."""
    a, b = term.pairs[number].species
    first, second = (_core.PointGroup(term.species[s].group) for s in (a, b))
    rows: list[tuple[int, ...]] = []
    for total in range(1, 25):
        for l in range(total + 1):
            if a == b and 2 * l > total:
                break
            rows += _functions(first, second, a == b, l, total - l)
        if len(rows) >= _TELLING:
            break
    kept = np.array(rows[:_TELLING] or [(0, 0, 0, 0, 0)], dtype=np.int32)
    return _unsorted(np.unique(_sortable(kept), axis=0))


def _functions(
    first: _core.PointGroup, second: _core.PointGroup, alike: bool, l_first: int, l_second: int
) -> list[tuple[int, ...]]:
    """Cosines of two ranks."""
    n_first, n_second = len(first.tensors(l_first)), len(second.tensors(l_second))
    return [
        (l_first, a, l_second, b, m)
        for a in range(n_first)
        for b in range(n_second)
        if not alike or (l_first, a) <= (l_second, b)
        for m in range(min(l_first, l_second) + 1)
    ]


def _sortable(functions: np.ndarray) -> np.ndarray:
    """[n, 6] with |m| and whether it is a sine in place of m: sorted, rows are in the order of inputs."""
    return np.column_stack([functions[:, :4], np.abs(functions[:, 4]), functions[:, 4] < 0])


def _unsorted(rows: np.ndarray) -> np.ndarray:
    return np.column_stack([rows[:, :4], np.where(rows[:, 5] > 0, -rows[:, 4], rows[:, 4])])


def _terms(rows: np.ndarray) -> np.ndarray:
    """Terms of power 0 of the rows of ``_sortable``."""
    return np.column_stack([np.zeros(len(rows), dtype=int), _unsorted(rows)])


def _inputs(term: _core.TwoBody, atoms: Atoms, numbers: Sequence[int]) -> np.ndarray:
    """[n, n_inputs] of the pairs 2 k and 2 k + 1 of particles."""
    found = _core.two_body_inputs(term, atoms, numbers, 1)[0]
    return found["inputs"][np.argsort(found["i"] // 2)]


def _alone(term: _core.TwoBody, pair: _core.TwoBodyPair) -> _core.TwoBody:
    out = _copy(term)
    out.pairs = [pair]
    return out


def _copy(term: _core.TwoBody) -> _core.TwoBody:
    out = _core.TwoBody()
    out.cutoff, out.width, out.species, out.pairs = term.cutoff, term.width, term.species, term.pairs
    return out
