# SPDX-License-Identifier: MIT
"""Options as fields of dataclasses: a default, a text for --help and documents, a check, and a flag of the command line."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, asdict, dataclass, field, fields
from math import inf
from typing import Any, TypeVar

from .. import _core
from ..common.checks import flag, integer, real, require_options, word
from ..common.errors import ArgumentError, ArgumentTypeError
from ..data.species_pairs import require_lengths

Check = Callable[[str, Any], Any]  # of a name and a value; gives the value that is kept
_Own = TypeVar("_Own", bound="Options")


def option(
    default: Any = MISSING,
    *,
    text: str,
    check: Check | None = None,
    flag: str | None = None,
    metavar: str | None = None,
) -> Any:
    """A field; one without a default must be given. `flag` and `metavar` are those of the command line."""
    about = {"text": text, "check": check, "flag": flag, "metavar": metavar}
    return field(default=default, metadata=about)


class Options:
    """Base of dataclasses that are frozen and whose fields are made by `option`."""

    def __post_init__(self) -> None:
        for f in fields(self):  # type: ignore[arg-type]
            check = f.metadata["check"]
            if check is not None:
                object.__setattr__(self, f.name, check(f.name, getattr(self, f.name)))

    @classmethod
    def of(cls: type[_Own], given: Mapping[str, Any]) -> _Own:
        """Of those entries that are fields."""
        return cls(**{name: given[name] for name in names(cls) if name in given})

    @classmethod
    def read(
        cls: type[_Own],
        argument: str,
        given: Any,
        hints: Mapping[str, str] | None = None,
        where: str | None = None,
    ) -> _Own:
        """Options of a mapping, or options as they are.

        Raises
        ------
        ArgumentError
            For unknown and missing names and for values out of range; `hints` say where some unknown names belong, and
            `where` which options of the argument these are.
        """
        if isinstance(given, cls):
            return given
        if not isinstance(given, Mapping):
            raise ArgumentTypeError(argument, repr(given), f"a mapping, or {cls.__name__}")
        require_options(where or argument, given, names(cls), hints)
        for f in fields(cls):  # type: ignore[arg-type]
            if f.default is MISSING and f.name not in given:
                raise ArgumentError(
                    argument, f"options without '{f.name}'", f"also {f.name}: {f.metadata['text']}"
                )
        made = cls(**given)
        object.__setattr__(made, "_given", dict(given))
        return made

    @property
    def given(self) -> dict[str, Any]:
        """Those of the mapping that was read; else all."""
        read: dict[str, Any] | None = getattr(self, "_given", None)
        return asdict(self) if read is None else dict(read)  # type: ignore[call-overload]


def names(options: type[Options]) -> list[str]:
    return [f.name for f in fields(options)]  # type: ignore[arg-type]


def one_of(allowed: Sequence[str]) -> Check:
    def check(name: str, value: Any) -> str:
        if word(name, value) not in allowed:
            hint = _core.suggestion(value, list(allowed))
            raise ArgumentError(name, f"'{value}'", f"one of {', '.join(allowed)}", hint)
        return value

    return check


def at_least(least: int) -> Check:
    def check(name: str, value: Any) -> int:
        number = integer(name, value)
        if number < least:
            raise ArgumentError(name, value, f"an integer >= {least}")
        return number

    return check


def positive(name: str, value: Any) -> float:
    number = real(name, value)
    if not 0 < number < inf:
        raise ArgumentError(name, value, "a finite number > 0")
    return number


def fraction(name: str, value: Any) -> float:
    number = real(name, value)
    if not 0 <= number < 1:
        raise ArgumentError(name, value, "a number >= 0 and < 1")
    return number


def mapping(name: str, value: Any) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise ArgumentTypeError(name, repr(value), "a mapping")
    return value


def named(argument: str, check: Check) -> Check:
    """The check under the name that the caller knows the value by."""
    return lambda _, value: check(argument, value)


def optional(check: Check) -> Check:
    """None, or what `check` takes."""
    return lambda name, value: None if value is None else check(name, value)


def usual_width(cutoff: float) -> float:
    """Width of the taper of pairs where none is given."""
    return 0.25 * cutoff


@dataclass(frozen=True, kw_only=True)
class PairOptions(Options):
    """What every two-body term has."""

    cutoff: float = option(text="cutoff of the pairs, a length")
    width: float = option(None, text="width of the taper inside the cutoff; None: a quarter of the cutoff")
    bodies: Mapping[str, str] | None = option(
        None, text="species -> sphere, x, y, z (axis of revolution) or biaxial; None: read off the diameters"
    )
    joint: bool | None = option(
        None,
        text="both terms at once; None: a polynomial beside a many-body term that is linear or none",
        check=optional(named("two_body['joint']", flag)),
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.width is None:
            object.__setattr__(self, "width", usual_width(real("cutoff", self.cutoff)))
        require_lengths(self.cutoff, self.width)
