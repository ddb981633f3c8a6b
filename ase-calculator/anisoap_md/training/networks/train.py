# SPDX-License-Identifier: MIT
"""Training of the networks of a model: the two-body term, and the committee on the power spectrum.

torch is an optional extra: only the functions here import it, and models are evaluated without it.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import numpy as np

from ... import _core
from ...common.checks import message
from ...common.packages import require_package
from ...data.dataset import Dataset, Scales
from ...data.environments import Environments
from ...data.species_pairs import empty_two_body
from .options import Schedule, read_schedule

_COMMITTEE = {"n_networks": 4, "widths": (32, 32), "validation": 0.1}  # unless given


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
    from . import two_body as _torch_two_body

    two_body = empty_two_body(data.frames, species, cutoff, width, bodies or {})
    with _threads(schedule.num_threads):
        return _torch_two_body.train(two_body, data, species, weights, scales, schedule, seed, show_progress)


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
    schedule, most = read_schedule(**{**_COMMITTEE, **options}), _components(components)
    require_torch("networks on the power spectrum")
    from . import many_body as _torch_committee

    with _threads(schedule.num_threads):
        return _torch_committee.train(
            data, environments, weights, scales, schedule, most, seed, show_progress
        )


def train_both(
    data: Dataset,
    environments: Environments,
    weights: Mapping[str, float],
    scales: Scales,
    *,
    cutoff: float,
    width: float = 1.0,
    bodies: Mapping[str, str] | None = None,
    pair_widths: Sequence[int] = Schedule.widths,
    components: int = 64,
    seed: int = 0,
    show_progress: bool = False,
    **options: Any,
) -> tuple[_core.TwoBody, list[_core.LocalEnergy]]:
    """Both terms in one training: a member of the committee holds the networks of all pairs, then those of all species.

    Parameters
    ----------
    data, environments, weights, scales, components, seed, show_progress, options
        As in `train_committee`, for the members as a whole.
    cutoff, width, bodies
        As in `train_two_body`.
    pair_widths : sequence of int
        Hidden layers of the networks of pairs.

    Returns
    -------
    two-body term, local energies
        Offsets are those of the local energies.

    Raises
    ------
    RuntimeError, ValueError
        As in `train_two_body`.
    """
    schedule, most = read_schedule(**{**_COMMITTEE, **options}), _components(components)
    pair_widths = replace(schedule, widths=pair_widths).widths
    require_torch("both terms")
    from . import joint as _torch_joint

    two_body = empty_two_body(data.frames, environments.species, cutoff, width, bodies or {})
    with _threads(schedule.num_threads):
        return _torch_joint.train(
            two_body,
            data,
            environments,
            weights,
            scales,
            schedule,
            pair_widths,
            most,
            seed,
            show_progress,
        )


def _components(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < 1:
        raise ValueError(message("components", value, "an integer >= 1"))
    return int(value)


def require_torch(purpose: str) -> None:
    """RuntimeError that names the extra when torch is not installed."""
    require_package("torch", "torch", f"training of {purpose}")


@contextmanager
def _threads(count: int | None) -> Iterator[None]:
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(count or before)
    try:
        yield
    finally:
        torch.set_num_threads(before)
