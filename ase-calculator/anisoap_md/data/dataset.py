# SPDX-License-Identifier: MIT
"""Frames with labels, the split into training and test frames, and what errors are measured in."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
from ase import Atoms

from .. import _core
from ..common.checks import integer, real, word
from ..common.errors import ArgumentError
from ..frames.species import to_number, to_symbols

TARGETS = ("energy", "forces", "torques", "stress")
UNITS = ("metal", "real", "lj")
NKTV2P = {"real": 68568.415, "metal": 1.6021765e6, "lj": 1.0}  # LAMMPS: pressure of an energy / length^3
SPLITS = ("random", "blocks")
_BLOCKS = 20  # of consecutive frames, some of which are test frames
_INDEPENDENT = 1e-10  # singular value, of the largest, below which species cannot be told apart
PER_PARTICLE = ("energy", "stress")  # targets whose errors are divided by the number of particles


@dataclass
class Labels:
    """What is known of one frame; None for targets that are not used."""

    energy: float | None = None
    forces: np.ndarray | None = None  # [n, 3]
    torques: np.ndarray | None = None  # [n, 3] space frame, about the particles' centres
    stress: np.ndarray | None = None  # [6] as a virial, energy: xx yy zz yz xz xy

    def minus(self, other: "Labels") -> "Labels":
        """Difference in the targets of `self`."""
        return Labels(**{name: getattr(self, name) - getattr(other, name) for name in self._known()})

    def plus(self, other: "Labels") -> "Labels":
        """Sum in the targets of `self`."""
        return Labels(**{name: getattr(self, name) + getattr(other, name) for name in self._known()})

    def times(self, factor: float) -> "Labels":
        """In other units."""
        return Labels(**{name: factor * getattr(self, name) for name in self._known()})

    def _known(self) -> list[str]:
        return [f.name for f in fields(self) if getattr(self, f.name) is not None]


@dataclass
class Dataset:
    """Frames with labels of the same targets, weights of the errors of each frame (None: 1), and `states_of` them."""

    frames: list[Atoms]
    labels: list[Labels]
    targets: tuple[str, ...]
    weights: list[float] | None = None
    states: list[int] | None = None

    def __len__(self) -> int:
        return len(self.frames)

    def subset(self, indices: Iterable[int]) -> "Dataset":
        chosen = list(indices)
        weights = None if self.weights is None else [self.weights[k] for k in chosen]
        states = None if self.states is None else [self.states[k] for k in chosen]
        labels = [self.labels[k] for k in chosen]
        return Dataset([self.frames[k] for k in chosen], labels, self.targets, weights, states)

    def minus(self, labels: Sequence[Labels]) -> "Dataset":
        """The same frames with what is left of their labels."""
        left = [a.minus(b) for a, b in zip(self.labels, labels, strict=True)]
        return replace(self, labels=left)

    def weight_of(self, k: int) -> float:
        return 1.0 if self.weights is None else self.weights[k]


def states_of(frames: Sequence[Atoms], key: str) -> list[int]:
    """Number of the state of each frame: frames of one cell, composition and type ``info[key]`` share one; -1 where a frame has
    a state of its own."""
    names = [
        (str(a.info.get(key, "")), np.sort(a.numbers).tobytes(), (np.round(a.cell.array, 6) + 0.0).tobytes())
        for a in frames
    ]
    counts = Counter(names)
    numbers = {name: k for k, name in enumerate(n for n, count in counts.items() if count > 1)}
    return [numbers.get(name, -1) for name in names]


def split(
    n_frames: int, test_fraction: float, seed: int, blocks: bool = False
) -> tuple[list[int], list[int]]:
    """Training and test frames, in order; the test frames are drawn at random, one by one or as blocks of consecutive frames."""
    fraction = real("test", test_fraction)
    if not 0 <= fraction < 1:
        raise ArgumentError("test", fraction, "frames, or a fraction >= 0 and < 1")
    size = min(n_frames, _BLOCKS) if blocks else n_frames
    n_test = round(fraction * size)
    if fraction > 0 and size > 1:
        n_test = min(max(n_test, 1), size - 1)
    order = np.random.default_rng(integer("seed", seed)).permutation(size).tolist()
    parts = [part.tolist() for part in np.array_split(np.arange(n_frames), size)] if size else []
    train, test = (sorted(k for p in chosen for k in parts[p]) for chosen in (order[n_test:], order[:n_test]))
    return train, test


def species_counts(frames: Sequence[Atoms], species: Sequence[int]) -> np.ndarray:
    """Numbers of particles [n_frames, n_species]."""
    return np.array([[np.count_nonzero(a.numbers == z) for z in species] for a in frames], float)


def species_energies(
    counts: np.ndarray, energies: np.ndarray, weights: Sequence[float] | np.ndarray | None = None
) -> np.ndarray:
    """Energies [n_species] of one particle that are nearest to energies per particle; the smallest ones where not unique.

    `counts` [n_frames, n_species] are numbers of particles, `energies` [n_frames] those of whole frames, `weights` [n_frames]
    those of their errors.
    """
    factors = (1.0 if weights is None else np.asarray(weights)) / counts.sum(axis=1)
    return np.linalg.lstsq(counts * factors[:, None], energies * factors, rcond=_INDEPENDENT)[0]


@dataclass
class Scales:
    """What errors are measured in: spread of the training labels; energies and virials per particle."""

    energy: float = 1.0
    forces: float = 1.0
    torques: float = 1.0
    stress: float = 1.0

    @classmethod
    def of(cls, data: Dataset, species: Sequence[int]) -> "Scales":
        """Energies after the best energies per particle of each species are subtracted; 1 where labels do not vary."""
        counts = species_counts(data.frames, species)
        sizes = counts.sum(axis=1)
        values: dict[str, np.ndarray] = {}
        if "energy" in data.targets:
            energies = np.array([x.energy for x in data.labels])
            values["energy"] = (energies - counts @ species_energies(counts, energies)) / sizes
            if not np.abs(values["energy"]).max() > 1e-10 * np.abs(energies / sizes).max():
                values["energy"] = np.zeros(1)
        for name in ("forces", "torques"):
            if name in data.targets:
                values[name] = np.concatenate([getattr(x, name).ravel() for x in data.labels])
        if "stress" in data.targets:
            values["stress"] = np.array([x.stress for x in data.labels]) / sizes[:, None]
        spread = {name: float(np.sqrt(np.mean(v**2))) for name, v in values.items()}
        return cls(**{name: value or 1.0 for name, value in spread.items()})


def require_units(units: object) -> str:
    name = word("units", units)
    if name not in UNITS:
        raise ArgumentError("units", f"'{name}'", f"one of {', '.join(UNITS)}")
    return name


def require_target(argument: str, name: object) -> None:
    if name not in TARGETS:
        hint = _core.suggestion(name, TARGETS) if isinstance(name, str) else ""
        raise ArgumentError(argument, repr(name), f"one of {', '.join(TARGETS)}", hint)


def require_targets(targets: Sequence[str]) -> None:
    if isinstance(targets, str) or not targets:
        raise ArgumentError("targets", repr(targets), f"a list of some of {', '.join(TARGETS)}")
    for name in targets:
        require_target("targets", name)


def read_weights(weights: Mapping[str, float] | None, targets: Sequence[str]) -> dict[str, float]:
    """Weight of each target, 1 unless given."""
    for name, value in (weights or {}).items():
        require_target("weights", name)
        if name not in targets:
            raise ArgumentError("weights", f"'{name}'", f"targets of the fit: {', '.join(targets)}")
        if not (np.isfinite(real(f"weights['{name}']", value)) and value >= 0):
            raise ArgumentError(f"weights['{name}']", value, "a finite number >= 0")
    chosen = {name: float((weights or {}).get(name, 1.0)) for name in targets}
    if not any(chosen.values()):
        raise ArgumentError("weights", "0 for every target", "a number > 0 for at least one")
    return chosen


def frame_weights(
    frames: Sequence[Atoms], weights: Mapping[str, float] | None, key: str
) -> list[float] | None:
    """Weights of the errors of frames by what `key` says in their info, 1 where not given; None without any.

    Raises
    ------
    ArgumentError
        For a name that no frame has, and where nothing is left.
    """
    if not weights:
        return None
    names = [str(atoms.info.get(key, "")) for atoms in frames]
    for name in weights:
        if name not in names:
            known = sorted({*names} - {""})
            expected = f"one of {', '.join(known)}" if known else f"frames with info['{key}'], or config_key"
            hint = _core.suggestion(name, known)
            raise ArgumentError("config_weights", f"'{name}', which no frame has as {key}", expected, hint)
    found = [float(weights.get(name, 1.0)) for name in names]
    if not any(found):
        raise ArgumentError("config_weights", "0 for every frame", "a number > 0 for some")
    return found


def read_config_weights(weights: Mapping[str, float] | None) -> None:
    """ArgumentError for weights that are no numbers >= 0."""
    for name, value in (weights or {}).items():
        if not (np.isfinite(real(f"config_weights['{name}']", value)) and value >= 0):
            raise ArgumentError(f"config_weights['{name}']", value, "a finite number >= 0")


def isolated_energies(given: Mapping[str, float] | None, species: Sequence[int]) -> tuple[float, ...] | None:
    """Energies of isolated particles in the order of the species; None where not given.

    Raises
    ------
    ArgumentError
        For a species without one, one that no frame holds, and energies that are not finite.
    """
    if not given:
        return None
    energies = {to_number(name): _finite_energy(name, value) for name, value in given.items()}
    wanted = ", ".join(to_symbols(species))
    for z in [*(z for z in energies if z not in species), *(z for z in species if z not in energies)]:
        what = "energies without" if z in species else "an energy of"
        raise ArgumentError("isolated", f"{what} '{to_symbols([z])[0]}'", f"one energy for each of {wanted}")
    return tuple(energies[z] for z in species)


def _finite_energy(name: str, value: float) -> float:
    if not np.isfinite(real(f"isolated['{name}']", value)):
        raise ArgumentError(f"isolated['{name}']", value, "a finite energy")
    return float(value)
