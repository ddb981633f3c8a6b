# SPDX-License-Identifier: MIT
"""Mean and standard deviation of rows that come in parts, and what training frames span."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from ..frames import bodies
from ..frames.contacts import closest_gaps
from ..frames.species import to_symbols
from .dataset import PER_PARTICLE, Dataset

Range = list[float]  # the smallest and the largest value


class RunningStatistics:
    """Mean and standard deviation of rows that come in parts (Chan, Golub and LeVeque)."""

    def __init__(self, n_columns: int) -> None:
        self.count = 0
        self.mean = np.zeros(n_columns)
        self._squares = np.zeros(n_columns)

    def add(self, rows: np.ndarray) -> None:
        if not len(rows):
            return
        mean, total = rows.mean(axis=0), self.count + len(rows)
        step = mean - self.mean
        self._squares += ((rows - mean) ** 2).sum(axis=0) + step**2 * (self.count * len(rows) / total)
        self.mean += step * (len(rows) / total)
        self.count = total

    @property
    def deviation(self) -> np.ndarray:
        return np.sqrt(self._squares / max(self.count, 1))


def ranges(data: Dataset, species: Sequence[int]) -> dict[str, Any]:
    """Smallest and largest values, for a model's document.

    Returns
    -------
    dict
        ``labels``: target -> range, of energies and virials per particle and of components of forces and torques;
        ``diameters``: species -> three ranges, along the body axes; ``contacts``: for each pair of species that comes near, its
        ``species`` and ``gap``, the smallest distance less the contact distance; ``n_particles`` of a frame;
        ``number_density``, where every frame has a cell with a volume. All in the units of the labels.
    """
    found: dict[str, Any] = {
        "labels": {target: _range(_values(data, target)) for target in data.targets},
        "diameters": {s: _diameters(data, z) for s, z in zip(to_symbols(species), species, strict=True)},
        "contacts": [
            {"species": to_symbols([species[k] for k in pair]), "gap": gap}
            for pair, gap in closest_gaps(data.frames, species).items()
        ],
        "n_particles": _range([len(atoms) for atoms in data.frames]),
    }
    volumes = np.array([abs(np.linalg.det(atoms.cell.array)) for atoms in data.frames])
    if (volumes > 0).all():
        found["number_density"] = _range(np.array([len(atoms) for atoms in data.frames]) / volumes)
    return found


def _values(data: Dataset, target: str) -> np.ndarray:
    per_particle = target in PER_PARTICLE
    found = zip(data.frames, data.labels, strict=True)
    return np.concatenate([np.ravel(getattr(x, target)) / (len(a) if per_particle else 1) for a, x in found])


def _diameters(data: Dataset, number: int) -> list[Range]:
    rows = np.concatenate([bodies.diameters(atoms)[atoms.numbers == number] for atoms in data.frames])
    return [_range(column) for column in rows.T] if len(rows) else []


def _range(values: Iterable[float]) -> Range:
    array = np.asarray(values)
    return [array.min().item(), array.max().item()]
