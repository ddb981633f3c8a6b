# SPDX-License-Identifier: MIT
"""What is timed: the backends of ``anisoap_md.backends``, and beside them the core, LAMMPS, the reference and isotropic SOAP."""

from .table import NAMES, Choice, choices, get, missing

__all__ = ["NAMES", "Choice", "choices", "get", "missing"]
