# SPDX-License-Identifier: MIT
"""Walls of the polynomials of a fit: found, repaired, and what that cost."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ... import _core
from ...data.dataset import Scales
from ...frames.bodies import diameters
from ...frames.species import to_symbols
from ..problem import Problem
from .approaches import Pair
from .holes import Wall
from .labelled import labelled_pairs
from .options import WallOptions
from .repair import contradicted, repaired

N_APPROACHES = 10000  # of each pair of species that are looked at before and after a repair
_SHOWN = 40  # approaches of each pair of species in a figure
_ENERGY = 10.0  # barrier, of the spread of the labels
_COST, _DEAR = (
    0.1,
    0.02,
)  # rise of an error that is too much: of itself, and of the spread of the labels beside that
_SLACK = 100.0  # rise of the loss, of that which the errors may rise by, that ends a repair before its errors are looked at

Weights = Sequence[np.ndarray]  # of the polynomial of each pair of species
Errors = dict[str, dict[str, float]]  # 'train', 'test' -> target -> root mean square


@dataclass(frozen=True)
class Curves:
    """Energies of some random approaches of one pair of species, for figures.

    Attributes
    ----------
    names : tuple of str
        Symbols of the species.
    barrier : float
    gap : numpy.ndarray
        [K] distance less the contact distance.
    before, after : numpy.ndarray
        [n, K] energies without and with a repair.
    closest : float
        Smallest gap of the labels.
    """

    names: tuple[str, str]
    barrier: float
    gap: np.ndarray
    before: np.ndarray
    after: np.ndarray
    closest: float


@dataclass
class Outcome:
    """What became of the walls of a fit.

    Attributes
    ----------
    barriers : mapping
        "A-B" -> energy up to which its approaches may not turn down.
    before, after : mapping
        "A-B" -> fraction of ``N_APPROACHES`` random approaches that turn down, without and with a repair.
    errors_before, errors_after : mapping
        'train', 'test' -> target -> root mean square error without and with a repair; empty where nothing was repaired.
    curves : list of Curves
    """

    barriers: dict[str, float] = field(default_factory=dict)
    before: dict[str, float] = field(default_factory=dict)
    after: dict[str, float] = field(default_factory=dict)
    errors_before: Errors = field(default_factory=dict)
    errors_after: Errors = field(default_factory=dict)
    curves: list[Curves] = field(default_factory=list)

    @property
    def is_repaired(self) -> bool:
        return bool(self.errors_after)

    def facts(self) -> dict[str, Any]:
        """For the model's document."""
        return {
            "wall_energy": self.barriers,
            "n_approaches": N_APPROACHES,
            "turning_down_before": self.before,
            "turning_down": self.after,
            "rmse_before": self.errors_before,
            "rmse": self.errors_after,
        }

    def lines(self) -> list[str]:
        """For the screen."""
        return [self._line(name) for name in self.barriers] + (self._costs() if self.is_repaired else [])

    def _line(self, name: str) -> str:
        text = f"walls {name}: {100 * self.before[name]:.3g} % of {N_APPROACHES} random approaches turn down before"
        text += f" {self.barriers[name]:.4g}"
        return text + (f", {100 * self.after[name]:.3g} % after the repair" if self.is_repaired else "")

    def _costs(self) -> list[str]:
        return [
            f"repair, {part}: RMSE "
            + ", ".join(f"{t} {e:.4g} -> {self.errors_after[part][t]:.4g}" for t, e in of.items())
            for part, of in self.errors_before.items()
        ]


class Walls:
    """Walls of the polynomials of one fit."""

    def __init__(self, term: _core.TwoBody, problem: Problem, options: WallOptions) -> None:
        data, species = problem.data, problem.species
        close = labelled_pairs(term, data.frames, species, problem.execution.num_threads)
        sizes = [
            np.concatenate([diameters(atoms)[atoms.numbers == z] for atoms in data.frames]) for z in species
        ]
        symbols = to_symbols(species)
        self._names = [(symbols[p.species[0]], symbols[p.species[1]]) for p in term.pairs]
        self._options, self._seed, self._scales = options, problem.seed, problem.scales
        self._counted = [t for t, weight in problem.weights.items() if weight > 0]
        size = float(np.mean([len(atoms) for atoms in data.frames]))
        self._walls = [
            Wall(Pair(term, k, species), of, sizes, self._barrier(data.targets, term.pairs[k].length, size))
            for k, of in enumerate(close)
        ]

    def _barrier(self, targets: Sequence[str], length: float, n_particles: float) -> float:
        if self._options.wall_energy is not None:
            return self._options.wall_energy
        scales: Scales = self._scales
        if "forces" in targets:
            return _ENERGY * scales.forces * length
        if "torques" in targets:
            return _ENERGY * scales.torques
        return (
            _ENERGY * (scales.energy if "energy" in targets else scales.stress) * float(np.sqrt(n_particles))
        )

    def outcome(self, before: Weights) -> Outcome:
        """Of weights as the labels alone have them."""
        out = Outcome()
        for wall, names, weights in zip(self._walls, self._names, before, strict=True):
            out.barriers["-".join(names)] = wall.barrier
            out.before["-".join(names)] = self._turning(wall, weights)
        out.after = out.before
        return out

    def step(
        self, before: Weights, errors: Mapping[str, float], counts: Mapping[str, float]
    ) -> Callable[[Weights], np.ndarray]:
        """Of ``Solver.moved``; errors of the training frames, and how often their squares count in the loss."""
        risen = {t: self._most(t, error) ** 2 - error**2 for t, error in errors.items()}
        most = _SLACK * sum(counts[t] * rise for t, rise in risen.items())
        return lambda roots: repaired(self._walls, before, roots, self._seed, most)

    def ascents(self, weights: Weights, n: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Of each pair of species: rows [m, its weights] and energies [m] of `n` approaches (``Wall.ascents``)."""
        generator = np.random.default_rng(self._seed + 2)
        for wall, w in zip(self._walls, weights, strict=True):
            yield wall.ascents(w, wall.approaches(n, generator))

    def add_repair(self, found: Outcome, after: Weights, errors_before: Errors, errors_after: Errors) -> None:
        """Notes what a repair did; errors of all frames.

        Raises
        ------
        ArgumentError
            For errors that rise by more than a tenth and a fiftieth of the spread of the labels, of targets with a weight.
        """
        for part, of in errors_before.items():
            for target in self._counted if of else []:
                self._require_cheap(part, target, of[target], errors_after[part][target])
        found.errors_before, found.errors_after = errors_before, errors_after
        found.after = {
            "-".join(names): self._turning(wall, weights)
            for wall, names, weights in zip(self._walls, self._names, after, strict=True)
        }

    def add_curves(self, found: Outcome, before: Weights, after: Weights) -> None:
        """Energies along the same random approaches with either weights."""
        for k, wall in enumerate(self._walls):
            approaches = wall.approaches(_SHOWN, np.random.default_rng(self._seed))
            path = wall.pair.path(approaches)
            old, new = (wall.pair.energies(w[k], approaches, path) for w in (before, after))
            closest = float(np.interp(wall.labelled.closest, path.u, path.gap))
            found.curves.append(Curves(self._names[k], wall.barrier, path.gap, old, new, closest))

    def _most(self, target: str, error: float) -> float:
        """Error that a repair may leave of an error without it."""
        return (1 + _COST) * error + _DEAR * float(getattr(self._scales, target))

    def _turning(self, wall: Wall, weights: np.ndarray) -> float:
        approaches = wall.approaches(N_APPROACHES, np.random.default_rng(self._seed + 1))
        return float(wall.holes(weights, approaches).turning.mean())

    def _require_cheap(self, part: str, target: str, before: float, after: float) -> None:
        if after > self._most(target, before):
            raise contradicted(
                f"which would raise the error of the {target} of the {part} frames from {before:.4g} to {after:.4g}"
            )
