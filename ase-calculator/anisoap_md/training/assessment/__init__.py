# SPDX-License-Identifier: MIT
"""Finished models: errors on frames with labels, group by group, and how two models differ."""
