# SPDX-License-Identifier: MIT
"""Training of networks on energies, forces, torques and virials: loss, schedule, best weights so far.

Frames come in as samples (a few frames each). Energies per species that no network should carry (offsets) are solved for by least
squares, not trained.
"""

import json
import math
from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import asdict
from typing import Any, NamedTuple

import numpy as np
import torch

from ...common.errors import ArgumentError
from ...common.interrupts import waiting
from ...common.progress import LOGGER, progress
from ...data.dataset import Dataset, species_counts, species_energies
from ..problem import Problem
from .network import Constant, SiluNetwork
from .options import Schedule
from .samples import Sample, Samples, groups_of
from .state.checkpoint import Phase, fingerprint
from .tensors import Place, on_host

_CHECKS = 25  # times that the held-out frames are looked at
_WARM_UP = 0.02  # part of the steps over which the learning rate rises
_FIRST_SIZE = 0.3  # size of the first predictions, of the labels' spread
_REFRESH = 25  # steps after which the offsets are solved for again
_SOLVED_BATCHES = 50  # batches that constants are solved for on
_SLOPES = ("forces", "torques")
_MEMORY = 3 * 2**30  # bytes of samples that are kept

Member = Sequence[SiluNetwork]
Alone = Callable[[Member], torch.Tensor]


class Networks(NamedTuple):
    """Networks of one term of the energy: one for each entry of `n_inputs`, with hidden layers `widths`."""

    n_inputs: Sequence[int]
    widths: Sequence[int]


class Offsets:
    """Energies per species: least squares of what the networks left of the training energies when they were seen last.

    `fixed` ones are never solved for. Where `alone` gives the energies [species] that networks give isolated particles, these are
    taken off.
    """

    def __init__(
        self,
        data: Dataset,
        species: Sequence[int],
        frames: Sequence[int],
        fixed: np.ndarray | None,
        alone: "Alone | None" = None,
    ) -> None:
        self._alone = alone
        self._counts = species_counts(data.frames, species)
        self._frames = list(frames)
        self._weights = np.array([data.weight_of(k) for k in frames])
        self.wanted = "energy" in data.targets and fixed is None
        self._left = np.array([x.energy for x in data.labels]) if self.wanted else np.zeros(len(data))
        self.values = np.zeros(len(species)) if fixed is None else fixed
        self.solve()

    def solve(self) -> None:
        if self.wanted:
            self.values = species_energies(
                self._counts[self._frames], self._left[self._frames], self._weights
            )

    def state(self) -> dict[str, Any]:
        return {"left": torch.from_numpy(self._left.copy()), "values": torch.from_numpy(self.values.copy())}

    def restore(self, state: dict[str, Any]) -> None:
        self._left, self.values = state["left"].numpy().copy(), state["values"].numpy().copy()

    def see(self, sample: Sample, energy: torch.Tensor) -> None:
        """Energies [k] of the networks."""
        if self.wanted:
            self._left[sample.frames] = on_host(sample.labels["energy"] - energy)

    def of(self, sample: Sample, member: "Member") -> torch.Tensor:
        """Energies [k] of the frames without networks."""
        labels, counts = sample.labels["energy"], self._counts[sample.frames]
        energies = labels.new_tensor(counts @ self.values)
        if self._alone is None:
            return energies
        return energies - labels.new_tensor(counts) @ self._alone(member)

    def final(self, member: "Member") -> np.ndarray:
        """[species]."""
        if self._alone is None:
            return self.values
        return self.values - on_host(self._alone(member))


class Best:
    """The parameters of the smallest error so far."""

    def __init__(self, parameters: Sequence[torch.Tensor]) -> None:
        self.error = math.inf
        self._parameters = parameters
        self.values: list[torch.Tensor] = []

    def offer(self, error: float) -> None:
        if error < self.error:
            self.error = error
            self.values = _copies(self._parameters)

    def restore(self) -> None:
        with torch.no_grad():
            for parameter, value in zip(self._parameters, self.values, strict=False):
                parameter.copy_(value)


class Run:
    """The state of the training of one member between two steps."""

    def __init__(self, member: Member, seed: int, schedule: Schedule, offsets: Offsets) -> None:
        self.member, self.offsets = member, offsets
        self.parameters = [p for net in member for p in net.parameters]
        decay = schedule.weight_decay
        self.optimizer = torch.optim.AdamW(self.parameters, betas=(0.9, 0.99), weight_decay=decay)
        self.generator, self.best = np.random.default_rng(seed), Best(self.parameters)
        self.queue: list[int] = []  # samples that are still to come in this pass
        self.step, self.mean = 0, 0.0

    def state(self) -> dict[str, Any]:
        """Copies, as ``torch.save`` takes them."""
        return {
            **_state_of(self.member),
            "optimizer": deepcopy(self.optimizer.state_dict()),
            "generator": json.dumps(self.generator.bit_generator.state),
            "offsets": self.offsets.state(),
            "best": {"error": self.best.error, "values": _copies(self.best.values)},
            "queue": list(self.queue),
            "step": self.step,
            "mean": self.mean,
        }

    def restore(self, state: dict[str, Any]) -> None:
        _restore(self.member, state)
        self.optimizer.load_state_dict(state["optimizer"])
        self.generator.bit_generator.state = json.loads(state["generator"])
        self.offsets.restore(state["offsets"])
        self.best.error, self.best.values = state["best"]["error"], state["best"]["values"]
        self.queue, self.step, self.mean = list(state["queue"]), state["step"], state["mean"]


def _copies(tensors: Sequence[torch.Tensor]) -> list[torch.Tensor]:
    return [t.detach().clone() for t in tensors]


def _state_of(member: Member) -> dict[str, Any]:
    return {
        "parameters": _copies([p for net in member for p in net.parameters]),
        "units": [net.unit for net in member],
    }


def _restore(member: Member, state: dict[str, Any]) -> None:
    with torch.no_grad():
        for parameter, value in zip(
            (p for net in member for p in net.parameters), state["parameters"], strict=True
        ):
            parameter.copy_(value)
    for net, unit in zip(member, state["units"], strict=True):
        net.unit = unit


class Trainer:
    """Trains the members of a committee, one behind another, on the same samples."""

    def __init__(
        self,
        problem: Problem,
        make: Callable[[Sequence[int]], Sample],
        schedule: Schedule,
        alone: Alone | None = None,
    ) -> None:
        """alone: energies [species] that a member gives isolated particles, where those of the problem are fixed."""
        data, show = problem.data, problem.execution.progress
        self._weights = {t: w for t, w in problem.weights.items() if w > 0}
        self._has_slopes = any(t in self._weights for t in _SLOPES)
        self._scales, self._schedule = asdict(problem.scales), schedule
        self._seed, self._execution = problem.seed, problem.execution
        order = np.random.default_rng(problem.seed).permutation(len(data)).tolist()
        n_held = min(round(schedule.validation * len(data)), len(data) - 1)
        sizes = [len(atoms) for atoms in data.frames]

        def samples(part: list[int]) -> Samples:
            groups = groups_of(sizes, part, schedule.batch_particles)
            return Samples(groups, make, _MEMORY * len(part) / len(data), show)

        self._held, self._samples = samples(order[:n_held]), samples(order[n_held:])
        self._fingerprint = lambda *others: fingerprint(problem, asdict(schedule), *others)
        self._isolated = None if problem.isolated is None else np.array(problem.isolated)
        self._new_offsets = lambda fixed: Offsets(data, problem.species, order[n_held:], fixed, alone)

    def train_all(
        self, networks: Sequence[Networks], what: str, shared_offsets: bool
    ) -> tuple[list[Member], np.ndarray]:
        """The committee, whose members hold the networks of one term behind those of another, and their
        offsets [members, species].

        shared_offsets: all members have those of the first one, where a model keeps one offset for all. With offsets of their own
        their local energies would differ by constants, which are no error of the total energy and yet would count as uncertainty.
        """
        schedule = self._schedule
        members: list[Member] = []
        offsets: list[np.ndarray] = []
        widths = [[n, *of_term.widths, 1] for of_term in networks for n in of_term.n_inputs]
        path = self._execution.checkpoint
        phase = Phase(path, what, "" if path is None else self._fingerprint(widths))
        for k in range(schedule.n_networks):
            seeds = np.random.SeedSequence([self._seed, k]).generate_state(len(widths) + 1).tolist()
            place = Place.of(self._execution)
            member = [SiluNetwork(w, s, *place) for w, s in zip(widths, seeds[1:], strict=True)]
            self._set_units(member, networks)
            fixed = self._isolated
            if fixed is None and shared_offsets and offsets and "energy" in self._weights:
                fixed = offsets[0]
            members.append(member)
            if k < len(phase.finished):
                _restore(member, phase.finished[k])
                offsets.append(phase.finished[k]["offsets"].numpy().copy())
                continue
            run = Run(member, seeds[0], schedule, self._new_offsets(fixed))
            offsets.append(self._train(run, f"{what} {k + 1} of {schedule.n_networks}", fixed is None, phase))
            phase.finish({**_state_of(member), "offsets": torch.from_numpy(offsets[-1].copy())})
        return members, np.array(offsets)

    def _train(self, run: Run, what: str, solves_constants: bool, phase: Phase) -> np.ndarray:
        """Trains the networks in place, from where the phase has been; offsets per species."""
        steps, show, keeps = (
            self._schedule.steps,
            self._execution.progress,
            self._execution.checkpoint is not None,
        )
        if phase.running is not None:
            run.restore(phase.running)
        with progress(range(steps), what, "steps", show, done=run.step) as bar, waiting(keeps) as signals:
            while run.step < steps:
                checks = _is_check(run.step, steps)
                self._take_step(run, solves_constants, checks)
                if checks:
                    LOGGER.info(
                        "%s: step %d, %s", what, run.step, _text(training=run.mean, held_out=run.best.error)
                    )
                if keeps and (checks or signals.number is not None):
                    phase.keep(run.state())
                signals.answer()
                bar.update()
                if show and run.step % 20 == 1:
                    bar.set_postfix(_errors(training=run.mean, held_out=run.best.error))
        run.best.restore()
        if solves_constants:
            self._solve_constants(run.member)
        return self._final_offsets(run.member, run.offsets)

    def _take_step(self, run: Run, solves_constants: bool, checks: bool) -> None:
        """One step of the optimizer, and what is due after it."""
        schedule, step = self._schedule, run.step
        run.queue = run.queue or run.generator.permutation(len(self._samples)).tolist()
        run.optimizer.param_groups[0]["lr"] = _learning_rate(schedule, step)
        run.optimizer.zero_grad()
        loss = self._loss(self._samples[run.queue.pop()], run.member, run.offsets, step / schedule.steps)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(run.parameters, schedule.largest_gradient)
        run.optimizer.step()
        if step == schedule.steps // 2 and solves_constants:
            self._solve_constants(run.member)
        if (step + 1) % _REFRESH == 0:
            run.offsets.solve()
        if len(self._held) and checks:
            run.best.offer(self._held_error(run.member, run.offsets))
        run.mean += (_finite(loss, step) - run.mean) * max(0.02, 1 / (step + 1))
        run.step += 1

    def _solve_constants(self, member: Member) -> None:
        """Constant of each network by least squares on the forces, where a taper makes it count: few steps find it, since
        offsets hide it from the energies."""
        if "forces" not in self._weights:
            return
        products, right = np.zeros((len(member), len(member))), np.zeros(len(member))
        for k in range(min(len(self._samples), _SOLVED_BATCHES)):
            sample = self._samples[k]
            with torch.no_grad():
                left = sample.labels["forces"] - sample.predict(member)["forces"]
                left = sample.weighted("forces", left).ravel()
                ones = [[Constant(float(s == t)) for s in range(len(member))] for t in range(len(member))]
                columns = np.stack(
                    [
                        on_host(sample.weighted("forces", sample.predict(one)["forces"]).ravel())
                        for one in ones
                    ],
                    axis=1,
                )
            products += columns.T @ columns
            right += columns.T @ on_host(left)
        for net, value in zip(member, np.linalg.lstsq(products, right, rcond=1e-10)[0], strict=True):
            net.add_constant(float(value))

    def _held_error(self, member: Member, offsets: Offsets) -> float:
        with torch.no_grad():
            losses = [float(self._loss(self._held[k], member, offsets)) for k in range(len(self._held))]
        return float(np.mean(losses))

    def _final_offsets(self, member: Member, offsets: Offsets) -> np.ndarray:
        with torch.no_grad():
            for k in range(len(self._samples) if offsets.wanted else 0):
                sample = self._samples[k]
                offsets.see(sample, sample.predict(member)["energy"])
        offsets.solve()
        return offsets.final(member)

    def _loss(
        self, sample: Sample, member: Member, offsets: Offsets, part: float | None = None
    ) -> torch.Tensor:
        """Mean square of all errors, in units of the labels' spread and times their weights; `part` of the steps is done."""
        predicted = sample.predict(member)
        extensive = 1.0 if part is None or not self._has_slopes else _ramp(part)
        squares, count = [], 0.0
        for target, weight in self._weights.items():
            difference = predicted[target] - sample.labels[target]
            if target == "energy":
                if part is not None:
                    offsets.see(sample, predicted[target])
                difference = (difference + offsets.of(sample, member)) / sample.sizes
            elif target == "stress":
                difference = difference / sample.sizes[:, None]
            difference = sample.weighted(target, difference)
            factor = weight**2 if target in _SLOPES else weight**2 * extensive
            squares.append(factor * (difference / self._scales[target]).pow(2).sum())
            count += weight**2 * difference.numel()
        return torch.stack(squares).sum() / count

    def _set_units(self, member: Member, networks: Sequence[Networks]) -> None:
        """Units of the networks of each term from the size of its first predictions."""
        target = next(t for t in ("forces", "torques", "stress", "energy") if t in self._weights)
        stops = np.cumsum([len(of_term.n_inputs) for of_term in networks]).tolist()
        for start, stop in zip([0, *stops], stops, strict=False):
            alone = [n if start <= k < stop else Constant(0.0) for k, n in enumerate(member)]
            with torch.no_grad():
                size = float(self._samples[0].predict(alone)[target].pow(2).mean().sqrt())
            for net in member[start:stop]:
                net.unit = _FIRST_SIZE * self._scales[target] / size if size > 0 else 1.0


def _finite(loss: torch.Tensor, step: int) -> float:
    value = loss.item()
    if not math.isfinite(value):
        raise ArgumentError(
            f"error of training step {step}", value, "a finite number; try a smaller learning_rate"
        )
    return value


def _errors(**losses: float) -> dict[str, str]:
    """Root mean square errors in percent of the labels' spread."""
    return {name: f"{100 * math.sqrt(value):.2f} %" for name, value in losses.items() if math.isfinite(value)}


def _text(**losses: float) -> str:
    return ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in _errors(**losses).items())


def _learning_rate(schedule: Schedule, step: int) -> float:
    """Rises over the first steps, then falls as half a cosine."""
    part = step / schedule.steps
    low, high = schedule.final_learning_rate, schedule.learning_rate
    rate = low + (high - low) * 0.5 * (1 + math.cos(math.pi * part))
    return rate * min(1.0, (part + 0.01 * _WARM_UP) / _WARM_UP)


def _ramp(part: float) -> float:
    """Factor of energies and virials beside forces: they hold one number per frame that every weight moves, so that they come in
    when the steps are short."""
    return max(0.0, 2 * part - 1) ** 2


def _is_check(step: int, steps: int) -> bool:
    return step + 1 == steps or (step + 1) % max(1, steps // _CHECKS) == 0
