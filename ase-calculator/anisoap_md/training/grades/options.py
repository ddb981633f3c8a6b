# SPDX-License-Identifier: MIT
"""Whether a fit gives its model extrapolation grades."""

from dataclasses import dataclass

from ...common.checks import flag
from ..fields import Options, option


@dataclass(frozen=True)
class GradeOptions(Options):
    """Extrapolation grades of models that are linear in their weights.

    Attributes
    ----------
    grade : bool
        Whether the model's document holds the inverse of an active set of the training rows of each species.
    """

    grade: bool = option(
        False,
        text="extrapolation grades, for linear many-body terms and polynomials; up to 40,000 numbers a species in MODEL",
        check=flag,
        flag="--grade",
    )
