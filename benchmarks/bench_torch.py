# SPDX-License-Identifier: MIT
"""Operators of torch beside the core on one thread: rows of power spectra, and a training step on energies, forces and torques.

Both read arrays, the core those of NumPy. The step is that of two hidden layers of 32; beside it stand energies, forces and
torques of the exported model. Times are medians, in brackets the least.
"""

import argparse
import statistics
import time
from collections.abc import Callable
from typing import NamedTuple

import anisoap_md
import torch
from anisoap_md.bench.systems import liquid
from anisoap_md.torch import AniSOAP, Frames, Potential, to_model

NEIGHBORS = 53.0  # within the cutoff
CUTOFF = 7.0  # in the unit of the liquid's diameters


class Time(NamedTuple):
    """Seconds."""

    median: float
    least: float

    def over(self, other: "Time") -> str:
        return f"{self.median / other.median:.2f} ({self.least / other.least:.2f})"

    def __str__(self) -> str:
        return f"{1e3 * self.median:.2f} ({1e3 * self.least:.2f})"


def times_of(calls: list[Callable[[], object]], rounds: int) -> list[Time]:
    """Of each call; they take turns."""
    times: list[list[float]] = [[] for _ in calls]
    for call in calls:
        call()
    for _ in range(rounds):
        for call, found in zip(calls, times, strict=True):
            start = time.perf_counter()
            call()
            found.append(time.perf_counter() - start)
    return [Time(statistics.median(found), min(found)) for found in times]


def training_step(potential: Potential, batch: Frames) -> Callable[[], None]:
    """One step of AdamW towards energies, forces and torques of zero."""
    optimizer = torch.optim.AdamW(potential.parameters(), lr=1e-6)

    def step() -> None:
        optimizer.zero_grad()
        sum(values.square().mean() for values in potential(batch)).backward()
        optimizer.step()

    return step


def ratios(n: int, rounds: int) -> str:
    """A line for a frame of n particles."""
    (frame,) = liquid(1, n, 1, NEIGHBORS)
    batch = Frames.from_atoms(frame)
    x, q, diameters, numbers, counts, cells, pbc = (tensor.numpy() for tensor in batch)

    def arrays() -> anisoap_md.FrameArrays:
        return anisoap_md.FrameArrays(x, q, diameters, numbers, counts=counts, cells=cells, pbc=pbc)

    descriptor = anisoap_md.Descriptor(
        6,
        "gto",
        CUTOFF,
        radial_gaussian_width=1.5,
        cutoff_function="cosine",
        cutoff_width=1.0,
        species=["C"],
        num_threads=1,
    )
    rows = AniSOAP(descriptor, num_threads=1)
    potential = Potential(descriptor, widths=[32, 32], num_threads=1)
    potential.standardise(batch)
    model = anisoap_md.Model.from_json(to_model(potential).to_json(), num_threads=1)
    core, operator, predicted, step = times_of(
        [
            lambda: descriptor.power_spectrum(arrays(), symmetric=True),
            lambda: rows(batch),
            lambda: model.predict(arrays()),
            training_step(potential, batch),
        ],
        rounds,
    )
    columns = [f"{n:,}", core, operator, operator.over(core), predicted, step, step.over(predicted)]
    return "".join(f"{column!s:>16}" for column in columns)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--particles", type=int, nargs="+", default=[1000, 4000])
    parser.add_argument("--rounds", type=int, default=25)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    names = ("particles", "rows, ms", "operator, ms", "ratio", "model, ms", "step, ms", "ratio")
    print("".join(f"{name:>16}" for name in names))
    for n in arguments.particles:
        print(ratios(n, arguments.rounds), flush=True)


if __name__ == "__main__":
    main()
