# SPDX-License-Identifier: MIT
"""Files of other programs than LAMMPS and ASE."""
