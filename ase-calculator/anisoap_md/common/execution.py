# SPDX-License-Identifier: MIT
"""How computations run: threads, device, precision and progress bars."""

from dataclasses import dataclass

from .checks import flag, float_dtype, thread_count, word


@dataclass(frozen=True)
class Execution:
    """How something is computed, never what.

    Attributes
    ----------
    threads : int, optional
        Of the core and of torch; None leaves each its own default.
    device : str
        Of rows of linear systems, derivatives and predictions: 'cpu', or one that ``frames.devices`` has checked.
    precision : {'float64', 'float32'}
        Of torch where networks are trained; everything else is float64.
    torch_device : str
        Of torch where networks are trained: an option of each term.
    progress : bool
        Whether bars are shown.
    checkpoint : str, optional
        File of the state of a training of networks, which an interrupted one goes on from.
    """

    threads: int | None = None
    device: str = "cpu"
    precision: str = "float64"
    torch_device: str = "cpu"
    progress: bool = False
    checkpoint: str | None = None

    def __post_init__(self) -> None:
        thread_count(self.threads)
        word("device", self.device)
        object.__setattr__(self, "precision", float_dtype(self.precision).name)
        object.__setattr__(self, "progress", flag("progress", self.progress))

    @property
    def num_threads(self) -> int:
        """As the core takes it: 0 for its default."""
        return self.threads or 0
