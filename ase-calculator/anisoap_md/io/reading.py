# SPDX-License-Identifier: MIT
"""What a reader is told of a file that the file itself does not say: species to keep, two dimensions, order of quaternions."""

import os
import warnings
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from ase import Atoms

from .. import _core
from ..common.errors import ArgumentError, message
from ..frames import bodies, species
from .restored import restored
from .results import keep_results

CONVENTIONS = ("wxyz", "xyzw", "inverse", "xyzw-inverse")
INVERSES = {"wxyz": "inverse", "inverse": "wxyz", "xyzw": "xyzw-inverse", "xyzw-inverse": "xyzw"}
_PLANE = 1e-6  # of the height: rounding of positions in files


@dataclass(frozen=True)
class Reading:
    """Options of ``iread``; None stands for those that were not given."""

    keep: tuple[int, ...] | None
    dimension: int | None
    quaternions: str | None

    @classmethod
    def checked(
        cls, keep: Sequence[str | int] | None, dimension: int | None, quaternions: str | None
    ) -> "Reading":
        if dimension is not None and (isinstance(dimension, bool) or dimension not in (2, 3)):
            raise ArgumentError("dimension", repr(dimension), "2 or 3")
        if quaternions is not None and quaternions not in CONVENTIONS:
            hint = _core.suggestion(str(quaternions), list(CONVENTIONS))
            raise ArgumentError("quaternions", repr(quaternions), f"{', '.join(CONVENTIONS)}", hint)
        return cls(None if keep is None else species.to_numbers(keep), dimension, quaternions)

    def applied(self, frames: Iterable[Atoms], path: str | os.PathLike[str]) -> Iterator[Atoms]:
        for k, atoms in enumerate(frames):
            where = f"frame {k} of '{os.fspath(path)}'"
            atoms = restored(atoms, where, self._converted)
            if self.keep is not None:
                atoms = _kept(atoms, self.keep, where)
            if self.dimension == 2:
                _flatten(atoms, where)
            elif self.dimension is None and _looks_flat(atoms):
                _refuse_flat(atoms, where)
            yield keep_results(atoms)

    def _converted(self, atoms: Atoms, where: str) -> None:
        """Quaternions of the convention of the file become w, x, y, z of the turn of body axes into the space frame."""
        if self.quaternions is None:
            return
        names = [name for name in bodies.QUATERNIONS if name in atoms.arrays]
        if not names and "orientation" in atoms.arrays:
            if "aspherical_shape" in atoms.arrays:
                self._convert_of_ovito(atoms, where)
                return
            atoms.set_array("c_q", atoms.arrays.pop("orientation"))
            names = ["c_q"]
        if not names:
            raise ArgumentError("quaternions", f"'{self.quaternions}' for {where} without any", "None")
        for name in names:
            q = np.array(atoms.arrays[name], dtype=float)
            if q.shape != (len(atoms), 4):
                raise ArgumentError(f"{where}: shape of '{name}'", q.shape, f"({len(atoms)}, 4)")
            if self.quaternions.startswith("xyzw"):
                q = np.roll(q, 1, axis=1)
            if self.quaternions.endswith("inverse"):
                q[:, 1:] *= -1
            atoms.arrays[name] = q

    def _convert_of_ovito(self, atoms: Atoms, where: str) -> None:
        """OVITO's order is x, y, z, w whatever was said; what is left to say is which way they turn."""
        if self.quaternions == "wxyz":
            raise ArgumentError(
                "quaternions", f"'wxyz' for {where} with OVITO's x, y, z, w", "None or inverse"
            )
        if str(self.quaternions).endswith("inverse"):
            atoms.arrays["orientation"] = np.array(atoms.arrays["orientation"], dtype=float)
            atoms.arrays["orientation"][..., :3] *= -1


def _kept(atoms: Atoms, keep: tuple[int, ...], where: str) -> Atoms:
    """Particles of some species; where others are left out, also without the results of all."""
    chosen = np.isin(atoms.numbers, keep)
    if len(atoms) and not chosen.any():
        found = ", ".join(species.to_symbols(np.unique(atoms.numbers)))
        raise ArgumentError(f"{where}: keep", species.to_symbols(keep), f"some of {found}")
    return atoms if chosen.all() else atoms[chosen]


def _looks_flat(atoms: Atoms) -> bool:
    """Whether a program in two dimensions may have written the frame: one layer, and a box that is flatter than every particle;
    or, as of LAMMPS, z = 0 inside a box that is flatter than it is wide or than its largest particle."""
    cell = atoms.cell.array
    height = cell[2, 2]
    z = atoms.positions[:, 2]
    if len(atoms) == 0 or not atoms.pbc[2] or cell[2, :2].any() or cell[:2, 2].any():
        return False
    if not np.ptp(z) <= _PLANE * height:
        return False
    sizes = np.ravel(bodies.diameters(atoms)) if bodies.has_diameters(atoms) else np.zeros(1)
    low = np.ravel(atoms.info.get("Origin", atoms.get_celldisp()))[-1]  # OVITO's
    inside = low < 0 < low + height and abs(z[0]) <= _PLANE * height
    widest = max(np.linalg.norm(cell[0]), np.linalg.norm(cell[1]), sizes.max())
    return bool(height < sizes.min() or (inside and height < widest))


def _refuse_flat(atoms: Atoms, where: str) -> None:
    z, height = atoms.positions[0, 2], atoms.cell.array[2, 2]
    got = f"all particles at z = {z:g} of a periodic box of height {height:g}, as with dimension 2 of LAMMPS"
    raise ArgumentError(where, got, "the option dimension: 2 (no images along z) or 3")


def _flatten(atoms: Atoms, where: str) -> None:
    """Takes the images along z away."""
    z = atoms.positions[:, 2]
    height = abs(atoms.cell.array[2, 2]) or 1.0
    if len(atoms) and not np.ptp(z) <= _PLANE * height:
        raise ArgumentError(f"{where}: dimension", f"2 for z from {z.min():g} to {z.max():g}", "equal z")
    atoms.pbc[2] = False


def warn_of_points(atoms: Atoms, where: str) -> bool:
    """Whether a warning was given: of particles that LAMMPS may have meant as points, beside others."""
    if "shape" not in atoms.arrays or "c_q" not in atoms.arrays:
        return False
    points = (atoms.arrays["shape"] == 1).all(axis=1) & (atoms.arrays["c_q"] == [1, 0, 0, 0]).all(axis=1)
    if not points.any() or points.all():
        return False
    got = f"{points.sum()} particles of shape 1 1 1 and quaternion 1 0 0 0, as LAMMPS writes for points, beside others"
    warnings.warn(message(where, got, "spheres, or the option keep without points"), stacklevel=2)
    return True
