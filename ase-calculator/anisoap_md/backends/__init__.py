# SPDX-License-Identifier: MIT
"""Power spectra computed in other ways than the core's, to compare it with: ``get(name)`` is one, ``NAMES`` are all.

They are short rather than fast and know open and periodic frames, gto and monomial bases; values are the core's.
"""

from .interface import NAMES, Backend, Options, Prepared, get

__all__ = ["NAMES", "Backend", "Options", "Prepared", "get"]
