# SPDX-License-Identifier: MIT
"""What a linear system of a fit is made of, and how it is solved."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf
from typing import Any

import numpy as np

from ... import _core
from ...common.checks import integer, real
from ...common.errors import ArgumentError
from ..fields import Check, Options, PairOptions, at_least, one_of, option, optional
from ..walls.options import WallOptions

SELECTIONS = ("fps", "cur")
_MOST_POWERS, _MOST_DEGREE, _MOST_RANK = _core.MOST_POWERS, _core.MOST_DEGREE, _core.MOST_RANK


def _ridge(name: str, value: Any) -> float | str:
    if isinstance(value, str):
        return one_of(("evidence", "cv"))(name, value)
    if not 0 <= real(name, value) < inf:
        raise ArgumentError(name, value, "'evidence', 'cv' or a finite number >= 0")
    return value


def _powers(name: str, given: Any) -> tuple[int, ...]:
    allowed = f"1 to {_MOST_POWERS} integers from 1 to {_MOST_DEGREE}, ascending"
    if isinstance(given, (str, bytes)) or not isinstance(given, (Sequence, np.ndarray)):
        raise ArgumentError(name, repr(given), allowed)
    powers = [integer(name, n) for n in given]
    ascends = all(a < b for a, b in zip([0, *powers], powers, strict=False))
    if not (ascends and 1 <= len(powers) <= _MOST_POWERS and powers[-1] <= _MOST_DEGREE):
        raise ArgumentError(name, powers, allowed)
    return tuple(powers)


def _up_to(most: int) -> Check:
    def check(name: str, value: Any) -> int:
        if not 0 <= integer(name, value) <= most:
            raise ArgumentError(name, value, f"an integer from 0 to {most}")
        return int(value)

    return check


def _powers_or_none(name: str, given: Any) -> tuple[int, ...]:
    if isinstance(given, (Sequence, np.ndarray)) and not isinstance(given, (str, bytes)) and len(given) == 0:
        return ()
    return _powers(name, given)


@dataclass(frozen=True)
class LinearOptions(Options):
    """Solution of what is linear in its weights: kinds 'linear' and 'kernel', and two-body polynomials.

    Attributes
    ----------
    ridge : {'evidence', 'cv'} or float
        Relative to the largest squared singular value: of the largest evidence, of the smallest error in cross-validation, or
        given (>= 0).
    n_folds : int
        Of cross-validation, >= 2.
    """

    ridge: float | str = option(
        "evidence",
        text="ridge of linear systems: evidence, cv, or a number >= 0",
        check=_ridge,
        flag="--ridge",
        metavar="X",
    )
    n_folds: int = option(5, text="folds of cross-validation", check=at_least(2), flag="--folds", metavar="N")


@dataclass(frozen=True)
class KernelOptions(Options):
    """Sparse Gaussian process of kind 'kernel', with the kernel (x . z)^exponent.

    Attributes
    ----------
    n_points : int
        Representatives of each species, >= 1.
    selection : {'fps', 'cur'}
        How they are selected.
    exponent : int
        >= 1.
    """

    n_points: int = option(
        500,
        text="kernel: representatives of each species",
        check=at_least(1),
        flag="--points",
        metavar="N",
    )
    selection: str = option(
        "fps",
        text=f"kernel: how they are selected, {' or '.join(SELECTIONS)}",
        check=one_of(SELECTIONS),
        flag="--selection",
        metavar="NAME",
    )
    exponent: int = option(
        2, text="kernel: (x . z)^ZETA", check=at_least(1), flag="--exponent", metavar="ZETA"
    )


class LinearPairOptions(PairOptions):
    """What two-body terms that are linear in their weights have."""


@dataclass(frozen=True, kw_only=True)
class PolynomialOptions(LinearPairOptions):
    """Options of ``two_body={'kind': 'polynomial', ...}``.

    Attributes
    ----------
    cutoff, width : float
        Of the pairs, and of the taper inside it; lengths, width <= cutoff. None: a quarter of the cutoff.
    bodies : mapping, optional
        Species -> 'sphere', its axis of revolution 'x', 'y' or 'z', or 'biaxial'; read off the diameters where not given.
    powers : sequence of int
        Of the inverse distance between contacts, ascending: 1 to 16 of them, from 1 to 64.
    degree : int, optional
        In the cosines between axes and the distance, 0 to 64. None: 12 for bodies of one axis, 4 for three different ones,
        less where a pair of species would get more than 500 weights.
    joint : bool, optional
        Whether it is solved together with the many-body term. None: where that is linear or none.
    """

    powers: Sequence[int] = option(
        (1, 2, 3, 6, 9, 12), text="powers of the inverse distance, ascending", check=_powers
    )
    degree: int | None = option(
        None,
        text="degree in the cosines between axes and the distance; None: 12 for bodies of one axis, 4 for three",
        check=optional(_up_to(_MOST_DEGREE)),
    )


@dataclass(frozen=True, kw_only=True)
class SymmetricOptions(LinearPairOptions):
    """Options of ``two_body={'kind': 'symmetric', ...}``.

    Attributes
    ----------
    cutoff, width : float
        Of the pairs, and of the taper inside it; lengths, width <= cutoff. None: a quarter of the cutoff.
    bodies : mapping, optional
        Species -> {'group': point group} or the name of the group: Cn, Cnv, Cnh, Dn, Dnh, Dnd with n or inf, S4, S6, ..., Cs, Ci,
        T, Th, Td, O, Oh, Kh. The main axis is the body's z, Cnv has a mirror in the plane of x and z, Dn, Dnh and Dnd have a
        twofold axis along x, cubic groups have axes along x, y and z. None: Kh, Dinfh or D2h, those of the ellipsoid.
    powers, distance_powers : sequence of int
        Of the inverse distance between contacts, and of the inverse distance of the centres; ascending, 1 to 64.
    low_rank_powers : sequence of int
        More powers of the inverse distance of the centres, for functions of low ranks alone: those whose ranks add up to at most
        4, or to less where these would be more than 10 functions. All three: 16 different powers at most; the default is cut
        to what the others leave of them.
    max_degree : int, optional
        Highest rank of the tensors of a body, 0 to 24. None: the largest up to 8 that makes at most 1,500 terms of a pair of
        species, beside those of `low_rank_powers`.
    max_terms : int, optional
        Terms of each pair of species that are kept, by greedy steps; None keeps all.
    joint : bool, optional
        Whether it is solved together with the many-body term. None: where that is linear or none.
    """

    bodies: Mapping[str, Any] | None = option(
        None, text="species -> point group, such as D6h or Cinfv; None: that of the ellipsoid"
    )
    powers: Sequence[int] = option(
        (3, 6, 9),
        text="powers of the inverse distance between contacts, ascending",
        check=_powers_or_none,
    )
    distance_powers: Sequence[int] = option(
        (3, 5, 7), text="powers of the inverse distance of the centres, ascending", check=_powers_or_none
    )
    low_rank_powers: Sequence[int] = option(
        (1, 2, 4, 6, 8, 9),
        text="more powers of the inverse distance of the centres, for functions of low ranks, ascending",
        check=_powers_or_none,
    )
    max_degree: int | None = option(
        None,
        text="highest rank of the tensors of a body; None: the largest up to 8 of at most 1,500 terms",
        check=optional(_up_to(_MOST_RANK)),
    )
    max_terms: int | None = option(
        200, text="terms of each pair of species that are kept; None: all", check=optional(at_least(1))
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        usual = len(self.powers) + len(self.distance_powers)
        if not 1 <= usual <= _MOST_POWERS:
            raise ArgumentError("powers and distance_powers", f"{usual} in all", f"1 to {_MOST_POWERS}")
        if self.low_rank_powers == type(self).low_rank_powers:
            object.__setattr__(self, "low_rank_powers", self._fitting(_MOST_POWERS - usual))
        n = len(self.powers) + len(self.all_distance_powers)
        if n > _MOST_POWERS:
            allowed = f"at most {_MOST_POWERS}; fewer low_rank_powers, or none: []"
            raise ArgumentError("powers, distance_powers and low_rank_powers", f"{n} different ones", allowed)

    def _fitting(self, room: int) -> tuple[int, ...]:
        new = [p for p in self.low_rank_powers if p not in self.distance_powers]
        return tuple(p for p in self.low_rank_powers if p not in new[room:])

    @property
    def all_distance_powers(self) -> list[int]:
        """Those of all functions, and those of functions of low ranks."""
        return sorted({*self.distance_powers, *self.low_rank_powers})


@dataclass(frozen=True)
class SystemOptions:
    """A many-body term of kind 'linear', 'kernel' or 'none', and how it is solved."""

    kind: str = "linear"
    solver: LinearOptions = LinearOptions()
    kernel: KernelOptions = KernelOptions()
    learning_curve: bool = False
    walls: WallOptions = WallOptions()
