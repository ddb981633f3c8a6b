# SPDX-License-Identifier: MIT
"""Frames, models and values of LAMMPS, and processes that run it."""
