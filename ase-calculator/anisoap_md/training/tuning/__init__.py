# SPDX-License-Identifier: MIT
"""``tune``: hyperparameters by cross-validation."""
