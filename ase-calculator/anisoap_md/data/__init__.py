# SPDX-License-Identifier: MIT
"""Frames with labels, their weights and scales; ``Prior``."""
