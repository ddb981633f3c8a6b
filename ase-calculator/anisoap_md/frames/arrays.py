# SPDX-License-Identifier: MIT
"""Many frames as a few arrays, on the host or on a device."""

from collections.abc import Iterable
from copy import copy
from functools import cached_property
from typing import Any

import numpy as np
from ase import Atoms
from numpy.typing import ArrayLike

from .. import _core
from ..common.errors import ArgumentError, ArgumentTypeError
from . import bodies

_FEW = 1024  # atomic numbers that are counted and not sorted
_HOST = (1, 3)  # types of DLPack: memory of the host, and pinned


class FrameArrays:
    """Frames side by side, for whoever has arrays and not ``ase.Atoms``; wherever frames are taken, these are too.

    Arrays of a device (CuPy, torch, JAX: anything with ``__dlpack__``) are read where they are; they have to be contiguous
    float64 of the device in use. Those of the host are converted.

    Parameters
    ----------
    positions : array [n, 3]
        Length unit of the cutoff; the particles of the first frame, then those of the second, and so on.
    quaternions : array [n, 4]
        (w, x, y, z), any norm but zero; they rotate body axes into the space frame.
    diameters : array [n, 3]
        Full lengths along the body axes.
    numbers : array [n] or int
        Atomic numbers, on the host; one for all particles.
    counts : array [n_frames], optional
        Particles of each frame; None is one frame.
    cells : array [n_frames, 3, 3] or [3, 3], optional
        Rows are the cell vectors; one for all frames. Needed along periodic directions.
    pbc : bool, [3] or [n_frames, 3]
        Periodic directions.

    Raises
    ------
    ArgumentError
        For an array of another shape or type, arrays on both sides, and counts that do not add up.
    """

    def __init__(
        self,
        positions: Any,
        quaternions: Any,
        diameters: Any,
        numbers: ArrayLike,
        *,
        counts: ArrayLike | None = None,
        cells: ArrayLike | None = None,
        pbc: ArrayLike = False,
    ) -> None:
        given = {"positions": positions, "quaternions": quaternions, "diameters": diameters}
        on_device = _is_on_device(positions)
        for name, array in given.items():
            if _is_on_device(array) != on_device:
                sides = ("the device", "the host") if on_device else ("the host", "the device")
                raise ArgumentError(name, f"an array of {sides[1]}", f"one of {sides[0]}, like positions")
        n = _rows("positions", positions)
        if not on_device:
            widths = {"positions": 3, "quaternions": 4, "diameters": 3}
            given = {name: _floats(name, array, (n, widths[name])) for name, array in given.items()}
        self.counts = _counts(counts, n)
        n_frames = len(self.counts)
        self.numbers = _integers("numbers", np.full(n, numbers) if np.ndim(numbers) == 0 else numbers, n)
        periodic = _flags(pbc, n_frames)
        if cells is None and periodic.any():
            raise ArgumentError("cells", None, "cell vectors, since some directions are periodic")
        boxes = np.zeros((3, 3)) if cells is None else cells
        if np.ndim(boxes) == 2:
            boxes = np.broadcast_to(_floats("cells", boxes, (3, 3)), (n_frames, 3, 3))
        boxes = _floats("cells", boxes, (n_frames, 3, 3))
        self._boxes, self._periodic = boxes, periodic
        self._fill(given)

    def _fill(self, particles: dict[str, Any]) -> None:
        self._particles = particles
        self.on_device = _is_on_device(particles["positions"])
        self.core = _core.ArrayFrames(
            **particles,
            numbers=self.numbers,
            counts=self.counts,
            cells=self._boxes.reshape(-1, 9),
            periodic=self._periodic,
            on_device=self.on_device,
        )

    def to_device(self) -> "FrameArrays":
        """The same with positions, quaternions and diameters on the device that a Descriptor or a Model uses already."""
        if self.on_device:
            return self
        out = copy(self)
        out._fill({name: _core.to_device(array) for name, array in self._particles.items()})
        return out

    @classmethod
    def from_atoms(cls, frames: Iterable[Atoms]) -> "FrameArrays":
        """Arrays of frames that are in memory, on the host."""
        every = list(frames)
        if not every:
            raise ArgumentError("frames", "no frame", "one at least")
        filled = [atoms for atoms in every if len(atoms)]
        nothing = [np.empty((0, 4))], [np.empty((0, 3))]
        turned = [bodies.quaternions_of(atoms) for atoms in filled] or nothing[0]
        sizes = [bodies.diameters(atoms) for atoms in filled] or nothing[1]
        return cls(
            np.concatenate([atoms.positions for atoms in every]),
            np.concatenate(turned),
            np.concatenate(sizes),
            np.concatenate([atoms.numbers for atoms in every]),
            counts=[len(atoms) for atoms in every],
            cells=np.stack([atoms.cell.array for atoms in every]),
            pbc=np.stack([atoms.pbc for atoms in every]),
        )

    @property
    def positions(self) -> Any:
        """[n, 3]"""
        return self._particles["positions"]

    @property
    def quaternions(self) -> Any:
        """[n, 4]"""
        return self._particles["quaternions"]

    @property
    def diameters(self) -> Any:
        """[n, 3]"""
        return self._particles["diameters"]

    @property
    def cells(self) -> np.ndarray:
        """[n_frames, 3, 3]"""
        return self._boxes

    @property
    def pbc(self) -> np.ndarray:
        """[n_frames, 3]"""
        return self._periodic

    @property
    def n_particles(self) -> int:
        """Of all frames."""
        return len(self.numbers)

    @cached_property
    def species(self) -> tuple[int, ...]:
        """Sorted atomic numbers."""
        small = self.numbers.size and 0 <= self.numbers.min() and self.numbers.max() < _FEW
        kinds = np.flatnonzero(np.bincount(self.numbers)) if small else np.unique(self.numbers)
        found = tuple(int(z) for z in kinds)
        if not found:
            raise ArgumentError(
                "species", "None with frames that hold no particle", "species=[...], the species to pass"
            )
        return found

    def __len__(self) -> int:
        """Number of frames."""
        return len(self.counts)

    def __repr__(self) -> str:
        side = "device" if self.on_device else "host"
        return f"FrameArrays({len(self)} frames, {self.n_particles} particles, on the {side})"


def _is_on_device(array: Any) -> bool:
    if isinstance(array, _core.DeviceArray):
        return True
    told = getattr(array, "__dlpack_device__", None)
    return told is not None and not isinstance(array, np.ndarray) and int(told()[0]) not in _HOST


def _rows(name: str, array: Any) -> int:
    try:
        return len(array)
    except TypeError:
        raise ArgumentTypeError(name, repr(array), "an array [n, 3]") from None


def _floats(name: str, array: Any, shape: tuple[int, ...]) -> np.ndarray:
    try:
        values = np.ascontiguousarray(array, dtype=float)
    except (TypeError, ValueError):
        raise ArgumentTypeError(name, "values that are not numbers", f"an array {shape} of float") from None
    if values.shape != shape:
        raise ArgumentError(f"shape of {name}", values.shape, f"{shape}")
    return values


def _integers(name: str, values: Any, n: int) -> np.ndarray:
    try:
        array = np.asarray(values)
    except (TypeError, ValueError):
        raise ArgumentTypeError(name, f"a {type(values).__name__}", "integers on the host") from None
    if array.dtype.kind not in "iu" and array.size:
        raise ArgumentTypeError(name, f"dtype {array.dtype}", "integers")
    if array.shape != (n,):
        raise ArgumentError(f"shape of {name}", array.shape, f"({n},)")
    own = np.array(array, dtype=np.int64)  # the core counts on them
    own.setflags(write=False)
    return own


def _flags(pbc: Any, n_frames: int) -> np.ndarray:
    try:
        flags = np.asarray(pbc, dtype=bool)
    except (TypeError, ValueError):
        raise ArgumentTypeError("pbc", repr(pbc), "flags") from None
    if flags.shape not in ((), (3,), (n_frames, 3)):
        raise ArgumentError("shape of pbc", flags.shape, f"a flag, (3,) or ({n_frames}, 3)")
    return np.broadcast_to(flags, (n_frames, 3)).copy()


def _counts(counts: Any, n: int) -> np.ndarray:
    if counts is None:
        counts = [n]
    array = _integers("counts", counts, np.shape(counts)[0] if np.ndim(counts) else -1)
    if (array < 0).any() or array.sum() != n:
        raise ArgumentError(
            "counts", f"{int(array.sum())} in all", f"numbers of particles that add up to {n}"
        )
    return array
