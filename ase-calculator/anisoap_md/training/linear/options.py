# SPDX-License-Identifier: MIT
"""What a linear system of a fit is made of, and how it is solved."""

from dataclasses import dataclass, field


@dataclass
class LinearOptions:
    """Arguments of `fit`; `n_points` and what follows are of kind 'kernel'."""

    kind: str
    ridge: float | str
    n_folds: int
    n_points: int
    selection: str
    exponent: int
    learning_curve: bool = field(default=False, kw_only=True)
    show: bool = field(default=False, kw_only=True)
