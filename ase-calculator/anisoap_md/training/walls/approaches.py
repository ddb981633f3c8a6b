# SPDX-License-Identifier: MIT
"""Two bodies that approach each other along a straight line, each turned at random, and a polynomial's energy on the way."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from ase import Atoms
from scipy.spatial.transform import Rotation

from ... import _core
from ...frames.bodies import quaternions

_DEEPEST = 4.0  # u where bodies overlap: detail/pair_invariants.hpp
OVERLAP = 2.0  # u up to which it is s_0 / (gap + s_0)
RADIAL = 5  # inputs of the distance alone: r, gap, u, u^6, u^12
_STEP = 0.02  # relative, from one u to the next
_TOGETHER = 2000  # pairs of one frame


@dataclass(frozen=True)
class Path:
    """Places along an approach, from the cutoff to full overlap, the same for all approaches of a pair of species.

    Attributes
    ----------
    u : numpy.ndarray
        [K] inverse distances s_0 / (gap + s_0) of docs/potentials.md, ascending.
    gap : numpy.ndarray
        [K] distance less the contact distance.
    """

    u: np.ndarray
    gap: np.ndarray

    @classmethod
    def of(cls, length: float, farthest: float) -> "Path":
        """Down from a gap; `length` is s_0 of the pair."""
        first = length / (farthest + length)
        u = np.append(np.exp(np.arange(np.log(first), np.log(_DEEPEST), _STEP)), _DEEPEST)
        level = np.sqrt(_DEEPEST / u - 1)  # of the invariants where they level off
        return cls(u, np.where(u <= OVERLAP, length / u, length * level / OVERLAP) - length)


@dataclass(frozen=True)
class Approaches:
    """Orientations of two bodies and the line between them.

    Attributes
    ----------
    monomials : numpy.ndarray
        [n, M] of the orientations, as the polynomial has them.
    invariants : numpy.ndarray
        [n, I] of the orientations.
    contact : numpy.ndarray
        [n] contact distances.
    """

    monomials: np.ndarray
    invariants: np.ndarray
    contact: np.ndarray

    def __len__(self) -> int:
        return len(self.contact)


class Pair:
    """One pair of species of a two-body term, whose energy is a polynomial.

    Parameters
    ----------
    term : _core.TwoBody
    number : int
        Of the pair in it.
    species : sequence of int
        Atomic numbers of the model.
    """

    def __init__(self, term: _core.TwoBody, number: int, species: Sequence[int]) -> None:
        pair = term.pairs[number]
        assert pair.polynomial is not None
        self.powers = np.array(pair.polynomial.powers)
        self.species = (pair.species[0], pair.species[1])
        self.length, self.cutoff, self.width = pair.length, term.cutoff, term.width
        self._numbers = species
        self._plain = _core.TwoBody()
        self._plain.cutoff, self._plain.width, self._plain.species = term.cutoff, term.width, term.species
        pair.polynomial = _core.PairPolynomial([1], pair.polynomial.degree)
        self._plain.pairs = [pair]

    def random(
        self, n: int, generator: np.random.Generator, sizes: Sequence[np.ndarray]
    ) -> tuple[Approaches, list[Atoms]]:
        """Approaches of bodies among `sizes`, diameters [k, 3] of each species, and the frames that they are read from."""
        parts, frames = [], []
        for start in range(0, n, _TOGETHER):
            atoms = self._frame(min(_TOGETHER, n - start), generator, sizes)
            parts.append(self._approaches(atoms))
            frames.append(atoms)
        return _joined(parts), frames

    def taper(self, r: np.ndarray) -> np.ndarray:
        """f_c of detail/cutoff.hpp."""
        return np.cos(np.pi / 2 * np.clip(1 - (self.cutoff - r) / self.width, 0, 1)) ** 2

    def path(self, approaches: Approaches) -> Path:
        """From the cutoff of those that are in contact last."""
        return Path.of(self.length, self.cutoff - float(approaches.contact.min()))

    def distances(self, approaches: Approaches, path: Path) -> np.ndarray:
        """[n, K]; not positive where centres would have passed each other."""
        return path.gap + approaches.contact[:, None]

    def energies(self, weights: np.ndarray, approaches: Approaches, path: Path) -> np.ndarray:
        """[n, K] of weights [M * powers]; where centres coincide, that of the last place before."""
        coefficients = approaches.monomials @ weights.reshape(-1, len(self.powers))
        r = self.distances(approaches, path)
        values = self.taper(r) * (coefficients @ (path.u[:, None] ** self.powers).T)
        last = (r > 0).sum(axis=1) - 1
        beyond = np.arange(len(path.u)) > last[:, None]
        return np.where(beyond, values[np.arange(len(last)), last][:, None], values)

    def rows(self, approaches: Approaches, path: Path, which: np.ndarray, place: np.ndarray) -> np.ndarray:
        """[m, M * powers] what each weight adds at a place of the path of an approach."""
        u = path.u[place][:, None] ** self.powers
        u *= self.taper(path.gap[place] + approaches.contact[which])[:, None]
        n_weights = approaches.monomials.shape[1] * len(self.powers)
        return (approaches.monomials[which][:, :, None] * u[:, None, :]).reshape(len(which), n_weights)

    def _frame(self, n: int, generator: np.random.Generator, sizes: Sequence[np.ndarray]) -> Atoms:
        """Pairs far from each other, particles 2 k and 2 k + 1."""
        across = int(np.ceil(n ** (1 / 3)))
        cells = np.stack(np.unravel_index(np.arange(n), (across,) * 3), axis=1) * 2.5 * self.cutoff
        line = generator.normal(size=(n, 3))
        line *= 0.5 * self.cutoff / np.linalg.norm(line, axis=1)[:, None]
        atoms = Atoms(
            numbers=np.tile([self._numbers[s] for s in self.species], n),
            positions=np.stack([cells, cells + line], axis=1).reshape(-1, 3),
        )
        bodies = [sizes[s][generator.integers(len(sizes[s]), size=n)] for s in self.species]
        atoms.arrays["c_q"] = quaternions(Rotation.random(2 * n, random_state=generator))
        atoms.arrays["c_diameter"] = np.stack(bodies, axis=1).reshape(-1, 3)
        return atoms

    def _approaches(self, atoms: Atoms) -> Approaches:
        found = _core.two_body_inputs(self._plain, atoms, self._numbers, 1)[0]
        inputs = found["inputs"][np.argsort(found["i"] // 2)]
        terms = _core.pair_term_rows(self._plain, atoms, self._numbers, 1, derivatives=False)[0]["energies"]
        terms = terms.reshape(len(atoms) // 2, 2, -1).sum(axis=1)
        return Approaches(terms / terms[:, :1], inputs[:, RADIAL:], inputs[:, 0] - inputs[:, 1])


def _joined(parts: Sequence[Approaches]) -> Approaches:
    names = ("monomials", "invariants", "contact")
    return Approaches(*(np.concatenate([getattr(p, name) for p in parts]) for name in names))
