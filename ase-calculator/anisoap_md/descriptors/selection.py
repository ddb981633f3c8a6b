# SPDX-License-Identifier: MIT
"""Which particles of a frame are centres, whose rows are wanted; the others stay neighbours."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from ase import Atoms
from numpy.typing import ArrayLike

from ..common.errors import ArgumentError, ArgumentTypeError

Centers = ArrayLike | Sequence[ArrayLike] | Callable[[Atoms], ArrayLike]
_ALLOWED = "indices, each once, or a mask"


def indices_of(given: ArrayLike, n: int, what: str = "centers", of: str = "particles") -> np.ndarray:
    """Indices in the order given, of indices or of a mask [n].

    Raises
    ------
    ArgumentError
        For another type or shape, indices beyond the `n` things that are counted (`of`), and repeated ones.
    """
    try:
        array = np.asarray(given)
    except ValueError:
        raise ArgumentTypeError(what, "lists of different lengths", _ALLOWED) from None
    if array.ndim != 1:
        raise ArgumentTypeError(what, f"an array of shape {array.shape}", f"{_ALLOWED}, of one dimension")
    if array.dtype == bool:
        if len(array) != n:
            raise ArgumentError(what, f"a mask of {len(array)} entries", f"{n}, one for each of the {of}")
        return np.flatnonzero(array)
    if array.size and array.dtype.kind not in "iu":
        raise ArgumentTypeError(what, f"an array of {array.dtype}", _ALLOWED)
    chosen = array.astype(np.int64)
    wrong = (chosen < -n) | (chosen >= n)
    if wrong.any():
        raise ArgumentError(what, int(chosen[wrong][0]), f"indices of the {n} {of}")
    chosen = np.where(chosen < 0, chosen + n, chosen)
    found, counts = np.unique(chosen, return_counts=True)
    if (counts > 1).any():
        raise ArgumentError(what, f"{found[counts > 1][0]} twice", _ALLOWED)
    return chosen


class Selection:
    """Centres of the frames of one call.

    Parameters
    ----------
    centers : array_like, sequence of array_like, or callable
        Indices or a mask, the same in every frame; one of them for each frame; or a function that makes them of a frame.
    """

    def __init__(self, centers: Centers) -> None:
        self._every = centers
        self._make = centers if callable(centers) else None
        self._by_frame: Sequence[ArrayLike] | None = None
        if self._make is None and _has_lists(centers):
            self._by_frame = list(centers)  # type: ignore[arg-type]

    def of(self, frames: Any, sizes: Sequence[int], first: int) -> list[np.ndarray]:
        """Indices of the centres of each frame; the first one is number `first`."""
        return [
            indices_of(entry, n, f"centers of frame {first + k}")
            for k, (entry, n) in enumerate(zip(self._entries(frames, len(sizes), first), sizes, strict=True))
        ]

    def _entries(self, frames: Any, n_frames: int, first: int) -> Iterator[ArrayLike]:
        if self._make is not None:
            if not isinstance(frames, (list, tuple)):
                raise ArgumentTypeError("centers", "a function with arrays of frames", "indices or masks")
            yield from (self._make(atoms) for atoms in frames)
        elif self._by_frame is None:
            yield from [self._every] * n_frames  # type: ignore[misc]
        elif first + n_frames > len(self._by_frame):
            raise ArgumentError(
                "centers", f"{len(self._by_frame)} lists for more frames", "one list for each frame"
            )
        else:
            yield from self._by_frame[first : first + n_frames]

    def require_used(self, n_frames: int) -> None:
        """ArgumentError where lists are left over."""
        if self._by_frame is not None and len(self._by_frame) != n_frames:
            raise ArgumentError(
                "centers", f"{len(self._by_frame)} lists for {n_frames} frames", "one list for each frame"
            )


def _has_lists(centers: Any) -> bool:
    """Whether there is one list for each frame."""
    if isinstance(centers, np.ndarray) and centers.dtype != object:
        return centers.ndim == 2
    return isinstance(centers, (list, tuple, np.ndarray)) and any(np.ndim(entry) for entry in centers)


def numbered(chosen: Sequence[np.ndarray], sizes: Sequence[int]) -> np.ndarray:
    """Centres counted through all frames."""
    starts = np.cumsum([0, *sizes])
    parts = [start + part for start, part in zip(starts, chosen, strict=False)]
    return np.concatenate(parts) if parts else np.empty(0, np.int64)


def runs_of(centers: np.ndarray) -> list[tuple[int, int]]:
    """First and last + 1 of runs of consecutive indices, in order; one empty run without any."""
    breaks = np.flatnonzero(np.diff(centers) != 1) + 1
    return [(int(part[0]), int(part[-1]) + 1) for part in np.split(centers, breaks) if len(part)] or [(0, 0)]
