# SPDX-License-Identifier: MIT
"""Files of LAMMPS: dumps, data files and their boxes."""
