# SPDX-License-Identifier: MIT
"""Two-body terms that are linear in their weights: columns of a fit."""
