# SPDX-License-Identifier: MIT
"""What cases share: frames of systems, numbers of pairs, rows of the oracle; made once and kept in files for the workers."""

import pickle
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from ase import Atoms
from ase.neighborlist import primitive_neighbor_list
from scipy.spatial import cKDTree

from ..backends import numpy_oracle
from .cases import Case
from .systems import System, checksum, make

_SEED = 20240829  # of the centres that are compared


def count_pairs(atoms: Atoms, cutoff: float) -> int:
    """Of centres and neighbours within the cutoff, self pairs included; in a large rectangular cell without an array of them."""
    lengths = np.diag(atoms.cell.array)
    if atoms.pbc.all() and atoms.cell.orthorhombic and lengths.min() > 2 * cutoff:
        tree = cKDTree(atoms.positions % lengths % lengths, boxsize=lengths)
        return int(tree.count_neighbors(tree, cutoff))
    found = primitive_neighbor_list("i", atoms.pbc, atoms.cell.complete().array, atoms.positions, cutoff)
    return len(atoms) + len(found)


class Inputs:
    """Frames of systems and rows of the oracle, made once each and kept in files for the workers."""

    def __init__(self, folder: Path, check_centres: int) -> None:
        self.folder = folder
        self._check_centres = check_centres
        self._made: dict[Any, Any] = {}

    def _once(self, key: Any, made: Callable[[], Any]) -> Any:
        if key not in self._made:
            self._made[key] = made()
        return self._made[key]

    def frames(self, system: System) -> list[Atoms]:
        """Of a system."""
        return self._once(system, lambda: make(system))

    def frames_file(self, system: System) -> str:
        """A pickle of the frames."""
        return self._once((system, "file"), lambda: self._pickled(self.frames(system)))

    def _pickled(self, frames: Sequence[Atoms]) -> str:
        path = self.folder / f"frames-{len(self._made)}.pickle"
        path.write_bytes(pickle.dumps(frames))
        return str(path)

    def species(self, system: System) -> list[int]:
        """Atomic numbers, ascending."""
        return self._once(
            (system, "species"), lambda: sorted({z for a in self.frames(system) for z in a.numbers.tolist()})
        )

    def facts(self, system: System) -> dict[str, Any]:
        """Of the system, for the document."""
        frames = self.frames(system)
        return {
            **asdict(system),
            "checksum": self._once((system, "checksum"), lambda: checksum(frames)),
            "n_frames": len(frames),
            "centres": sum(map(len, frames)),
            "sum_n2": sum(len(atoms) ** 2 for atoms in frames),
        }

    def n_pairs(self, case: Case) -> int:
        """Self pairs included."""
        frames = self.frames(case.system)
        return self._once(
            (case.system, case.cutoff), lambda: sum(count_pairs(atoms, case.cutoff) for atoms in frames)
        )

    def expected_file(self, case: Case) -> str:
        """Rows of the oracle for some centres."""
        key = (
            case.system,
            case.l_max,
            case.cutoff,
            case.width,
            case.basis,
            str(case.max_radial),
            case.quantity,
        )
        return self._once(key, lambda: self._oracle(case))

    def _oracle(self, case: Case) -> str:
        frames = self.frames(case.system)
        counts = np.array([len(atoms) for atoms in frames])
        firsts = np.concatenate([[0], np.cumsum(counts)[:-1]])
        n = int(counts.sum())
        wanted = min(n, self._check_centres)
        chosen = np.sort(np.random.default_rng(_SEED).choice(n, wanted, replace=False))
        frame_of = np.searchsorted(np.cumsum(counts), chosen, side="right")
        centres = [(int(k), int(i - firsts[k])) for k, i in zip(frame_of, chosen, strict=True)]
        species = self.species(case.system)
        plain = [numpy_oracle.as_dict(atoms) for atoms in frames]
        hypers = case.options(species).hypers()
        blocks = numpy_oracle.coefficients(plain, hypers, species, centres)
        if case.quantity == "power_spectrum":
            blocks = numpy_oracle.power_spectrum(blocks)
        path = self.folder / f"expected-{len(self._made)}.npz"
        np.savez(path, rows=numpy_oracle.joined(blocks), centres=chosen)
        return str(path)
