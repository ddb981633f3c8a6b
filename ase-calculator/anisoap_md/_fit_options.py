# SPDX-License-Identifier: MIT
"""Arguments of a fit that say what is trained, and how."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from inspect import signature
from typing import Any

import numpy as np

from . import _checks, _core, _kernel
from ._polynomial import Polynomial, polynomial_options

KINDS = ("linear", "kernel", "networks", "none")
_WITH_COMMITTEE = ("cutoff", "width", "bodies", "widths", "joint")  # options of pairs trained with it


@dataclass
class Options:
    """Arguments of both terms; ValueError for those that no fit takes."""

    kind: str
    ridge: float | str
    n_folds: int
    n_points: int
    selection: str
    exponent: int
    networks: Mapping[str, Any] | None = None
    two_body: _core.TwoBody | Mapping[str, Any] | None = None
    learning_curve: bool = False
    show: bool = False

    def __post_init__(self) -> None:
        one_of("kind", self.kind, KINDS)
        one_of("selection", self.selection, _kernel.SELECTIONS)
        if self.networks:
            self._require_networks(self.networks)
        if isinstance(self.ridge, str):
            one_of("ridge", self.ridge, ("evidence", "cv"))
        elif not 0 <= _checks.real("ridge", self.ridge) < np.inf:
            raise ValueError(_checks.message("ridge", self.ridge, "'evidence', 'cv' or a finite number >= 0"))
        for name, least in (("n_folds", 2), ("n_points", 1), ("exponent", 1)):
            if _checks.integer(name, getattr(self, name)) < least:
                raise ValueError(_checks.message(name, getattr(self, name), f"an integer >= {least}"))
        self._require_two_body()

    @property
    def polynomial(self) -> Polynomial | None:
        """Options of the two-body polynomial, where there is one."""
        given = self.two_body
        if not isinstance(given, Mapping) or given.get("kind", "networks") != "polynomial":
            return None
        return polynomial_options(given)

    @property
    def pair_networks(self) -> dict[str, Any] | None:
        """Options of the two-body networks, where there are any to train."""
        if self.polynomial or not isinstance(self.two_body, Mapping):
            return None
        return {name: value for name, value in self.two_body.items() if name not in ("kind", "joint")}

    @property
    def joint(self) -> bool:
        """Whether both terms are trained at once."""
        if polynomial := self.polynomial:
            return self.kind == "none" or (self.kind == "linear" and polynomial.joint)
        return isinstance(self.two_body, Mapping) and self.two_body.get("joint", False)

    @property
    def is_one_system(self) -> bool:
        """Whether all that is trained is the solution of one linear system."""
        is_known = self.two_body is None or isinstance(self.two_body, _core.TwoBody)
        return self.kind != "networks" and (is_known or self.joint)

    def _require_networks(self, given: Mapping[str, Any]) -> None:
        from ._networks import train_committee

        if self.kind != "networks":
            raise ValueError(
                _checks.message("networks", f"options for kind '{self.kind}'", "kind='networks'")
            )
        _checks.require_options("networks", given, _options_of(train_committee))

    def _require_two_body(self) -> None:
        given = self.two_body
        if given is None:
            if self.kind == "none":
                text = "a many-body kind, or two_body={...}"
                raise ValueError(_checks.message("kind", "'none' and no two_body", text))
        elif isinstance(given, Mapping):
            one_of("two_body['kind']", given.get("kind", "networks"), ("networks", "polynomial"))
            if self.polynomial is None:
                self._require_pair_networks(given)
        elif not isinstance(given, _core.TwoBody):
            raise TypeError(_checks.message("two_body", repr(given), "options, or a trained term"))

    def _require_pair_networks(self, given: Mapping[str, Any]) -> None:
        from ._networks import train_two_body

        options = [name for name in given if name != "kind"]
        if _checks.flag("two_body['joint']", given.get("joint", False)):
            if self.kind != "networks":
                raise ValueError(
                    _checks.message("two_body['joint']", f"True with kind '{self.kind}'", "kind='networks'")
                )
            where = "two_body with 'joint' (steps and the like are in networks)"
            _checks.require_options(where, options, _WITH_COMMITTEE)
        _checks.require_options("two_body", options, {*_options_of(train_two_body), "joint"})
        if "cutoff" not in given:
            text = "{'cutoff': length, ...}"
            raise ValueError(_checks.message("two_body", "options without 'cutoff'", text))


def one_of(argument: str, value: object, allowed: Sequence[str]) -> None:
    if _checks.word(argument, value) not in allowed:
        hint = _core.did_you_mean(str(value), allowed)
        raise ValueError(_checks.message(argument, f"'{value}'", f"one of {', '.join(allowed)}{hint}"))


def _options_of(train: Callable[..., Any]) -> set[str]:
    """Options that `train` or `Schedule` has."""
    from ._torch_schedule import Schedule

    own = [p.name for p in signature(train).parameters.values() if p.kind is p.KEYWORD_ONLY]
    return {*own, *signature(Schedule).parameters} - {"seed", "show_progress"}
