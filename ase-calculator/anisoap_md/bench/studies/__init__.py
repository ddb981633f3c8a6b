# SPDX-License-Identifier: MIT
"""Studies: what they measure, presets and YAML files of them, what the command line changes."""

from .changes import changed
from .files import PRESETS, load, preset
from .study import OF_LIQUIDS, SWEEPS, Hypers, Study, Sweep

__all__ = ["OF_LIQUIDS", "PRESETS", "SWEEPS", "Hypers", "Study", "Sweep", "changed", "load", "preset"]
