# SPDX-License-Identifier: MIT
"""Arguments of a fit that say what is trained, and how."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from inspect import signature
from typing import Any

import numpy as np

from .. import _core
from ..common import checks as _checks
from ..data.species_pairs import require_lengths
from .linear import kernel as _kernel
from .linear.options import LinearOptions
from .linear.pair_polynomial import Polynomial

KINDS = ("linear", "kernel", "networks", "none")
_WITH_COMMITTEE = ("cutoff", "width", "bodies", "widths", "joint")  # options of pairs trained with it


@dataclass
class Options(LinearOptions):
    """Arguments of both terms; ValueError for those that no fit takes. Options of a polynomial become a Polynomial."""

    networks: Mapping[str, Any] | None = None
    two_body: _core.TwoBody | Polynomial | Mapping[str, Any] | None = None

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
        self._read_two_body()
        if self.learning_curve:
            self._require_linear()

    @property
    def polynomial(self) -> Polynomial | None:
        """Options of the two-body polynomial, where there is one."""
        return self.two_body if isinstance(self.two_body, Polynomial) else None

    @property
    def pair_networks(self) -> dict[str, Any] | None:
        """Options of the two-body networks, where there are any to train."""
        if not isinstance(self.two_body, Mapping):
            return None
        return {name: value for name, value in self.two_body.items() if name not in ("kind", "joint")}

    @property
    def joint(self) -> bool:
        """Whether both terms are trained at once."""
        if isinstance(self.two_body, Polynomial):
            joint = self.two_body.joint
            return self.kind == "none" or (self.kind == "linear" and (joint is None or bool(joint)))
        return isinstance(self.two_body, Mapping) and bool(self.two_body.get("joint"))

    @property
    def is_one_system(self) -> bool:
        """Whether all that is trained is the solution of one linear system."""
        is_known = self.two_body is None or isinstance(self.two_body, _core.TwoBody)
        return self.kind != "networks" and (is_known or self.joint)

    def require_runnable(self) -> None:
        """ValueError or RuntimeError for what a fit finds out later: ranges of nested options, packages that are missing."""
        pairs = (
            self.two_body
            if isinstance(self.two_body, Mapping)
            else vars(self.polynomial)
            if self.polynomial
            else {}
        )
        if pairs:
            require_lengths(pairs["cutoff"], pairs.get("width", 1.0))
        if self.kind == "networks" or self.pair_networks is not None:
            from .networks.options import Schedule
            from .networks.train import require_torch

            for given in (self.networks or {}, self.pair_networks or {}):
                Schedule(
                    **{name: value for name, value in given.items() if name in signature(Schedule).parameters}
                )
            require_torch("networks")
        if self.kind == "kernel":
            _kernel.require_skmatter()

    def _require_networks(self, given: Mapping[str, Any]) -> None:
        from .networks.train import train_committee

        if self.kind != "networks":
            raise ValueError(
                _checks.message("networks", f"options for kind '{self.kind}'", "kind='networks'")
            )
        _checks.require_options("networks", given, _options_of(train_committee))

    def _read_two_body(self) -> None:
        given = self.two_body
        if given is None:
            if self.kind == "none":
                text = "a many-body kind, or two_body={...}"
                raise ValueError(_checks.message("kind", "'none' and no two_body", text))
        elif isinstance(given, Mapping):
            kind = given.get("kind")
            if kind is None:
                text = "also 'kind': 'polynomial', the one to begin with, or 'networks'"
                raise ValueError(_checks.message("two_body", "options without 'kind'", text))
            one_of("two_body['kind']", kind, ("networks", "polynomial"))
            if kind == "polynomial":
                self.two_body = self._read_polynomial(given)
            else:
                self._require_pair_networks(given)
        elif not isinstance(given, (_core.TwoBody, Polynomial)):
            raise TypeError(_checks.message("two_body", repr(given), "options, or a trained term"))

    def _read_polynomial(self, given: Mapping[str, Any]) -> Polynomial:
        _require_pair_options("polynomial", given)
        read = Polynomial(**{name: value for name, value in given.items() if name != "kind"})
        joint = given.get("joint")
        if joint and self.kind not in ("linear", "none"):
            self._refuse_joint(True, "kind 'linear' or 'none'")
        if joint is not None and not joint and self.kind == "none":
            self._refuse_joint(False, "True, or a many-body kind")
        return read

    def _refuse_joint(self, joint: bool, expected: str) -> None:
        raise ValueError(_checks.message("two_body['joint']", f"{joint} beside kind '{self.kind}'", expected))

    def _require_pair_networks(self, given: Mapping[str, Any]) -> None:
        joint = given.get("joint")
        if joint is not None and _checks.flag("two_body['joint']", joint):
            if self.kind != "networks":
                self._refuse_joint(True, "kind 'networks'")
            where = "two_body with 'joint' (steps and the like are in networks)"
            _checks.require_options(where, [name for name in given if name != "kind"], _WITH_COMMITTEE)
        _require_pair_options("networks", given)

    def _require_linear(self) -> None:
        """ValueError where no term has a learning curve."""
        if self.kind == "networks" or (self.kind == "none" and self.polynomial is None):
            text = "kind 'linear' or 'kernel', or 'none' with a two-body polynomial"
            raise ValueError(_checks.message("learning_curve", f"True with kind '{self.kind}'", text))


def one_of(argument: str, value: object, allowed: Sequence[str]) -> None:
    if _checks.word(argument, value) not in allowed:
        hint = _core.did_you_mean(str(value), allowed)
        raise ValueError(_checks.message(argument, f"'{value}'", f"one of {', '.join(allowed)}{hint}"))


def _require_pair_options(kind: str, given: Mapping[str, Any]) -> None:
    """ValueError for an option that two-body terms of this kind do not have, and without a cutoff."""
    other = "networks" if kind == "polynomial" else "polynomial"
    hints = dict.fromkeys(_pair_options(other), f"; kind '{other}' has it")
    names = [name for name in given if name != "kind"]
    _checks.require_options(f"two_body of kind '{kind}'", names, _pair_options(kind), hints)
    if "cutoff" not in given:
        text = "{'cutoff': length, ...}"
        raise ValueError(_checks.message("two_body", "options without 'cutoff'", text))


def _pair_options(kind: str) -> set[str]:
    if kind == "polynomial":
        return {f.name for f in fields(Polynomial)}
    from .networks.train import train_two_body

    return {*_options_of(train_two_body), "joint"}


def _options_of(train: Callable[..., Any]) -> set[str]:
    """Options that `train` or `Schedule` has."""
    from .networks.options import Schedule

    own = [p.name for p in signature(train).parameters.values() if p.kind is p.KEYWORD_ONLY]
    return {*own, *signature(Schedule).parameters} - {"seed", "show_progress"}
