# SPDX-License-Identifier: MIT
"""Frames of a study: made from seeds, or read from a file."""

from .crystals import benzene_crystals, benzene_ellipsoids
from .liquids import liquid
from .table import NAMES, System, checksum, make

__all__ = ["NAMES", "System", "benzene_crystals", "benzene_ellipsoids", "checksum", "liquid", "make"]
