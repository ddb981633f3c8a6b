# SPDX-License-Identifier: MIT
"""Atoms of any source, the molecules that they make, and these made whole."""
