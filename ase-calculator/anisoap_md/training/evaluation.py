# SPDX-License-Identifier: MIT
"""Predictions of a model and their errors against labels."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from ase import Atoms

from .. import _core
from ..common.documents.json import finite
from ..data.dataset import NKTV2P, PER_PARTICLE, Dataset, Labels
from ..frames.stress import symmetric_voigt
from ..models.model import Model, Prediction


def predict(
    model: _core.Model,
    frames: Sequence[Atoms],
    targets: Sequence[str],
    num_threads: int = 0,
    device: str = "cpu",
) -> list[Labels]:
    """What the model says about the targets of each frame."""
    return as_labels(Model(model, num_threads=num_threads or None, device=device).predict(frames), targets)


def as_labels(found: Prediction, targets: Sequence[str]) -> list[Labels]:
    """Predictions of each frame."""
    every = {
        "energy": found.energy.tolist(),
        "forces": found.per_frame(found.forces),
        "torques": found.per_frame(found.torques),
        "stress": [symmetric_voigt(virial) for virial in found.virial],
    }
    return [Labels(**{t: every[t][k] for t in targets}) for k in range(len(found))]


UNIT = {  # of each target, by the units of a model; energies and virials per particle
    "metal": {"energy": "eV / particle", "forces": "eV / Å", "torques": "eV", "stress": "eV / particle"},
    "real": {
        "energy": "kcal/mol / particle",
        "forces": "kcal/mol / Å",
        "torques": "kcal/mol",
        "stress": "kcal/mol / particle",
    },
    "lj": {"energy": "ε / particle", "forces": "ε / σ", "torques": "ε", "stress": "ε / particle"},
}
PRESSURE_UNIT = {"metal": "bar", "real": "atm", "lj": "epsilon / sigma^3"}  # LAMMPS's
_LETTERS = {"ε": "epsilon", "σ": "sigma", "Å": "angstrom"}  # where a terminal may not have them


def unit_text(units: str, target: str) -> str:
    """``UNIT`` in letters of every terminal."""
    text = UNIT[units][target]
    for letter, word in _LETTERS.items():
        text = text.replace(letter, word)
    return text


_NO_SPREAD = 1e-14  # of the largest label, below which labels do not vary


@dataclass
class Errors:
    """Errors of one target on some frames; energies and virials per particle."""

    rmse: float
    mae: float
    spread: float  # standard deviation of the labels
    r2: float
    n: int

    @classmethod
    def of(cls, labels: np.ndarray, predictions: np.ndarray) -> "Errors":
        difference = predictions - labels
        rmse, spread = float(np.sqrt(np.mean(difference**2))), float(np.std(labels))
        varies = spread > _NO_SPREAD * np.abs(labels).max()
        r2 = 1 - (rmse / spread) ** 2 if varies else float("nan")
        return cls(rmse, float(np.mean(np.abs(difference))), spread, r2, len(labels))

    @property
    def relative(self) -> float:
        """RMSE as a fraction of the spread; NaN where labels do not vary."""
        return self.rmse / self.spread if np.isfinite(self.r2) else float("nan")

    def r2_text(self, name: str, digits: int) -> str:
        """For tables and plots; one label, or equal ones, have none."""
        return f", {name} {self.r2:.{digits}f}" if np.isfinite(self.r2) else f", no {name} ({self._why()})"

    def _why(self) -> str:
        return "one label" if self.n == 1 else "equal labels"


@dataclass
class Unreached:
    """Torques about the axes of uniaxial bodies, which no model of such bodies carries."""

    share: float  # of the squared torques of the training frames
    raw: dict[str, Errors]  # 'train', 'test' -> errors of torques with them

    def facts(self) -> dict[str, Any]:
        """For documents."""
        return {"share": self.share, "raw": {name: finite(asdict(e)) for name, e in self.raw.items()}}

    def lines(self, units: str) -> list[str]:
        """For tables."""
        return [
            f"{name:<6}torques  raw RMSE {e.rmse:.4g} {unit_text(units, 'torques')}{e.r2_text('R2', 5)}: "
            f"{100 * self.share:.3g} % of the squared torques are about the axes of uniaxial bodies, and left out above"
            for name, e in self.raw.items()
        ]


Parity = dict[str, tuple[np.ndarray, np.ndarray]]


def parity(data: Dataset, predictions: Sequence[Labels]) -> Parity:
    """Labels and predictions [k] of each target, one behind another; energies and virials per particle."""
    sizes = [len(atoms) for atoms in data.frames]

    def joined(labels: Sequence[Labels], target: str) -> np.ndarray:
        values = [np.ravel(getattr(x, target)) for x in labels]
        if target in PER_PARTICLE:
            values = [v / n for v, n in zip(values, sizes, strict=True)]
        return np.concatenate(values)

    return {t: (joined(data.labels, t), joined(predictions, t)) for t in data.targets}


def errors(parity: Parity) -> dict[str, Errors]:
    return {t: Errors.of(*values) for t, values in parity.items()}


@dataclass
class Pressure:
    """Mean pressure of the virials of some frames, without the kinetic part, in LAMMPS's unit.

    Attributes
    ----------
    labels, model : float
    error : float
        Standard error of the labels' mean, where frames are independent; NaN of one frame.
    n : int
        Frames.
    """

    labels: float
    model: float
    error: float
    n: int

    @classmethod
    def of(cls, parity: Parity, volumes: np.ndarray, units: str) -> "Pressure":
        """Volumes [n] of a particle of each frame."""
        labels, model = (
            NKTV2P[units] * v.reshape(-1, 6)[:, :3].mean(axis=1) / volumes for v in parity["stress"]
        )
        n = len(volumes)
        error = float(np.std(labels, ddof=1) / np.sqrt(n)) if n > 1 else float("nan")
        return cls(float(labels.mean()), float(model.mean()), error, n)

    def line(self, name: str, units: str) -> str:
        """For tables."""
        error = f" +- {self.error:.2g}" if np.isfinite(self.error) else ""
        text = f"{name:<6}pressure labels {self.labels:.4g}{error}, model {self.model:.4g} {PRESSURE_UNIT[units]}"
        return f"{text} (virial, {self.n} frames)"


def pressures(
    parities: Mapping[str, Parity], frames: Mapping[str, Sequence[Atoms]], units: str
) -> dict[str, Pressure]:
    """Of each group of frames, where stresses are a target and every frame has a volume."""
    volumes = {
        name: np.array([abs(np.linalg.det(a.cell.array)) / len(a) for a in of]) for name, of in frames.items()
    }
    return {
        name: Pressure.of(of, volumes[name], units)
        for name, of in parities.items()
        if "stress" in of and volumes[name].all()
    }
