# SPDX-License-Identifier: MIT
"""Both terms in one training: members hold the networks of all pairs of species, then those of all species."""

from collections.abc import Sequence

import torch

from ... import _core
from ..problem import Problem
from .many_body import ManyBodySample, SpectrumInputs
from .network import Constant, SiluNetwork
from .options import NetworkOptions
from .tensors import Tensors
from .trainer import Trainer
from .two_body import PairInputs, TwoBodySample


class JointSample:
    """Pairs and environments of the same frames."""

    def __init__(self, pairs: TwoBodySample, environments: ManyBodySample) -> None:
        self._pairs, self._environments = pairs, environments
        self.labels, self.frames, self.sizes = pairs.labels, pairs.frames, pairs.sizes

    @property
    def n_bytes(self) -> int:
        return self._pairs.n_bytes + self._environments.n_bytes

    def weighted(self, target: str, errors: torch.Tensor) -> torch.Tensor:
        return self._pairs.weighted(target, errors)

    def predict(self, member: Sequence[SiluNetwork | Constant]) -> Tensors:
        """Sum of both terms."""
        n = self._pairs.n_networks
        of_pairs, rest = self._pairs.predict(member[:n]), self._environments.predict(member[n:])
        return {target: of_pairs[target] + rest[target] for target in rest}


def train(
    two_body: _core.TwoBody, problem: Problem, pair_widths: Sequence[int], options: NetworkOptions
) -> tuple[_core.TwoBody, list[_core.LocalEnergy]]:
    pairs = PairInputs(two_body, problem)
    spectra = SpectrumInputs(problem, options.components)

    def make(frames: Sequence[int]) -> JointSample:
        return JointSample(pairs.sample(frames), spectra.sample(frames))

    trainer = Trainer(problem, make, options, spectra.alone)
    networks = [pairs.networks(pair_widths), spectra.networks(options.widths)]
    members, offsets = trainer.train_all(networks, "network of both terms", shared_offsets=False)
    n = len(networks[0].n_inputs)
    local = spectra.local_energies([member[n:] for member in members], offsets)
    return pairs.filled([member[:n] for member in members]), local
