# SPDX-License-Identifier: MIT
"""LAMMPS: where the plugin is. This folder also holds the plugin."""
