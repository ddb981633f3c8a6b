# SPDX-License-Identifier: MIT
"""Blocks of lammps-plugin/README.md. Tests that import it are skipped without markdown-it, which machines with a GPU may lack."""

import pytest

pytest.importorskip("markdown_it")

from testing.printed import ROOT, blocks  # noqa: E402

PAGE = ROOT / "lammps-plugin" / "README.md"


def block(words: str) -> str:
    """Text of the one block that holds these words."""
    (found,) = (b.text for b in blocks(PAGE) if words in b.text)
    return found
