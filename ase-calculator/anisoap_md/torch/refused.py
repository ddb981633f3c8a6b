# SPDX-License-Identifier: MIT
"""Derivatives that are not available are errors, never zeros."""

from collections.abc import Iterable
from typing import Any

from ..common.errors import message
from .frames import Frames


class DerivativeMissing(NotImplementedError):
    """A derivative that the core does not have."""


def refuse(needed: Iterable[bool], allowed: int = 0, second: bool = False) -> None:
    """DerivativeMissing where a derivative by one of the Frames but the first `allowed` is needed.

    Parameters
    ----------
    needed : iterable of bool
        For each field of Frames.
    second : bool
        Whether the derivatives would be second ones.
    """
    for k, (name, is_needed) in enumerate(zip(Frames._fields, needed, strict=False)):
        if is_needed and k >= allowed:
            kind = "second derivatives" if second and k < 2 else "derivatives"
            raise DerivativeMissing(
                message(f"{kind} in {name}", "a backward pass that needs them", _INSTEAD[second])
            )


_INSTEAD = {
    False: "derivatives in positions and quaternions",
    True: "frames that require no gradient; AniSOAP.forces and Potential give forces and torques that train weights",
}


def frames_needed(ctx: Any, first: int = 0) -> tuple[bool, ...]:
    """Which of the Frames, the arguments from number `first` on, need derivatives."""
    return tuple(ctx.needs_input_grad[first : first + len(Frames._fields)])
