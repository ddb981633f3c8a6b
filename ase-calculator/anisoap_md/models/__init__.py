# SPDX-License-Identifier: MIT
"""``Model``, ``AniSOAPCalculator``, ``PriorCalculator`` and their sums."""
