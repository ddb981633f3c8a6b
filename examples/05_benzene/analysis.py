# SPDX-License-Identifier: MIT
"""What two liquids are compared by: pair correlations, pressure, density, diffusion, energy, speed."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from ase import Atoms
from ase.geometry import find_mic
from ase.neighborlist import neighbor_list
from scipy.spatial.transform import Rotation

EDGES = np.arange(3.0, 12.01, 0.1)  # A
FEW = 0.1  # g(r) below which angles are too rare to compare
NAMES = {"g": "g(r)", "p2": "P2(u.u)", "ue": "P2(u.e)"}


@dataclass
class Correlations:
    """Of the centres and axes of bodies, in the bins of EDGES.

    Attributes
    ----------
    g : numpy.ndarray
        g(r).
    p2, ue : numpy.ndarray
        Means of (3 c^2 - 1) / 2, c = u_i . u_j, the cosine between the axes of two bodies, and c = u_i . e, that between an
        axis and the line to the other body; NaN where g is below FEW.
    """

    g: np.ndarray
    p2: np.ndarray
    ue: np.ndarray

    @classmethod
    def of(cls, frames: Iterable[Atoms]) -> "Correlations":
        sums, ideal = np.zeros((3, len(EDGES) - 1)), 0.0
        for atoms in frames:
            i, j, r, vector = neighbor_list("ijdD", atoms, float(EDGES[-1]))
            axes = axes_of(atoms)
            between = (axes[i] * axes[j]).sum(axis=1)
            to_line = (axes[i] * vector).sum(axis=1) / r
            for total, weights in zip(sums, (np.ones(len(r)), p2(between), p2(to_line)), strict=True):
                total += np.histogram(r, EDGES, weights=weights)[0]
            ideal += len(atoms) ** 2 / atoms.get_volume()
        g = sums[0] / (4 / 3 * np.pi * np.diff(EDGES**3) * ideal)
        angles = np.divide(sums[1:], sums[0], out=np.full((2, len(g)), np.nan), where=g > FEW)
        return cls(g, *angles)

    def difference(self, other: "Correlations") -> dict[str, float]:
        """Root mean squares over the bins that both have."""
        return {
            name: float(np.sqrt(np.nanmean((getattr(self, name) - getattr(other, name)) ** 2)))
            for name in NAMES
        }


def p2(cosine: np.ndarray) -> np.ndarray:
    return 1.5 * cosine**2 - 0.5


def axes_of(atoms: Atoms) -> np.ndarray:
    """z axes of the bodies [n, 3]."""
    return Rotation.from_quat(np.roll(atoms.arrays["c_q"], -1, axis=1)).apply([0.0, 0.0, 1.0])


def noise(frames: list[Atoms]) -> dict[str, float]:
    """Standard errors of the correlations of all frames, from those of both halves."""
    half = len(frames) // 2
    differences = Correlations.of(frames[:half]).difference(Correlations.of(frames[half:]))
    return {name: value / 2 for name, value in differences.items()}


def columns(path: Path) -> np.ndarray:
    """Of a file of fix ave/time, without the step: [columns, n]."""
    return np.loadtxt(path, ndmin=2).T[1:]


def mean_and_error(values: np.ndarray, blocks: int = 5) -> tuple[float, float]:
    """The error is that of the means of blocks."""
    means = [float(part.mean()) for part in np.array_split(values, min(blocks, len(values)))]
    return float(values.mean()), float(np.std(means, ddof=1) / np.sqrt(len(means)))


def diffusion(frames: list[Atoms], interval: float, window: tuple[float, float] = (2.0, 10.0)) -> float:
    """Coefficient (1e-9 m^2/s) from the slope of the mean square displacement within a window of times.

    `interval` is the time between frames, in ps, in which no body moves half of the cell.
    """
    cell, periodic = frames[0].cell, frames[0].pbc
    steps = [
        find_mic(b.positions - a.positions, cell, periodic)[0]
        for a, b in zip(frames, frames[1:], strict=False)
    ]
    path = np.cumsum(steps, axis=0)
    path -= path.mean(axis=1, keepdims=True)
    lags = np.arange(int(np.ceil(window[0] / interval)), int(window[1] / interval) + 1)
    lags = lags[lags < len(path)]
    squares = [float(((path[lag:] - path[:-lag]) ** 2).sum(axis=2).mean()) for lag in lags]
    return float(np.polyfit(lags * interval, squares, 1)[0]) / 6 * 10  # A^2/ps -> 1e-9 m^2/s


def speeds(log: Path) -> list[float]:
    """ns/day of each run."""
    return [float(v) for v in re.findall(r"^Performance: (\S+) ns/day", log.read_text(), flags=re.M)]


def draw(
    path: Path, liquids: dict[float, dict[str, Correlations]], energies: dict[float, np.ndarray]
) -> None:
    """Correlations of `liquids` (temperature -> name -> correlations); energies (temperature -> [2, n], ps and kcal/mol)."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots(1, 4, figsize=(15, 3.6), layout="constrained")
    centres = 0.5 * (EDGES[1:] + EDGES[:-1])
    for k, (temperature, found) in enumerate(liquids.items()):
        for (label, one), style in zip(
            found.items(), ({"color": "black"}, {"color": "tab:red", "ls": "--"}), strict=False
        ):
            for panel, (name, shift) in zip(axes, (("g", 1.0), ("p2", 0.4), ("ue", 0.4)), strict=False):
                panel.plot(centres, getattr(one, name) + k * shift, label=label if k == 0 else None, **style)
        axes[0].annotate(f"{temperature:g} K", (EDGES[0], 0.06 + k), fontsize="small")
    for panel, name in zip(axes, NAMES.values(), strict=False):
        panel.set(xlabel="r (Å)", ylabel=f"{name}, shifted for each temperature")
    axes[0].legend(frameon=False)
    for temperature, (time, energy) in energies.items():
        axes[3].plot(time, energy - energy.mean(), label=f"{temperature:g} K", lw=0.8)
    axes[3].set(xlabel="time (ps)", ylabel="energy without a thermostat (kcal/mol)")
    if energies:
        axes[3].legend(frameon=False)
    figure.savefig(path, dpi=120)
