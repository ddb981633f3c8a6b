# SPDX-License-Identifier: MIT
"""Blocks of lammps-plugin/README.md."""

from printed import ROOT, blocks

PAGE = ROOT / "lammps-plugin" / "README.md"


def block(words: str) -> str:
    """Text of the one block that holds these words."""
    (found,) = (b.text for b in blocks(PAGE) if words in b.text)
    return found
