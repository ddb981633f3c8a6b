# SPDX-License-Identifier: MIT
"""Linear systems of a fit: their rows, passes over frames, solutions."""
