# SPDX-License-Identifier: MIT
"""Of the largest entry of a case, how far /kk styles may be from the plain ones.

ANISOAP_KOKKOS_TOLERANCE is 1e-10 unless given; for a LAMMPS built with KOKKOS_PREC single or mixed it is 1e-4.
"""

import os

TOLERANCE = float(os.environ.get("ANISOAP_KOKKOS_TOLERANCE", "1e-10"))
