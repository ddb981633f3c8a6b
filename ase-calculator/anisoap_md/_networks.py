# SPDX-License-Identifier: MIT
"""Training of the networks of a model: the two-body term, and the committee on the power spectrum.

torch is an optional extra: only the functions here import it, and models are evaluated without it.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
from ase import Atoms

from . import _core, _species
from ._bodies import diameters
from ._checks import message, real
from ._dataset import Dataset, Scales
from ._design import Environments
from ._torch_schedule import read_schedule

_BODIES = {
    "sphere": ("sphere", 2),
    "x": ("uniaxial", 0),
    "y": ("uniaxial", 1),
    "z": ("uniaxial", 2),
    "biaxial": ("biaxial", 2),
}
_EQUAL = 1e-6  # relative difference of diameters below which they are one


def train_two_body(
    data: Dataset,
    species: Sequence[int],
    weights: Mapping[str, float],
    scales: Scales,
    *,
    cutoff: float,
    width: float = 1.0,
    bodies: Mapping[str, str] | None = None,
    seed: int = 0,
    show_progress: bool = False,
    **options: Any,
) -> _core.TwoBody:
    """Two-body term: for each pair of species a network (or a committee) on the invariants of two bodies.

    Parameters
    ----------
    data : Dataset
        Frames and labels.
    species : sequence of int
        Atomic numbers, in the order of the model.
    weights, scales
        Weight of each target, and the unit of its errors.
    cutoff, width : float
        Cutoff of the pairs, and width of the taper inside it; lengths.
    bodies : mapping, optional
        For each species 'sphere', its axis of revolution 'x', 'y' or 'z', or 'biaxial'. What is not given is read off the
        diameters of the particles.
    seed : int
        Of first weights and the order of frames. Results repeat to the bit on one machine with the same number of threads.
    options
        Of `Schedule`: widths, n_networks, steps, learning_rate, ...

    Returns
    -------
    _core.TwoBody
        Two species that never meet within the cutoff get no term. Energies per species are not part of it.

    Raises
    ------
    RuntimeError
        Without torch.
    ValueError
        For options out of range, and frames in which no two particles are within the cutoff.
    """
    schedule = read_schedule(**options)
    require_torch("the two-body term")
    from . import _torch_two_body

    two_body = _core.TwoBody()
    two_body.cutoff, two_body.width = _length("cutoff", cutoff), _length("width", width)
    two_body.species = _two_body_species(data.frames, species, bodies or {})
    with _threads(schedule.num_threads):
        lengths = [_smallest_diameter(data.frames, z) for z in species]
        return _torch_two_body.train(
            two_body, lengths, data, species, weights, scales, schedule, seed, show_progress
        )


def train_committee(
    data: Dataset,
    environments: Environments,
    weights: Mapping[str, float],
    scales: Scales,
    *,
    components: int = 64,
    seed: int = 0,
    show_progress: bool = False,
    **options: Any,
) -> list[_core.LocalEnergy]:
    """Local energies: a committee of networks on the standardised power spectrum of each species.

    Networks see the first `components` principal components of the power spectrum; their first layer takes them in, so that the
    exported networks read the whole spectrum.

    Parameters
    ----------
    data, weights, scales, seed, show_progress, options
        As in `train_two_body`; n_networks is 4 here unless given.
    environments : Environments
        Power spectra and their derivatives.
    components : int
        Most principal components of one species.

    Returns
    -------
    list of _core.LocalEnergy
        One per species, offsets included.

    Raises
    ------
    RuntimeError, ValueError
        As in `train_two_body`.
    """
    schedule = read_schedule(**{"n_networks": 4, "widths": (32, 32), "validation": 0.1, **options})
    if isinstance(components, bool) or not isinstance(components, (int, np.integer)) or components < 1:
        raise ValueError(message("components", components, "an integer >= 1"))
    require_torch("networks on the power spectrum")
    from . import _torch_committee

    with _threads(schedule.num_threads):
        return _torch_committee.train(
            data, environments, weights, scales, schedule, int(components), seed, show_progress
        )


def require_torch(purpose: str) -> None:
    """RuntimeError that names the extra when torch is not installed."""
    try:
        import torch  # noqa: F401
    except ImportError as error:
        raise RuntimeError(
            f"anisoap: torch, which trains {purpose}, is not installed; pip install anisoap-md[torch]"
        ) from error


@contextmanager
def _threads(count: int | None) -> Iterator[None]:
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(count or before)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def _length(name: str, value: object) -> float:
    length = real(name, value)
    if not 0 < length < float("inf"):
        raise ValueError(message(name, length, "a finite length > 0"))
    return length


def _two_body_species(
    frames: Sequence[Atoms], species: Sequence[int], bodies: Mapping[str, str]
) -> list[_core.TwoBodySpecies]:
    symbols = _species.to_symbols(species)
    for name, body in bodies.items():
        if name not in symbols:
            raise ValueError(message("bodies", f"species '{name}'", f"some of {', '.join(symbols)}"))
        if body not in _BODIES:
            raise ValueError(message(f"bodies['{name}']", repr(body), f"one of {', '.join(_BODIES)}"))
    kinds = [bodies.get(name) or _seen_body(frames, z) for name, z in zip(symbols, species, strict=True)]
    return [_core.TwoBodySpecies(*_BODIES[kind]) for kind in kinds]


def _seen_body(frames: Sequence[Atoms], number: int) -> str:
    """Which diameters of the particles of one species are equal, in all of them."""
    sizes = np.concatenate([diameters(atoms)[atoms.numbers == number] for atoms in frames])
    equal = [
        bool(np.all(np.abs(sizes[:, a] - sizes[:, b]) <= _EQUAL * sizes.max(axis=1)))
        for a, b in ((1, 2), (2, 0), (0, 1))
    ]
    if sum(equal) > 1:
        return "sphere"
    return "xyz"[equal.index(True)] if any(equal) else "biaxial"


def _smallest_diameter(frames: Sequence[Atoms], number: int) -> float:
    """Mean over the particles of one species of their smallest diameter."""
    return float(
        np.concatenate([diameters(atoms)[atoms.numbers == number].min(axis=1) for atoms in frames]).mean()
    )
