# SPDX-License-Identifier: MIT
"""Options of the training of networks."""

from collections.abc import Sequence
from dataclasses import dataclass

from ...common.checks import float_dtype, integer, message, real, suggests_keywords, thread_count


@dataclass
class Schedule:
    """How networks are trained. Learning rates fall as half a cosine."""

    widths: Sequence[int] = (64, 64)  # hidden layers
    n_networks: int = 1  # members of the committee
    steps: int = 4000
    learning_rate: float = 5e-3
    final_learning_rate: float = 1e-5
    weight_decay: float = 0.0
    largest_gradient: float = 0.5  # longer gradients are shortened to this
    batch_particles: int = 200  # particles of one step; at least one frame
    validation: float = 0.0  # fraction of the frames that choose the best weights
    dtype: str = "float32"
    num_threads: int | None = None

    def __post_init__(self) -> None:
        for name in ("n_networks", "steps", "batch_particles"):
            if integer(name, getattr(self, name)) < 1:
                raise ValueError(message(name, getattr(self, name), "an integer >= 1"))
        for name in ("learning_rate", "final_learning_rate", "largest_gradient"):
            if not 0 < real(name, getattr(self, name)) < float("inf"):
                raise ValueError(message(name, getattr(self, name), "a finite number > 0"))
        for name in ("weight_decay", "validation"):
            if not 0 <= real(name, getattr(self, name)) < 1:
                raise ValueError(message(name, getattr(self, name), "a number >= 0 and < 1"))
        if isinstance(self.widths, str) or not isinstance(self.widths, Sequence) or not self.widths:
            raise ValueError(
                message("widths", repr(self.widths), "a list of integers >= 1, one per hidden layer")
            )
        for width in self.widths:
            if integer("widths", width) < 1:
                raise ValueError(message("widths", width, "integers >= 1"))
        self.dtype = float_dtype(self.dtype).name
        thread_count(self.num_threads)


read_schedule = suggests_keywords(Schedule)
