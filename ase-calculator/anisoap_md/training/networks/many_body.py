# SPDX-License-Identifier: MIT
"""Many-body term: E = sum over particles of a network per species on principal components of the standardised power spectrum."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from ... import _core
from ...common.progress import progress
from ...data.components import Components
from ...data.dataset import Dataset
from ...data.environments import Environments
from ..problem import Problem
from .network import Constant, SiluNetwork
from .options import NetworkOptions
from .tensors import Group, Place, Tensors, voigt
from .trainer import Alone, Member, Networks, Trainer


def components_of(problem: Problem, most: int) -> list[Components]:
    """One entry per species, from all frames."""
    environments = problem.environments
    sums: list[list[Any]] = [[0, 0.0, 0.0] for _ in environments.species]
    origins: list[np.ndarray | None] = [None] * len(sums)
    for atoms in progress(problem.data.frames, "power spectra", "frames", problem.execution.progress):
        features, species_index = environments.features(atoms), environments.species_of(atoms)
        for s, entry in enumerate(sums):
            chosen = features[species_index == s]
            if not len(chosen):
                continue
            origin = origins[s] = chosen.mean(axis=0) if origins[s] is None else origins[s]
            centred = chosen - origin
            entry[0] += len(chosen)
            entry[1] = entry[1] + centred.sum(axis=0)
            entry[2] = entry[2] + centred.T @ centred
    out = []
    for origin, (count, total, products) in zip(origins, sums, strict=True):
        found = Components.of(count, total, products, most)
        found.shift = found.shift + origin
        out.append(found)
    return out


class _Neighbours:
    """Particles of one species in a group of frames, and the pairs whose centres they are."""

    def __init__(
        self,
        found: Sequence[dict[str, np.ndarray]],
        species_index: Sequence[np.ndarray],
        s: int,
        inputs: Components,
        group: Group,
    ) -> None:
        z, jacobian, r, i, j, owner, frame = [], [], [], [], [], [], []
        count = 0
        for k, (pairs, index) in enumerate(zip(found, species_index, strict=True)):
            rows = np.flatnonzero(index == s)
            position = np.empty(len(index), dtype=np.int64)
            position[rows] = count + np.arange(len(rows))
            count += len(rows)
            mine = np.flatnonzero(index[pairs["i"]] == s)
            z.append(inputs.reduced(pairs["features"][rows]))
            jacobian.append(inputs.reduced_slopes(pairs["jacobian"][mine]))
            r.append(pairs["r"][mine])
            i.append(pairs["i"][mine].astype(np.int64) + group.starts[k])
            j.append(pairs["j"][mine].astype(np.int64) + group.starts[k])
            owner.append(position[pairs["i"][mine]])
            frame.append(np.full(len(rows), k))
        self.z = group.place.tensor(np.concatenate(z))
        self.jacobian = group.place.tensor(np.concatenate(jacobian))  # [P, 6, k]
        self.r = group.place.tensor(np.concatenate(r))
        self.i, self.j = (group.place.indices(np.concatenate(x)) for x in (i, j))
        self.owner = group.place.indices(np.concatenate(owner))  # [P] rows of z
        self.frame = group.place.indices(np.concatenate(frame))  # [rows of z]


class ManyBodySample(Group):
    """Environments of some frames; a member holds one network per species."""

    def __init__(
        self,
        data: Dataset,
        frames: Sequence[int],
        place: Place,
        environments: Environments,
        inputs: Sequence[Components],
    ) -> None:
        super().__init__(data, frames, place)
        found = [environments.jacobian(data.frames[k]) for k in frames]
        species_index = [environments.species_of(data.frames[k]) for k in frames]
        self._inputs = [_Neighbours(found, species_index, s, c, self) for s, c in enumerate(inputs)]

    def predict(self, member: Sequence[SiluNetwork | Constant]) -> Tensors:
        energy: Any = 0
        virial: Any = 0
        forces, torques = [], []
        for net, inputs in zip(member, self._inputs, strict=True):
            local, slope = net(inputs.z)
            change = torch.bmm(inputs.jacobian, slope[inputs.owner][:, :, None])[:, :, 0]
            by_shift = change[:, :3]
            energy = energy + self.frame_sums(inputs.frame, local)
            forces += [(inputs.i, by_shift, 1), (inputs.j, by_shift, -1)]
            torques.append((inputs.j, change[:, 3:], -1))
            virial = virial + self.frame_sums(inputs.frame[inputs.owner], voigt(inputs.r, by_shift))
        return {
            "energy": energy,
            "forces": self.particle_sums(forces),
            "torques": self.particle_sums(torques),
            "stress": virial,
        }


class SpectrumInputs:
    """Principal components of the power spectra of all species, the inputs of the committee."""

    def __init__(self, problem: Problem, most: int) -> None:
        self._data, self._environments = problem.data, problem.environments
        self._place = Place.of(problem.execution)
        self._components = components_of(problem, most)
        self._alone: list[torch.Tensor] = []
        if problem.isolated is not None:
            features = self._environments.isolated(problem.data.frames)
            inputs = [c.reduced(p[None]) for c, p in zip(self._components, features, strict=True)]
            self._alone = [self._place.tensor(z) for z in inputs]

    def networks(self, widths: Sequence[int]) -> Networks:
        """With these hidden layers, in each member."""
        return Networks([c.projection.shape[1] for c in self._components], widths)

    def sample(self, frames: Sequence[int]) -> ManyBodySample:
        return ManyBodySample(self._data, frames, self._place, self._environments, self._components)

    @property
    def alone(self) -> Alone | None:
        """Energies [species] that the networks of this term give isolated particles, where those are fixed."""
        return self._energies_alone if self._alone else None

    def _energies_alone(self, member: Member) -> torch.Tensor:
        own = member[-len(self._alone) :]
        return torch.cat([net(z)[0] for net, z in zip(own, self._alone, strict=True)])

    def local_energies(self, members: Sequence[Member], offsets: np.ndarray) -> list[_core.LocalEnergy]:
        """Of the networks of each member; they take in what its offsets [members, species] differ by."""
        mean = offsets.mean(axis=0)
        for member, own in zip(members, offsets - mean, strict=True):
            for net, value in zip(member, own, strict=True):
                net.add_constant(float(value))
        return [
            _local_energy(float(mean[s]), c, [member[s].exported(c.projection.T) for member in members])
            for s, c in enumerate(self._components)
        ]


def train(problem: Problem, options: NetworkOptions) -> list[_core.LocalEnergy]:
    inputs = SpectrumInputs(problem, options.components)
    trainer = Trainer(problem, inputs.sample, options, inputs.alone)
    networks = inputs.networks(options.widths)
    return inputs.local_energies(*trainer.train_all([networks], "network", shared_offsets=False))


def _local_energy(offset: float, inputs: Components, networks: list[_core.Network]) -> _core.LocalEnergy:
    local = _core.LocalEnergy()
    local.kind = "networks"
    local.offset, local.shift, local.scale = offset, inputs.shift, inputs.scale
    local.networks = networks
    return local
