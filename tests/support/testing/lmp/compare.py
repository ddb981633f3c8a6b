# SPDX-License-Identifier: MIT
"""Arrays of two sources."""

import numpy as np


def assert_close(value: np.ndarray, reference: np.ndarray, tolerance: float) -> None:
    """Compares on the scale of the whole reference; NaN fails."""
    value, reference = np.asarray(value, dtype=float), np.asarray(reference, dtype=float)
    assert value.shape == reference.shape
    error = np.max(np.abs(value - reference)) / np.max(np.abs(reference))
    assert error <= tolerance, f"largest difference {error:.2e} of the largest entry, allowed {tolerance:.0e}"
