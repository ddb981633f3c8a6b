# SPDX-License-Identifier: MIT
"""Extrapolation grades: how far a particle's row is outside an active set of the rows of the training."""
