# SPDX-License-Identifier: MIT
"""Options of the training of networks."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from ...common.checks import float_dtype, integer, thread_count
from ...common.errors import ArgumentError
from ...common.execution import Execution
from ..fields import Options, PairOptions, at_least, fraction, option, positive


def _widths(name: str, value: Any) -> tuple[int, ...]:
    if isinstance(value, str) or not isinstance(value, Sequence) or not value:
        raise ArgumentError(name, repr(value), "a list of integers >= 1, one per hidden layer")
    for width in value:
        if integer(name, width) < 1:
            raise ArgumentError(name, width, "integers >= 1")
    return tuple(int(width) for width in value)


def _threads(name: str, value: Any) -> int | None:
    thread_count(value)
    return value


_WIDTHS = "neurons of each hidden layer"
_MEMBERS = "members of the committee; their spread is the uncertainty"
_VALIDATION = "fraction of the frames that choose the best weights"


@dataclass(frozen=True, kw_only=True)
class Schedule(Options):
    """How networks are trained, by AdamW. Learning rates rise over the first steps, then fall as half a cosine."""

    widths: Sequence[int] = option((64, 64), text=_WIDTHS, check=_widths)
    n_networks: int = option(1, text=_MEMBERS, check=at_least(1))
    steps: int = option(4000, text="steps of the optimizer, for each member", check=at_least(1))
    learning_rate: float = option(5e-3, text="largest learning rate", check=positive)
    final_learning_rate: float = option(1e-5, text="learning rate of the last step", check=positive)
    weight_decay: float = option(0.0, text="weight decay of AdamW", check=fraction)
    largest_gradient: float = option(0.5, text="longer gradients are shortened to this", check=positive)
    batch_particles: int = option(200, text="particles of one step; at least one frame", check=at_least(1))
    validation: float = option(0.0, text=_VALIDATION, check=fraction)
    dtype: str = option(
        "float32", text="precision of the training", check=lambda _, value: float_dtype(value).name
    )
    num_threads: int | None = option(
        None, text="threads of the training; None: torch's own choice", check=_threads
    )
    device: str = option("cpu", text="of torch, which trains: cpu, cuda or cuda:1")  # see require_device

    def execution(self, of_fit: Execution) -> Execution:
        """Of the training; results repeat to the bit with the same number of threads on a processor."""
        return replace(of_fit, threads=self.num_threads, precision=self.dtype, torch_device=self.device)


@dataclass(frozen=True, kw_only=True)
class NetworkOptions(Schedule):
    """Options of ``networks={...}`` beside kind 'networks': a committee on principal components of the power spectrum.

    Attributes
    ----------
    components : int
        Most principal components of one species; the first layer takes them in, so that networks read the whole spectrum.
    widths : sequence of int
        Neurons of each hidden layer.
    n_networks : int
        Members of the committee; their spread is the uncertainty.
    steps, batch_particles : int
        Steps of the optimizer (AdamW) for each member, and particles of one step (at least one frame).
    learning_rate, final_learning_rate : float
        They rise over the first steps, then fall as half a cosine.
    weight_decay, largest_gradient : float
        Of AdamW; longer gradients are shortened.
    validation : float
        Fraction of the training frames that choose the best weights, >= 0 and < 1.
    dtype : {'float32', 'float64'}
    num_threads : int, optional
        Of torch; None leaves its own choice.
    device : str
        Of torch, which trains: 'cpu', 'cuda' or 'cuda:1'. On a GPU results do not repeat to the bit.
    """

    components: int = option(
        64, text="most principal components of the power spectrum of one species", check=at_least(1)
    )
    widths: Sequence[int] = option((32, 32), text=_WIDTHS, check=_widths)
    n_networks: int = option(4, text=_MEMBERS, check=at_least(1))
    validation: float = option(0.1, text=_VALIDATION, check=fraction)


@dataclass(frozen=True, kw_only=True)
class PairNetworkOptions(Schedule, PairOptions):
    """Options of ``two_body={'kind': 'networks', ...}``: networks on invariants of two bodies, for each pair of species.

    Attributes
    ----------
    cutoff, width : float
        Of the pairs, and of the taper inside it; lengths, width <= cutoff. None: a quarter of the cutoff.
    bodies : mapping, optional
        Species -> 'sphere', its axis of revolution 'x', 'y' or 'z', or 'biaxial'; read off the diameters where not given.
    joint : bool, optional
        Whether both terms are trained at once, beside kind 'networks'; then all but cutoff, width, bodies and widths is that of
        `NetworkOptions`.
    widths, n_networks, ...
        As in `NetworkOptions`, with other defaults.
    """
