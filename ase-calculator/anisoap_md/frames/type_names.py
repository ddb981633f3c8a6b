# SPDX-License-Identifier: MIT
"""Names of types that the caller explains to a reader: {"GB": "C"}, or {"1": "C"} for numbers of types."""

from collections.abc import Mapping

from ..common.errors import ArgumentTypeError
from .species import to_number

TypeNames = Mapping[str, str | int]


def checked(type_names: TypeNames | None) -> dict[str, int]:
    """Atomic numbers by name."""
    if type_names is None:
        return {}
    if not isinstance(type_names, Mapping):
        raise ArgumentTypeError("type_names", repr(type_names), "a mapping of names to species")
    return {str(name): to_number(species) for name, species in type_names.items()}
