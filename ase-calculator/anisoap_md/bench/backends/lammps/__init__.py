# SPDX-License-Identifier: MIT
"""Styles in LAMMPS: ours, and pair styles of LAMMPS itself beside them."""
