# SPDX-License-Identifier: MIT
"""``fit`` and ``FitResult``."""
