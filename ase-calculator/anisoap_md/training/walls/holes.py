# SPDX-License-Identifier: MIT
"""Holes in the wall of a pair energy: where it turns down, closer than any label of a similar orientation."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from .angles import Approaches
from .approaches import OVERLAP, Pair, Path
from .labelled import LabelledPairs

_MARGIN = 1e-3  # of the barrier, times u^12 or a lower highest power: a repulsion for the approaches between those looked at
_USUAL = 1000  # approaches that the depth of wells is taken from
_FAR, _LOW = (
    5.0,
    0.1,
)  # of the barrier: up to where ascents are looked at, and energies whose absolute error counts
_EVERY = 3  # of the places of ascents, one that is looked at
_SLIGHT = 5e-3  # of the barrier: a rise, or a depth, that does not count


@dataclass(frozen=True)
class Holes:
    """Places of approaches where the energy is too low.

    Attributes
    ----------
    path : Path
    energies : numpy.ndarray
        [n, K]
    falls : numpy.ndarray
        [n, K - 1] whether it falls to the next place, before the barrier was reached.
    below : numpy.ndarray
        [n, K - 1] whether it is below the barrier at the next place, after that was reached or at the end of the path.
    """

    path: Path
    energies: np.ndarray
    falls: np.ndarray
    below: np.ndarray

    @property
    def turning(self) -> np.ndarray:
        """[n] whether an approach has one."""
        return (self.falls | self.below).any(axis=1)


@dataclass(frozen=True)
class Wall:
    """One pair of species: what bounds its energy.

    Attributes
    ----------
    pair : Pair
    labelled : LabelledPairs
    sizes : sequence of numpy.ndarray
        [k, 3] diameters of bodies of each species of the model.
    barrier : float
        Energy up to which an approach may not turn down.
    """

    pair: Pair
    labelled: LabelledPairs
    sizes: Sequence[np.ndarray]
    barrier: float

    def approaches(self, n: int, generator: np.random.Generator) -> Approaches:
        """Of random bodies, orientations and directions."""
        return self.pair.random(n, generator, self.sizes)[0]

    def holes(self, weights: np.ndarray, approaches: Approaches) -> Holes:
        """Of weights [M * powers].

        Labels reach inwards to the closest of similar orientation. From there on the energy may fall into a well no deeper than
        those of the labels; once it rises it may not fall until it is at the barrier, has to reach that before full overlap, and
        may not be below it again.
        """
        path = self.pair.path(approaches)
        energies = self.pair.energies(weights, approaches, path)
        closest = self.labelled.closest_u(approaches.invariants)[:, None]
        beyond = path.u[:-1] >= closest
        high = np.where(beyond, energies[:, :-1], -np.inf)
        reached = np.maximum.accumulate(high, axis=1) >= self.barrier
        reached[:, -1] |= self.labelled.stay_apart(closest[:, 0])
        risen = energies - np.minimum.accumulate(energies, axis=1) > _SLIGHT * self.barrier
        deepest = self._deepest(weights) - _SLIGHT * self.barrier
        falls = beyond & ~reached & (np.diff(energies, axis=1) < 0)
        falls &= risen[:, :-1] | (energies[:, 1:] < deepest)
        return Holes(path, energies, falls, reached & (energies[:, 1:] < self.barrier))

    def ascents(self, weights: np.ndarray, approaches: Approaches) -> tuple[np.ndarray, np.ndarray]:
        """Rows [m, n_weights] and energies [m] of weights at some places of approaches: those closer than labels of similar
        orientation, until the energy is far above the barrier. Both over the size of the energy: its relative error counts."""
        path = self.pair.path(approaches)
        energies = self.pair.energies(weights, approaches, path)
        beyond = path.u >= self.labelled.closest_u(approaches.invariants)[:, None]
        reached = np.maximum.accumulate(np.where(beyond, energies, -np.inf), axis=1) >= _FAR * self.barrier
        apart = self.pair.distances(approaches, path) > 0
        which, place = (index[::_EVERY] for index in np.nonzero(beyond & ~reached & apart))
        found = energies[which, place]
        size = np.abs(found) + _LOW * self.barrier
        return self.pair.rows(approaches, path, which, place) / size[:, None], found / size

    def _deepest(self, weights: np.ndarray) -> float:
        """Lowest energy of some approaches where there are labels."""
        path = self.pair.path(self._usual)
        labelled = path.u < self._usual_closest[:, None]
        energies = self.pair.energies(weights, self._usual, path)
        return float(np.min(energies, where=labelled, initial=0.0))

    @cached_property
    def _usual_closest(self) -> np.ndarray:
        return self.labelled.closest_u(self._usual.invariants)

    @cached_property
    def _usual(self) -> Approaches:
        return self.approaches(_USUAL, np.random.default_rng(0))


def inequalities(wall: Wall, approaches: Approaches, holes: Holes) -> tuple[np.ndarray, np.ndarray]:
    """Rows a [m, n_weights] and sides b [m] of a w >= b, for the worst place of each approach that turns down."""
    turning = np.flatnonzero(holes.turning)
    falls, below, energies = holes.falls[turning], holes.below[turning], holes.energies[turning]
    depth = np.where(falls, np.diff(energies, axis=1), 0) + np.where(below, energies[:, 1:] - wall.barrier, 0)
    place = depth.argmin(axis=1)
    low = below[np.arange(len(turning)), place]
    rows = wall.pair.rows(approaches, holes.path, turning, place + 1)
    rows[~low] -= wall.pair.rows(approaches, holes.path, turning[~low], place[~low])
    power = wall.pair.highest_power
    highest = _MARGIN * holes.path.u**power * OVERLAP ** min(0, 12 - power)
    return rows, wall.barrier * (highest[place + 1] + np.where(low, 1.0, -highest[place]))
