# SPDX-License-Identifier: MIT
"""Two bodies that approach each other along a straight line, each turned at random, and the energy of their pair on the way."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from ase import Atoms
from scipy.spatial.transform import Rotation

from ... import _core
from ...frames.bodies import quaternions
from .angles import Approaches, angles_of, joined

_DEEPEST = 4.0  # u where bodies overlap: detail/pair_invariants.hpp
OVERLAP = 2.0  # u up to which it is s_0 / (gap + s_0)
_STEP = 0.02  # relative, from one u to the next
_TOGETHER = 2000  # pairs of one frame
_OFF = 0.15  # radians, most spread of axes about a line that they are put along


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


class Pair:
    """One pair of species of a two-body term, whose energy is a polynomial or an expansion.

    Weight t multiplies the power `power[t]` and the function `function[t]` of the orientations. Powers are those of u, and after
    them those of v = s_0 / r, levelled as u is.

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
        self.species = (pair.species[0], pair.species[1])
        self.length, self.cutoff, self.width = pair.length, term.cutoff, term.width
        self._numbers = species
        self._angles = angles_of(term, number)
        self.power, self.function = self._angles.power, self._angles.function
        self.gap_powers, self.distance_powers = self._angles.gap_powers, self._angles.distance_powers

    @property
    def highest_power(self) -> int:
        """Of the repulsion that inequalities ask for."""
        return int(max([*self.gap_powers, *self.distance_powers]))

    def random(
        self, n: int, generator: np.random.Generator, sizes: Sequence[np.ndarray]
    ) -> tuple[Approaches, list[Atoms]]:
        """Approaches of bodies among `sizes`, diameters [k, 3] of each species, and the frames that they are read from."""
        parts, frames = [], []
        for start in range(0, n, _TOGETHER):
            atoms = self._frame(min(_TOGETHER, n - start), generator, sizes)
            parts.append(self._angles.approaches(atoms, self._numbers))
            frames.append(atoms)
        return joined(parts), frames

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
        """[n, K] of weights; where centres coincide, that of the last place before."""
        matrix = np.zeros((approaches.functions.shape[1], len(self.gap_powers) + len(self.distance_powers)))
        np.add.at(matrix, (self.function, self.power), weights)
        coefficients = approaches.functions @ matrix
        r = self.distances(approaches, path)
        n_gap = len(self.gap_powers)
        values = coefficients[:, :n_gap] @ (path.u[:, None] ** self.gap_powers).T
        if len(self.distance_powers):
            v = self._inverse_distance(r)
            for k, power in enumerate(self.distance_powers):
                values += coefficients[:, n_gap + k, None] * v**power
        values *= self.taper(r)
        last = (r > 0).sum(axis=1) - 1
        beyond = np.arange(len(path.u)) > last[:, None]
        return np.where(beyond, values[np.arange(len(last)), last][:, None], values)

    def rows(self, approaches: Approaches, path: Path, which: np.ndarray, place: np.ndarray) -> np.ndarray:
        """[m, n_weights] what each weight adds at a place of the path of an approach."""
        r = path.gap[place] + approaches.contact[which]
        u, v = path.u[place][:, None], self._inverse_distance(r)[:, None]
        radial = np.concatenate([u**self.gap_powers, v**self.distance_powers], axis=1)
        radial *= self.taper(r)[:, None]
        return approaches.functions[which][:, self.function] * radial[:, self.power]

    def _inverse_distance(self, r: np.ndarray) -> np.ndarray:
        """v of detail/symmetric_pair.hpp."""
        closest = self.length / _DEEPEST
        level = np.clip(0.5 * r / closest, 0, 1)
        return self.length / np.where(level < 1, closest * (1 + level**2), r)

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
        turns = Rotation.random(2 * n, random_state=generator)
        if self._angles.is_narrow:
            turns = _some_along(np.repeat(line, 2, axis=0), turns, generator)
        atoms.arrays["c_q"] = quaternions(turns)
        atoms.arrays["c_diameter"] = np.stack(bodies, axis=1).reshape(-1, 3)
        return atoms


def _some_along(lines: np.ndarray, turns: Rotation, generator: np.random.Generator) -> Rotation:
    """Both bodies of every second approach with an axis near the line, and turned about it by near a multiple of 15 degrees from
    each other: functions of high rank have holes there that few random turns find."""
    n = len(lines)
    aligned = np.arange(n) // 2 % 2 == 0
    z = lines / np.linalg.norm(lines, axis=1)[:, None]
    x = np.cross(z, np.repeat(generator.normal(size=(n // 2, 3)), 2, axis=0))
    x /= np.linalg.norm(x, axis=1)[:, None]
    frame = Rotation.from_matrix(np.stack([x, np.cross(z, x), z], axis=2))
    cube = Rotation.create_group("O")[generator.integers(24, size=n)]
    spin = Rotation.from_rotvec(np.pi / 12 * generator.integers(24, size=n)[:, None] * z)
    size = _OFF * np.repeat(generator.uniform(size=n // 2), 2)
    off = Rotation.from_rotvec(size[:, None] * generator.normal(size=(n, 3)))
    along = off * spin * frame * cube
    return Rotation.from_quat(np.where(aligned[:, None], along.as_quat(), turns.as_quat()))
