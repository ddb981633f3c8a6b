# SPDX-License-Identifier: MIT
"""Potentials: their JSON files, energies, forces and torques."""

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from ase import Atoms
from ase.calculators.calculator import PropertyNotImplementedError

from .. import _core
from ..common import checks
from ..common.errors import ArgumentError, ArgumentTypeError, UnknownSpecies, in_file, message
from ..common.files import write_text
from ..descriptors.descriptor import Descriptor, Frames
from ..frames import batches, devices
from ..frames.arrays import FrameArrays
from ..frames.species import to_numbers


@dataclass(frozen=True)
class Prediction:
    """What a model says about frames, in the model's units; particles in the order of frames and particles.

    Attributes
    ----------
    energy : numpy.ndarray
        [n_frames]
    energies : numpy.ndarray
        [n] local energies, which add up to `energy` frame by frame.
    forces, torques : numpy.ndarray
        [n, 3] torques in the space frame, about the particles' positions.
    virial : numpy.ndarray
        [n_frames, 3, 3] W_ab = -sum over pairs r_a (dphi/dr)_b. Not symmetric: torques take the other part.
    uncertainties : numpy.ndarray or None
        [n] standard deviations of the local energies, where asked for.
    grades : numpy.ndarray or None
        [n] extrapolation grades, where asked for: at most 1 where the training has been, above it outside.
    counts : numpy.ndarray
        [n_frames] numbers of particles.
    """

    energy: np.ndarray
    energies: np.ndarray
    forces: np.ndarray
    torques: np.ndarray
    virial: np.ndarray
    uncertainties: np.ndarray | None
    counts: np.ndarray
    grades: np.ndarray | None = None

    def __len__(self) -> int:
        return len(self.energy)

    def per_frame(self, values: np.ndarray) -> list[np.ndarray]:
        """Values of particles [n, ...] as one array per frame."""
        return np.split(values, np.cumsum(self.counts)[:-1]) if len(self) else []


class EnergyForcesTorques(NamedTuple):
    """Energies [n_frames], forces [n, 3] and torques [n, 3] (space frame), in the model's units."""

    energy: np.ndarray
    forces: np.ndarray
    torques: np.ndarray


class Model:
    """A potential for ellipsoids; make one with ``Model.load`` or ``Model.from_json``.

    Parameters
    ----------
    core : anisoap_md._core.Model
        Read once: later changes of it do not change this model's results.
    num_threads : int, optional
        Threads of one call; None is the OpenMP default.
    device : str
        'cpu', 'auto' or the name of a device, as for ``Descriptor``.

    Raises
    ------
    ArgumentError
        For entries that are wrong or not finite, naming the entry, and for a model without a cutoff function that does not
        allow one.
    """

    def __init__(self, core: _core.Model, *, num_threads: int | None = None, device: str = "cpu") -> None:
        if not isinstance(core, _core.Model):
            raise ArgumentTypeError(
                "core", repr(type(core)), "an anisoap_md._core.Model; Model.load reads files"
            )
        core.validate()
        self._core = core
        self._num_threads = checks.thread_count(num_threads)
        self._device = devices.checked(device)
        self._potential = _core.Potential(core)
        self._engine: _core.DevicePotential | None = None
        self._numbers = to_numbers(core.hypers.species)

    @classmethod
    def load(
        cls, path: str | os.PathLike[str], *, num_threads: int | None = None, device: str = "cpu"
    ) -> "Model":
        """Model of a JSON file. Reading it runs no code.

        Raises
        ------
        ArgumentError
            For a file that is damaged, truncated, of another format or of a newer version, or holds numbers that are not finite.
        OSError
            For a file that is missing or cannot be opened.
        """
        checks.thread_count(num_threads)  # errors of these are none of the file
        devices.checked(device)
        text = Path(path).read_bytes().decode("utf-8", errors="backslashreplace")
        try:
            return cls.from_json(text, num_threads=num_threads, device=device)
        except ArgumentError as error:
            raise in_file(error, path) from None

    @classmethod
    def from_json(cls, text: str, *, num_threads: int | None = None, device: str = "cpu") -> "Model":
        """Model of JSON text; errors as ``load``."""
        return cls(_core.Model.from_json(checks.word("text", text)), num_threads=num_threads, device=device)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes the JSON file; it is replaced as a whole or not at all."""
        write_text(path, self.to_json())

    def to_json(self) -> str:
        """The model as one JSON document."""
        return self._core.to_json()

    @property
    def core(self) -> _core.Model:
        """The model as plain data."""
        return self._core

    @property
    def species(self) -> list[str]:
        """Chemical symbols, in the order of the descriptor's columns."""
        return list(self._core.hypers.species)

    @property
    def units(self) -> str:
        """'metal' (eV, angstrom), 'real' (kcal/mol, angstrom) or 'lj' (reduced units)."""
        return self._core.units

    @property
    def cutoff(self) -> float:
        """Largest distance of neighbours, the two-body term included. Model's length unit."""
        return self._core.cutoff

    @property
    def density_scale(self) -> float:
        """Semi-axes of the density as a fraction of the particle's."""
        return self._core.density_scale

    @property
    def has_uncertainty(self) -> bool:
        """True when the model knows standard deviations of its local energies."""
        return self._core.has_uncertainty

    @property
    def has_grade(self) -> bool:
        """True when the model knows extrapolation grades of particles."""
        return self._core.has_grade

    @property
    def training(self) -> dict[str, Any]:
        """What the model was trained on, as a new dictionary."""
        return json.loads(self._core.training)

    @property
    def diameters(self) -> dict[str, np.ndarray]:
        """Symbol -> full diameters [3] that all particles of the species had in training; without species of several sets.

        Model's length unit. Models of older versions know none.
        """
        found = self.training.get("diameters") or {}
        return {symbol: np.array(lengths, dtype=float) for symbol, lengths in found.items() if lengths}

    @property
    def checksum(self) -> str:
        """As in the document."""
        return self._core.checksum()

    @property
    def descriptor(self) -> Descriptor:
        """Descriptor with the model's hyperparameters; the model itself scales diameters by `density_scale` first."""
        return Descriptor.from_json(
            self._core.hypers.to_json(), num_threads=self._num_threads or None, device=self._device
        )

    def converted(self, units: str) -> "Model":
        """The same potential in other units. ``training['units']`` says which units the facts of the training are in.

        Raises
        ------
        ArgumentError
            For unknown units, and for reduced units against others.
        """
        core = self._core.converted(checks.word("units", units))
        if units != self.units:
            core.training = json.dumps({"units": self.units, **self.training})
        return Model(core, num_threads=self._num_threads or None, device=self._device)

    def predict(self, frames: Frames, uncertainties: bool = False, grades: bool = False) -> Prediction:
        """Energies, forces, torques and virials of frames.

        Parameters
        ----------
        frames : ase.Atoms, iterable of ase.Atoms or FrameArrays
            A generator is read in batches and never held as a whole.
        uncertainties : bool
            True adds standard deviations of the local energies.
        grades : bool
            True adds extrapolation grades of the particles.

        Raises
        ------
        ArgumentError
            For a frame with wrong or missing arrays or a species that the model does not know, naming frame and particle.
        PropertyNotImplementedError
            For uncertainties or grades of a model that has none.
        """
        wanted = {
            "uncertainties": checks.flag("uncertainties", uncertainties),
            "grades": checks.flag("grades", grades),
        }
        for name, known, expected in (
            ("uncertainties", self.has_uncertainty, "a model with a variance or a committee"),
            ("grades", self.has_grade, "a model that was trained with grade=True"),
        ):
            if wanted[name] and not known:
                raise PropertyNotImplementedError(message(name, "a model that has none", expected))
        parts = list(self._results(frames, wanted))
        if not parts:
            one, three = np.empty(0), np.empty((0, 3))
            extra = {name: one.copy() if asked else None for name, asked in wanted.items()}
            counts = np.empty(0, np.intp)
            return Prediction(
                one, one.copy(), three, three.copy(), np.empty((0, 3, 3)), counts=counts, **extra
            )

        def joined(name: str) -> np.ndarray:
            return parts[0][name] if len(parts) == 1 else np.concatenate([part[name] for part in parts])

        names = ("energy", "energies", "forces", "torques", "virial", "counts")
        return Prediction(
            uncertainties=joined("uncertainties") if wanted["uncertainties"] else None,
            grades=joined("grades") if wanted["grades"] else None,
            **{name: joined(name) for name in names},
        )

    def energy_forces_torques(self, frames: Frames) -> EnergyForcesTorques:
        """Energies [n_frames], forces [n, 3] and torques [n, 3] (space frame) of frames; as ``predict``."""
        found = self.predict(frames)
        return EnergyForcesTorques(found.energy, found.forces, found.torques)

    def _results(self, frames: Frames, wanted: Mapping[str, bool]) -> Iterator[dict[str, np.ndarray]]:
        if isinstance(frames, FrameArrays):
            yield self._compute(frames.core, frames.n_particles, 0, wanted, frames.on_device)
            return
        source = batches.as_iterable(frames)
        streams = not isinstance(source, (list, tuple))
        most = batches.DEVICE_PARTICLES if streams and self._device != "cpu" else None
        first = 0
        for batch in batches.split(source, most, batches.most_frames(self._device)):
            yield self._compute(batch, sum(map(batches.size_of, batch)), first, wanted)
            first += len(batch)

    def _compute(
        self,
        frames: "Sequence[Atoms] | _core.ArrayFrames",
        n_particles: int,
        first: int,
        wanted: Mapping[str, bool],
        there: bool = False,
    ) -> dict[str, np.ndarray]:
        """Results of frames, by the processor or the device."""
        try:
            if devices.is_used(self._device, n_particles, there):
                if self._engine is None:
                    if any(local.kind != "none" for local in self._core.local):
                        devices.tell_slowness(self._core.hypers)
                    self._engine = _core.DevicePotential(self._core)
                found = self._engine.compute(frames, self._numbers, first, **wanted)
            else:
                found = self._potential.compute(frames, self._numbers, self._num_threads, first, **wanted)
        except UnknownSpecies as error:
            raise error.changed(hint=f"the model's {', '.join(self.species)}") from None
        for name, text in (("uncertainties", "uncertainty"), ("grades", "grade")):
            if wanted[name]:
                _require_finite(text, found[name], found["counts"], first)
        return found

    def __repr__(self) -> str:
        kinds = ", ".join(local.kind for local in self._core.local)
        n_pairs = len(self._core.two_body.pairs)
        return (
            f"Model(species={self.species}, units={self.units!r}, cutoff={self.cutoff:g}, "
            f"local=[{kinds}], two_body={n_pairs} pair{'' if n_pairs == 1 else 's'} of species)"
        )

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuilt, (self.to_json(), self._num_threads or None, self._device)


def _rebuilt(text: str, num_threads: int | None, device: str = "cpu") -> Model:
    return Model.from_json(text, num_threads=num_threads, device=device)


def _require_finite(name: str, values: np.ndarray, counts: np.ndarray, first_frame: int) -> None:
    """ValueError that names frame and particle, as the core's for energies and forces."""
    wrong = np.flatnonzero(~np.isfinite(values))
    if not len(wrong):
        return
    stops = np.cumsum(counts)
    frame = int(np.searchsorted(stops, wrong[0], side="right"))
    particle = wrong[0] - (stops[frame] - counts[frame])
    raise ArgumentError(
        f"frame {first_frame + frame}, particle {particle}: {name}",
        "a number that overflows",
        _core.EXPECTED_OF_MODEL,
    )
