# SPDX-License-Identifier: MIT
"""One call of EllipsoidalDensityProjection: rows from the core in batches of frames, and their means."""

import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np
from tqdm.auto import tqdm

from ... import _core
from ...common.errors import ArgumentError
from .centres import Centres, find_centres
from .tensor_maps import power_columns

_BATCH_BYTES = 64 * 2**20  # rows that one call of the core makes
_FRAMES_PER_STEP = 16  # of the progress bar


class ProjectionCall:
    """One call: frames, and the core's descriptor for their types."""

    def __init__(
        self,
        core: _core.Descriptor,
        frames: list[Any],
        types: tuple[int, ...],
        rotation_key: str,
        show_progress: bool,
    ) -> None:
        self.core = core
        self._frames = frames
        self._types = types
        self._rotation_key = rotation_key
        self._show_progress = show_progress

    def centres(self) -> Centres:
        def count(counter: _core.Descriptor, quantity: "_core.Quantity") -> np.ndarray:
            return self._compute(counter, 0, len(self._frames), quantity)

        return find_centres(self._frames, self._types, self.core.hypers, count)

    def rows(self, quantity: "_core.Quantity") -> np.ndarray:
        """[n_centres, n_columns]."""
        return np.concatenate([rows for _, rows in self._batches(quantity)])

    def means(self, centres: Centres) -> np.ndarray:
        """Means of power spectra; see `EllipsoidalDensityProjection.power_spectrum`."""
        rows_of = {z: centres.rows(z) for z in centres.center_types()}
        _require_same_frames(
            {z: np.unique(centres.frame[rows]) for z, rows in rows_of.items()}, len(self._frames)
        )
        labels = self.core.labels("power_spectrum")
        columns = {z: power_columns(labels, centres.neighbors(z)) for z in rows_of}
        means: dict[int, list[np.ndarray]] = {z: [] for z in rows_of}
        for first, batch in self._batches("power_spectrum"):
            for z, rows in rows_of.items():
                begin, end = np.searchsorted(rows, [first, first + len(batch)])
                selected = rows[begin:end]
                values = batch[np.ix_(selected - first, columns[z])]
                means[z].append(_mean_of_groups(values, centres.frame[selected]))
        # As in the reference, axes of length one go before the types are put side by side.
        return np.hstack([np.concatenate(parts).squeeze() for parts in means.values()])

    def _compute(
        self, core: _core.Descriptor, begin: int, end: int, quantity: "_core.Quantity"
    ) -> np.ndarray:
        rows, _ = core.compute(
            self._frames[begin:end],
            list(self._types or (0,)),
            quantity,
            first_frame=begin,
            rotation_key=self._rotation_key,
        )
        return rows

    def _batches(self, quantity: "_core.Quantity") -> Iterator[tuple[int, np.ndarray]]:
        """Index of the first centre and rows of runs of frames."""
        most_rows = max(1, _BATCH_BYTES // (8 * self.core.row_length(quantity)))
        most_frames = _FRAMES_PER_STEP if self._show_progress else len(self._frames)
        counts = [len(atoms.arrays["numbers"]) for atoms in self._frames]
        with tqdm(total=len(counts), unit="frame", disable=not self._show_progress) as bar:
            begin = first = 0
            while begin < len(counts):
                end, n = begin + 1, counts[begin]
                while end < len(counts) and end - begin < most_frames and n + counts[end] <= most_rows:
                    n += counts[end]
                    end += 1
                yield first, self._compute(self.core, begin, end, quantity)
                bar.update(end - begin)
                begin, first = end, first + n


def _require_same_frames(frames_of: dict[int, np.ndarray], n_frames: int) -> None:
    """Rows of means must belong to the same frames for every type of centre."""
    first = next(iter(frames_of.values()))
    if any(not np.array_equal(first, indices) for indices in frames_of.values()):
        short = {z: sorted(set(range(n_frames)) - set(indices.tolist())) for z, indices in frames_of.items()}
        lacking = "; ".join(f"no centre of type {z} in frames {where}" for z, where in short.items() if where)
        raise ArgumentError(
            "means side by side",
            lacking,
            "every type of centre, with a neighbour, in every frame (or mean_over_samples=False)",
        )
    if len(first) < n_frames:
        missing = sorted(set(range(n_frames)) - set(first.tolist()))
        warnings.warn(
            f"anisoap: no particle of frames {missing} has a neighbour; they have no row in the result",
            UserWarning,
            stacklevel=4,
        )


def _mean_of_groups(values: np.ndarray, groups: np.ndarray) -> np.ndarray:
    """Means [n_groups, n_columns] of rows whose sorted `groups` agree."""
    if not len(groups):
        return values
    _, starts, sizes = np.unique(groups, return_index=True, return_counts=True)
    return np.add.reduceat(values, starts, axis=0) / sizes[:, None]
