# SPDX-License-Identifier: MIT
"""All options of the fit and the descriptor with their defaults, which another version may have others of."""

import inspect
import json
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from ..common.checks import message
from ..common.errors import ArgumentError
from ..descriptors.descriptor import Descriptor
from ..training.fields import Options, names
from ..training.fitting import TEST, options_among
from .config import Config

SECTIONS = ("fit", "descriptor")
_NOT_GIVEN = object()
Resolved = dict[str, Any]  # key of the file -> value


def resolved(config: Config) -> Resolved:
    """Every key of the two sections, such as 'fit.ridge' and 'fit.two_body.width', as plain data."""
    given = config.fit
    options = options_among(given)
    terms = options.terms
    found = {"test": given.get("test", TEST), "prior": given.get("prior"), "kind": terms.kind}
    for part in (terms.solver, terms.kernel, terms.walls, options.model, options.labels, options.grades):
        found |= asdict(part)
    found["learning_curve"] = terms.learning_curve
    nested = {"two_body": terms.two_body, "networks": terms.networks if terms.kind == "networks" else None}
    for name, options_of in nested.items():
        if isinstance(options_of, Options):
            found |= {f"{name}.{key}": getattr(options_of, key) for key in names(type(options_of))}
    if isinstance(terms.two_body, Options):
        found["two_body.kind"] = given["two_body"]["kind"]
    parameters = inspect.signature(Descriptor).parameters.values()
    defaults = {p.name: p.default for p in parameters if p.default is not p.empty}
    of_sections = {"fit": found, "descriptor": {**defaults, **config.descriptor}}
    flat = {f"{section}.{name}": value for section, of in of_sections.items() for name, value in of.items()}
    plain: Resolved = json.loads(json.dumps(flat))
    return plain


def are_same(
    section: str, began: Resolved | None, now: Resolved, given: tuple[Mapping[str, Any], Mapping[str, Any]]
) -> bool:
    """Whether all keys of a section that either configuration of `given` has, of then and now, mean what a run began with.

    Defaults are compared by `require_defaults`; those of a term that a run began with and that is gone are no defaults.
    """
    if began is None:
        return False
    names = [name for name in {**began, **now} if name.startswith(f"{section}.")]
    return not any(_differs(name, began, now, given) for name in names)


def _differs(
    name: str, began: Resolved, now: Resolved, given: tuple[Mapping[str, Any], Mapping[str, Any]]
) -> bool:
    if name not in now:
        return True
    before, after = (_given(name, config) for config in given)
    if name not in began:
        return before != after
    return began[name] != now[name] and (before, after) != (_NOT_GIVEN, _NOT_GIVEN)


def require_defaults(
    began: Resolved | None, now: Resolved, given: Sequence[Mapping[str, Any]], folder: str
) -> None:
    """Defaults of this version are those that a run began with; a warning where nobody knows.

    Parameters
    ----------
    began : mapping or None
        What the run began with, None where an older version did not note it.
    given : sequence of mappings
        Configurations, of then and now; what either has is no default.

    Raises
    ------
    ArgumentError
        That names the keys with other defaults.
    """
    run = f"the run in '{folder}'"
    if began is None:
        got = f"{run}, begun with a version that did not note them"
        warnings.warn(message("defaults of options", got, "those of this version"), stacklevel=2)
        return
    differ = [name for name in _changed(began, now) if not _is_given(name, given)]
    if differ:
        text = ", ".join(f"{name} {json.dumps(now[name])}" for name in differ)
        before = ", ".join(f"{name}: {json.dumps(began[name])}" for name in differ)
        got = f"{text}, where {run} began with others"
        raise ArgumentError("defaults of options", got, f"{before} in the file, or another state folder")
    unknown = [
        f"{name} {json.dumps(now[name])}" for name in now if name not in began and not _is_given(name, given)
    ]
    if unknown:
        got = f"{', '.join(unknown)}, which the version that began {run} did not have"
        warnings.warn(
            message("defaults of options", got, "values that this run may go on with"), stacklevel=2
        )


def _changed(began: Resolved, now: Resolved) -> list[str]:
    return [name for name, value in now.items() if name in began and began[name] != value]


def _is_given(name: str, configs: Sequence[Mapping[str, Any]]) -> bool:
    return any(_given(name, config) is not _NOT_GIVEN for config in configs)


def _given(name: str, config: Any) -> Any:
    """What a configuration has for a key, 'fit.two_body.width'."""
    for part in name.split("."):
        if not isinstance(config, Mapping) or part not in config:
            return _NOT_GIVEN
        config = config[part]
    return config
