# SPDX-License-Identifier: MIT
"""Training of the networks of a model: the two-body term, and the committee on the power spectrum.

torch is an optional extra: only the functions here import it, and models are evaluated without it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from ... import _core
from ...common.errors import ArgumentError, ArgumentTypeError
from ...common.packages import require_package
from ...data.species_pairs import empty_two_body
from ..problem import Problem
from .options import NetworkOptions, PairNetworkOptions, Schedule


def train_two_body(problem: Problem, options: PairNetworkOptions) -> _core.TwoBody:
    """Two-body term: for each pair of species a network (or a committee) on the invariants of two bodies.

    Returns
    -------
    _core.TwoBody
        Two species that never meet within the cutoff get no term. Energies per species are not part of it. Results repeat to the
        bit on one machine with the same number of threads.

    Raises
    ------
    RuntimeError
        Without torch.
    ArgumentError
        For frames in which no two particles are within the cutoff, and a training that diverges.
    """
    require_torch("the two-body term")
    from . import two_body as _torch_two_body

    two_body = _empty(problem, options)
    with _prepared(problem, options) as posed:
        return _torch_two_body.train(two_body, posed, options)


def train_committee(problem: Problem, options: NetworkOptions) -> list[_core.LocalEnergy]:
    """Local energies: a committee of networks on the standardised power spectrum of each species.

    Networks see the first principal components of the power spectrum; their first layer takes them in, so that the exported
    networks read the whole spectrum.

    Returns
    -------
    list of _core.LocalEnergy
        One per species, offsets included.

    Raises
    ------
    RuntimeError, ValueError
        As in `train_two_body`.
    """
    require_torch("networks on the power spectrum")
    from . import many_body as _torch_committee

    with _prepared(problem, options) as posed:
        return _torch_committee.train(posed, options)


def train_both(
    problem: Problem, two_body: PairNetworkOptions, options: NetworkOptions
) -> tuple[_core.TwoBody, list[_core.LocalEnergy]]:
    """Both terms in one training: a member of the committee holds the networks of all pairs, then those of all species.

    Cutoff, width, bodies and widths of the two-body term are those of `two_body`, all else that of `options`.

    Returns
    -------
    two-body term, local energies
        Offsets are those of the local energies.

    Raises
    ------
    RuntimeError, ValueError
        As in `train_two_body`.
    """
    require_torch("both terms")
    from . import joint as _torch_joint

    empty = _empty(problem, two_body)
    with _prepared(problem, options) as posed:
        return _torch_joint.train(empty, posed, two_body.widths, options)


def _empty(problem: Problem, options: PairNetworkOptions) -> _core.TwoBody:
    bodies = options.bodies or {}
    return empty_two_body(problem.data.frames, problem.species, options.cutoff, options.width, bodies)


def require_torch(purpose: str) -> None:
    """RuntimeError that names the extra when torch is not installed."""
    require_package("torch", "torch", f"training of {purpose}")


def require_device(argument: str, device: Any) -> None:
    """ArgumentError that names the argument for a device that torch does not see."""
    if device == Schedule.device:
        return
    import torch

    seen = ["cpu"]
    if torch.cuda.is_available():
        seen += ["cuda", *(f"cuda:{k}" for k in range(torch.cuda.device_count()))]
    if device not in seen:
        kind = ArgumentError if isinstance(device, str) else ArgumentTypeError
        raise kind(argument, repr(device), f"one that this torch sees: {', '.join(seen)}")


@contextmanager
def _prepared(problem: Problem, options: Schedule) -> Iterator[Problem]:
    """The problem with the execution that the options ask for; torch has its threads meanwhile."""
    import torch

    execution = options.execution(problem.execution)
    before = torch.get_num_threads()
    torch.set_num_threads(execution.threads or before)
    try:
        yield replace(problem, execution=execution)
    finally:
        torch.set_num_threads(before)
