# SPDX-License-Identifier: MIT
"""Rows of the linear systems: what every weight of a model adds to the energy, forces, torques and virial of one frame.

A model is E = sum_i e_s(i) + sum_i w_s(i) . phi_s(i)(p_i). Columns are the offsets e_s, then the blocks of weights w_s in the
order of the species. A design gives phi and its chain rule; the sums over pairs are here, once for all designs.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import Protocol

import numpy as np
from ase import Atoms
from scipy.sparse import csc_array

from ... import _core
from ...data.dataset import Labels
from ...data.environments import Environments, SpeciesSums
from ...frames.stress import symmetric_voigt
from ..problem import Problem
from .pairs.design import PairDesign

_BLOCK_BYTES = 64 * 2**20  # derivatives of phi that are held at once
_NO_OWNER = np.empty(0, dtype=np.intp)  # of sums over pairs, for designs of constant slope


class Design(Protocol):
    """phi of the particles of one species."""

    @property
    def n_columns(self) -> int: ...

    @property
    def has_constant_slope(self) -> bool:
        """Whether the derivatives are the same for all features, a column for each: those of many centres may be added first."""

    def values(self, features: np.ndarray) -> np.ndarray:
        """phi [k, n_columns] of power spectra [k, F]."""

    def derivatives(self, features: np.ndarray, owner: np.ndarray, jacobian: np.ndarray) -> np.ndarray:
        """d phi [P, 6, n_columns] of d p [P, 6, F]; owner [P] are rows of `features` [k, F], equal ones side by side."""

    def whitening(self) -> np.ndarray:
        """T [n_columns, rank]: the prior of the weights T u is that of independent u of one variance."""

    def local_energy(
        self, offset: float, weights: np.ndarray, variance_rows: np.ndarray, prior_variance: float
    ) -> _core.LocalEnergy: ...


def n_columns(designs: Sequence[Design]) -> int:
    """Offsets and weights of all species."""
    return len(designs) + sum(d.n_columns for d in designs)


def blocks(designs: Sequence[Design]) -> list[slice]:
    """Columns of the weights of each species."""
    stops = np.cumsum([len(designs), *(d.n_columns for d in designs)]).tolist()
    return [slice(a, b) for a, b in zip(stops[:-1], stops[1:], strict=True)]


class NoDesign:
    """A species without a many-body term."""

    n_columns = 0
    has_constant_slope = True

    def values(self, features: np.ndarray) -> np.ndarray:
        return np.empty((len(features), 0))

    def derivatives(self, features: np.ndarray, owner: np.ndarray, jacobian: np.ndarray) -> np.ndarray:
        return np.empty((*jacobian.shape[:2], 0))

    def whitening(self) -> np.ndarray:
        return np.empty((0, 0))

    def local_energy(
        self, offset: float, weights: np.ndarray, variance_rows: np.ndarray, prior_variance: float
    ) -> _core.LocalEnergy:
        local = _core.LocalEnergy()
        local.offset = offset
        return local


@dataclass(frozen=True)
class Isolated:
    """Fixed energies of isolated particles: columns count from phi of a particle alone, and offsets are no columns."""

    energies: np.ndarray  # [n_species]
    phi: Sequence[np.ndarray]  # [n_columns] of each species

    @classmethod
    def of(cls, problem: Problem, designs: Sequence[Design]) -> "Isolated | None":
        if problem.isolated is None:
            return None
        features = [np.zeros(0)] * len(designs)
        if any(design.n_columns for design in designs):
            features = problem.environments.isolated(problem.data.frames)
        phi = [d.values(p[None])[0] for d, p in zip(designs, features, strict=True)]
        return cls(np.array(problem.isolated), phi)

    def counted(self, energy: np.ndarray, columns: Sequence[slice]) -> np.ndarray:
        """Row [1, n] of an energy whose first columns are numbers of particles."""
        counts = energy[0, : len(self.phi)].copy()
        energy[0, : len(self.phi)] = 0
        for count, phi, part in zip(counts, self.phi, columns, strict=True):
            energy[0, part] -= count * phi
        return energy

    def offset(self, s: int, weights: np.ndarray) -> float:
        return float(self.energies[s] - self.phi[s] @ weights)


@dataclass
class LinearSystem:
    """All that is linear in its weights: columns of offsets, of the designs of the species, of two-body polynomials."""

    environments: Environments
    designs: Sequence[Design]
    polynomials: PairDesign | None = None
    isolated: Isolated | None = None

    @property
    def n_columns(self) -> int:
        return n_columns(self.designs) + (self.polynomials.n_columns if self.polynomials else 0)

    def rows_of(self, frames: Sequence[Atoms], targets: Sequence[str]) -> Iterator[dict[str, np.ndarray]]:
        """``rows`` of each frame; a device works on many at once where it can."""
        sums: Iterable[SpeciesSums | None] = repeat(None, len(frames))
        if self.environments.is_on_device and self._takes_sums(targets):
            sums = self.environments.sums_of(frames)
        for atoms, of_frame in zip(frames, sums, strict=True):
            yield self.rows(atoms, targets, of_frame)

    def _takes_sums(self, targets: Sequence[str]) -> bool:
        has_columns = any(d.n_columns for d in self.designs)
        return has_columns and set(targets) != {"energy"} and all(d.has_constant_slope for d in self.designs)

    def rows(
        self, atoms: Atoms, targets: Sequence[str], sums: SpeciesSums | None = None
    ) -> dict[str, np.ndarray]:
        """Rows [k, n_columns] of each target: energy 1, forces and torques 3 n (particle, then x y z), stress 6 (a virial)."""
        local = frame_rows(self.environments, self.designs, atoms, targets, sums)
        if self.isolated is not None and "energy" in targets:
            local["energy"] = self.isolated.counted(local["energy"], blocks(self.designs))
        if self.polynomials is None:
            return local
        derivatives = any(t != "energy" for t in targets)
        of_pairs = self.polynomials.rows(atoms, derivatives)
        if derivatives:
            of_pairs["stress"] = symmetric_voigt(of_pairs["virial"])
        return {t: np.concatenate([local[t], of_pairs[t]], axis=1) for t in targets}

    def right(self, atoms: Atoms, labels: Labels, target: str) -> np.ndarray:
        """Right-hand side [k] of the rows of one target."""
        values = np.ravel(np.asarray(getattr(labels, target), dtype=float))
        if self.isolated is None or target != "energy":
            return values
        return values - self.isolated.energies[self.environments.species_of(atoms)].sum()


def frame_rows(
    environments: Environments,
    designs: Sequence[Design],
    atoms: Atoms,
    targets: Sequence[str],
    sums: SpeciesSums | None = None,
) -> dict[str, np.ndarray]:
    """Rows of the offsets and designs; `sums` are those of the frame, for designs of constant slope."""
    species_index = environments.species_of(atoms)
    width = n_columns(designs)
    rows = _Rows.zeros(len(atoms), width)
    derivatives_wanted = any(t != "energy" for t in targets)
    rows.energy[0, : len(designs)] = np.bincount(species_index, minlength=len(designs))
    if sums is not None:
        features = sums.features
    elif width > len(designs) and derivatives_wanted:
        pairs = environments.jacobian(atoms)
        features = pairs["features"]
    elif width > len(designs):
        features = environments.features(atoms)
    for s, (design, columns) in enumerate(zip(designs, blocks(designs), strict=True)):
        if design.n_columns == 0:
            continue
        rows.energy[0, columns] = design.values(features[species_index == s]).sum(axis=0)
        if not derivatives_wanted:
            continue
        if sums is not None:
            rows.put_sums(design, columns, sums, s)
            continue
        of_species = np.flatnonzero(species_index[pairs["i"]] == s)
        rows.add_pairs(design, columns, pairs, of_species, "stress" in targets)
    return rows.of(targets)


@dataclass
class _Rows:
    """Of one frame: energy [1, m], forces and torques [n, 3, m], virial [3, 3, m]."""

    energy: np.ndarray
    forces: np.ndarray
    torques: np.ndarray
    virial: np.ndarray

    @classmethod
    def zeros(cls, n: int, m: int) -> "_Rows":
        return cls(np.zeros((1, m)), np.zeros((n, 3, m)), np.zeros((n, 3, m)), np.zeros((3, 3, m)))

    def put_sums(self, design: Design, columns: slice, sums: SpeciesSums, s: int) -> None:
        """Of the centres of species s together."""
        motion = design.derivatives(sums.features, _NO_OWNER, sums.motion[:, s])
        self.forces[:, :, columns], self.torques[:, :, columns] = -motion[:, :3], -motion[:, 3:]
        virial = design.derivatives(sums.features, _NO_OWNER, sums.virial[None, s])
        self.virial[:, :, columns] = -virial.reshape(3, 3, -1)

    def add_pairs(
        self, design: Design, columns: slice, pairs: dict[str, np.ndarray], chosen: np.ndarray, stress: bool
    ) -> None:
        """Columns of a design, which are zeros before."""
        for block in _blocks(chosen, design.n_columns):
            i, j, change = pairs["i"][block], pairs["j"][block], pairs["jacobian"][block]
            if not design.has_constant_slope:
                change = design.derivatives(pairs["features"], i, change)
            at_j = _sums(j, change, len(self.forces))
            self.forces[:, :, columns] -= at_j[:, :3]
            self.torques[:, :, columns] -= at_j[:, 3:]
            starts = np.flatnonzero(np.diff(i, prepend=-1))
            self.forces[i[starts], :, columns] += np.add.reduceat(change[:, :3], starts, axis=0)
            if stress:
                self.virial[:, :, columns] -= np.tensordot(pairs["r"][block], change[:, :3], axes=(0, 0))
        if design.has_constant_slope:
            for sums in (self.forces, self.torques, self.virial):
                sums[:, :, columns] = design.derivatives(pairs["features"], _NO_OWNER, sums[:, :, columns])

    def of(self, targets: Sequence[str]) -> dict[str, np.ndarray]:
        rows = {
            "energy": self.energy,
            "forces": self.forces.reshape(-1, self.forces.shape[-1]),
            "torques": self.torques.reshape(-1, self.torques.shape[-1]),
            "stress": symmetric_voigt(self.virial),
        }
        return {t: rows[t] for t in targets}


def _blocks(pairs: np.ndarray, width: int) -> Iterator[slice | np.ndarray]:
    """Runs of pairs whose derivatives fit into memory; slices where the pairs lie one behind another."""
    most = max(1, _BLOCK_BYTES // (8 * 6 * max(width, 1)))
    for start in range(0, len(pairs), most):
        part = pairs[start : start + most]
        whole = part[-1] - part[0] + 1 == len(part)
        yield slice(int(part[0]), int(part[-1]) + 1) if whole else part


def _sums(rows: np.ndarray, values: np.ndarray, n: int) -> np.ndarray:
    """[n, 6, m] sums of values [P, 6, m] over the pairs of each row."""
    count = len(rows)
    to_rows = csc_array((np.ones(count), rows, np.arange(count + 1)), shape=(n, count))
    return (to_rows @ values.reshape(count, -1)).reshape(n, *values.shape[1:])
