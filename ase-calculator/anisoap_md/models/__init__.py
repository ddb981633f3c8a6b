# SPDX-License-Identifier: MIT
"""``Model`` and ``AniSOAPCalculator``."""
