# SPDX-License-Identifier: MIT
"""What is timed: the backends of ``anisoap_md.backends``, the core, operators of torch, fits, LAMMPS and the reference; as
context isotropic SOAP and pair styles of LAMMPS itself."""

from .table import NAMES, Choice, choices, get, missing

__all__ = ["NAMES", "Choice", "choices", "get", "missing"]
