# SPDX-License-Identifier: MIT
"""Atoms of any source, the molecules that they make, these made whole, and sums over atoms."""
