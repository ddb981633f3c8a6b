# SPDX-License-Identifier: MIT
"""What JSON can hold."""

from typing import Any

import numpy as np


def finite(values: dict[str, Any]) -> dict[str, Any]:
    """Numbers that are not finite become None, since JSON has none."""
    return {k: None if isinstance(v, float) and not np.isfinite(v) else v for k, v in values.items()}
