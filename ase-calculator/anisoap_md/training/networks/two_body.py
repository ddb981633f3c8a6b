# SPDX-License-Identifier: MIT
"""Two-body term: E = sum over pairs w f_c(r) phi(x), x the standardised invariants, one network per pair of species.

Inputs and their derivatives come from the core once; the chain rule is one small matrix product per pair.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch

from ... import _core
from ...common.progress import progress
from ...data.dataset import Dataset
from ...data.species_pairs import keep_pairs
from ...data.statistics import RunningStatistics
from ..problem import Problem
from .network import Constant, SiluNetwork
from .options import Schedule
from .tensors import Group, Place, Tensors, voigt
from .trainer import Member, Networks, Trainer

Pairs = Mapping[str, np.ndarray]  # of one pair of species in one frame, as _core.two_body_inputs gives them
_LEAST_SPREAD = 1e-9  # relative; inputs that vary less are switched off


def _standardisation(statistics: RunningStatistics) -> tuple[np.ndarray, np.ndarray]:
    """Shift and scale: x = (input - shift) * scale."""
    spread = statistics.deviation
    varies = spread > _LEAST_SPREAD * np.maximum(np.abs(statistics.mean), 1)
    return statistics.mean, np.where(varies, 1 / np.where(varies, spread, 1), 0.0)


class _PairTensors:
    """Pairs of one pair of species in a group of frames."""

    def __init__(self, parts: Sequence[Pairs], group: Group, standard: tuple[np.ndarray, np.ndarray]) -> None:
        shift, scale = standard
        joined = {name: np.concatenate([p[name] for p in parts]) for name in parts[0]}
        counts = [len(p["i"]) for p in parts]
        starts = np.repeat(group.starts[:-1], counts)
        taper, weight = joined["weight"] * joined["taper"], joined["weight"][:, None]
        self.i, self.j = (group.place.indices(joined[name] + starts) for name in ("i", "j"))
        self.frame = group.place.indices(np.repeat(np.arange(len(parts)), counts))
        self.r = group.place.tensor(joined["r"])
        self.x = group.place.tensor((joined["inputs"] - shift) * scale)
        self.taper = group.place.tensor(taper)
        self.taper_gradient = group.place.tensor(weight * joined["taper_gradient"])
        self.jacobian = group.place.tensor(
            joined["jacobian"] * (taper[:, None, None] * scale)
        )  # [P, 9, n_inputs] of f_c phi by x


class TwoBodySample(Group):
    """Pairs of some frames; a member holds one network per pair of species."""

    def __init__(
        self,
        data: Dataset,
        frames: Sequence[int],
        place: Place,
        pairs: Sequence[Sequence[Pairs]],
        standards: Sequence[tuple[np.ndarray, np.ndarray]],
    ) -> None:
        super().__init__(data, frames, place)
        self._inputs = [_PairTensors([p[t] for p in pairs], self, s) for t, s in enumerate(standards)]

    def predict(self, member: Sequence[SiluNetwork | Constant]) -> Tensors:
        energy: Any = 0
        virial: Any = 0
        forces, torques = [], []
        for net, inputs in zip(member, self._inputs, strict=True):
            phi, by_x = net(inputs.x)
            change = torch.bmm(inputs.jacobian, by_x[:, :, None])[:, :, 0]
            by_shift = change[:, :3] + phi[:, None] * inputs.taper_gradient
            energy = energy + self.frame_sums(inputs.frame, inputs.taper * phi)
            forces += [(inputs.i, by_shift, 1), (inputs.j, by_shift, -1)]
            torques += [(inputs.i, change[:, 3:6], -1), (inputs.j, change[:, 6:], -1)]
            if "stress" in self.labels:
                virial = virial + self.frame_sums(inputs.frame, voigt(inputs.r, by_shift))
        return {
            "energy": energy,
            "forces": self.particle_sums(forces),
            "torques": self.particle_sums(torques),
            "stress": virial,
        }


class PairInputs:
    """Standardised inputs of the networks of all pairs of species that meet."""

    def __init__(self, two_body: _core.TwoBody, problem: Problem) -> None:
        self._two_body, self._data, self._species = two_body, problem.data, problem.species
        self._execution = problem.execution
        statistics = [RunningStatistics(two_body.n_inputs(t)) for t in range(len(two_body.pairs))]
        for k in progress(range(len(problem.data)), "pairs", "frames", self._execution.progress):
            for m, found in zip(statistics, self._read(k), strict=True):
                m.add(found["inputs"])
        met = [t for t, m in enumerate(statistics) if m.count]
        keep_pairs(two_body, met, problem.species)
        self._standards = [_standardisation(statistics[t]) for t in met]

    def _read(self, k: int) -> Sequence[Pairs]:
        threads = self._execution.num_threads
        return _core.two_body_inputs(self._two_body, self._data.frames[k], self._species, threads, k)

    def networks(self, widths: Sequence[int]) -> Networks:
        """With these hidden layers, in each member."""
        return Networks([len(shift) for shift, _ in self._standards], widths)

    def sample(self, frames: Sequence[int]) -> TwoBodySample:
        pairs = [self._read(k) for k in frames]
        return TwoBodySample(self._data, frames, Place.of(self._execution), pairs, self._standards)

    def filled(self, members: Sequence[Member]) -> _core.TwoBody:
        """The term with the networks of each member."""
        pairs = self._two_body.pairs
        for t, (pair, (shift, scale)) in enumerate(zip(pairs, self._standards, strict=True)):
            pair.shift, pair.scale = shift, scale
            pair.networks = [member[t].exported() for member in members]
        self._two_body.pairs = pairs
        return self._two_body


def train(two_body: _core.TwoBody, problem: Problem, schedule: Schedule) -> _core.TwoBody:
    """The term with networks for all pairs of species that meet."""
    inputs = PairInputs(two_body, problem)
    trainer = Trainer(problem, inputs.sample, schedule)
    members, _ = trainer.train_all(
        [inputs.networks(schedule.widths)], "two-body network", shared_offsets=True
    )
    return inputs.filled(members)
