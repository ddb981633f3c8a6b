# SPDX-License-Identifier: MIT
"""How the command ends: errors in its words, signals."""
