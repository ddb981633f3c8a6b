# SPDX-License-Identifier: MIT
"""Frames by what their comment lines say of them, such as GAP's config_type."""

from collections.abc import Sequence

from ase import Atoms

from ... import _core
from ...common.checks import word
from ...common.errors import ArgumentError

ALL = "all"


def groups_of(frames: Sequence[Atoms], key: str | None) -> dict[str, list[int]]:
    """Group -> indices of its frames; the group of all comes last, alone without a key.

    Raises
    ------
    ArgumentError
        For a key that no frame has.
    """
    found: dict[str, list[int]] = {}
    if key is not None:
        _require_key(frames, word("group_by", key))
        for k, atoms in enumerate(frames):
            found.setdefault(str(atoms.info.get(key, f"no {key}")), []).append(k)
    return found | {ALL: list(range(len(frames)))}


def _require_key(frames: Sequence[Atoms], key: str) -> None:
    known = sorted({str(name) for atoms in frames for name in atoms.info})
    if key not in known:
        expected = f"one of {', '.join(known)}" if known else "frames with keys in info"
        raise ArgumentError(
            "group_by", f"'{key}', which no frame has", expected, _core.suggestion(key, known)
        )
