# SPDX-License-Identifier: MIT
"""What tests of Python and LAMMPS share."""
