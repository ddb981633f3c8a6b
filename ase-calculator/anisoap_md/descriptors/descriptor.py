# SPDX-License-Identifier: MIT
"""The descriptor of frames as NumPy arrays."""

import json
import os
import warnings
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any, Literal, overload

import numpy as np
from ase import Atoms
from numpy.typing import ArrayLike

from .. import _core
from ..common import checks
from ..common.errors import ArgumentError, ArgumentTypeError, UnknownSpecies, in_file
from ..common.files import write_text
from ..frames import batches, devices
from ..frames.arrays import FrameArrays
from ..frames.species import to_numbers, to_symbols
from . import selection
from .jacobian import (
    WITH_RESPECT_TO,
    CentreJacobian,
    Jacobian,
    JacobianOnDevice,
    blocks,
    by_centre,
    check_size,
    checked,
    dense,
    dense_on_device,
    full_columns,
)

AVERAGES = ("frame", "inner")
Frames = Atoms | Iterable[Atoms] | FrameArrays

_STREAMED_BYTES = 2**30  # rows of a batch for a device
_AVERAGED_BYTES = 256 * 2**20  # rows that wait to be averaged, unless one frame has more


class SpeciesUnknown(ArgumentError, AttributeError):
    """The number of columns depends on species that are not known yet."""


class Descriptor:
    """Density coefficients and power spectra of ellipsoidal particles.

    Every particle is an anisotropic Gaussian; the density of the neighbours within the cutoff, one per species, is expanded
    around every particle in radial functions times real spherical harmonics.

    Parameters
    ----------
    max_angular : int
        Highest degree l of the spherical harmonics, 0 to 24.
    radial_basis_name : {'gto', 'monomial'}
        Radial functions r^(l + 2n), with a Gaussian window (gto) or without one (monomial).
    cutoff_radius : float
        Neighbours are the particles closer than this, their periodic images included. Length unit of the positions.
    species : sequence of str or int, optional
        Chemical symbols or atomic numbers, in the order of the columns. Particles of another species are an error; a species
        that no particle has gives zeros. None takes the sorted species of the frames of each call (of a generator: those of
        its first frame that is not empty); ``species_`` then tells them.
    radial_gaussian_width : float, optional
        Width sigma of the window exp(-r^2 / (2 sigma^2)); required by gto, refused by monomial.
    max_radial : int or sequence of int, optional
        Largest n: one number for all l, or one per l. None is (max_angular - l) // 2.
    subtract_center_contribution : bool
        True leaves a particle out of its own neighbours; its periodic images stay.
    basis_rcond : float
        Eigenvalues of the radial overlap <= basis_rcond are dropped.
    basis_tol : float
        Largest error of the overlap that dropping may leave.
    cutoff_function : {'none', 'cosine'}
        'cosine' takes the weight of a neighbour from 1 to 0 over the last `cutoff_width` before the cutoff.
    cutoff_width : float, optional
        Length; required by 'cosine'.
    dtype : {'float64', 'float32'}
        Type of the results. 'float32' also computes the moments in single precision, with sums in double.
    num_threads : int, optional
        Threads of one call; None is the OpenMP default (OMP_NUM_THREADS or the number of cores).
    device : str
        'cpu'; the name of a device that ``anisoap-md info`` lists, such as 'cuda' or 'cuda:1', of which a process uses one;
        'auto' takes the device, if there is one, for calls with many particles.

    Raises
    ------
    ArgumentError
        For a wrong argument; the text names it, what was got and what is allowed.
    """

    @checks.suggests_keywords
    def __init__(
        self,
        max_angular: int,
        radial_basis_name: str,
        cutoff_radius: float,
        *,
        species: Sequence[str | int] | None = None,
        radial_gaussian_width: float | None = None,
        max_radial: int | Sequence[int] | None = None,
        subtract_center_contribution: bool = False,
        basis_rcond: float = 0,
        basis_tol: float = 1e-8,
        cutoff_function: str = "none",
        cutoff_width: float | None = None,
        dtype: Any = "float64",
        num_threads: int | None = None,
        device: str = "cpu",
    ) -> None:
        l_max = checks.integer("max_angular", max_angular)
        self._arguments: dict[str, Any] = {
            "max_angular": l_max,
            "radial_basis_name": checks.word("radial_basis_name", radial_basis_name),
            "cutoff_radius": checks.real("cutoff_radius", cutoff_radius),
            "radial_gaussian_width": checks.optional_length("radial_gaussian_width", radial_gaussian_width),
            "max_radial": checks.max_radial(max_radial, l_max),
            "subtract_center_contribution": checks.flag(
                "subtract_center_contribution", subtract_center_contribution
            ),
            "basis_rcond": checks.real("basis_rcond", basis_rcond),
            "basis_tol": checks.real("basis_tol", basis_tol),
            "cutoff_function": checks.word("cutoff_function", cutoff_function),
            "cutoff_width": checks.optional_length("cutoff_width", cutoff_width),
        }
        self._dtype = checks.float_dtype(dtype)
        self._num_threads = checks.thread_count(num_threads)
        self._device = devices.checked(device)
        self._species = None if species is None else to_numbers(species)
        self._last: tuple[tuple[int, ...], _core.Descriptor] | None = None
        self._engine: tuple[tuple[Any, ...], _core.DeviceDescriptor] | None = None
        self._jacobian_engine: tuple[tuple[Any, ...], _core.DeviceJacobian] | None = None
        core = self._core_for(self._species or (0,))
        if self._species is None:
            self._last = None
        if self._dtype == np.float32 and not core.single_precision_safe:
            warnings.warn(
                "anisoap: dtype 'float32' with a radial basis too ill-conditioned for single precision: the moments are "
                "computed in double and the results rounded",
                UserWarning,
                stacklevel=3,
            )

    @overload
    def power_spectrum(
        self,
        frames: Frames,
        symmetric: bool = False,
        average: str | None = None,
        on_device: Literal[False] = False,
        centers: selection.Centers | None = None,
        features: ArrayLike | None = None,
    ) -> np.ndarray: ...

    @overload
    def power_spectrum(
        self,
        frames: Frames,
        symmetric: bool = False,
        average: str | None = None,
        *,
        on_device: Literal[True],
        centers: selection.Centers | None = None,
        features: ArrayLike | None = None,
    ) -> "_core.DeviceArray": ...

    @checks.suggests_keywords
    def power_spectrum(
        self,
        frames: Frames,
        symmetric: bool = False,
        average: str | None = None,
        on_device: bool = False,
        centers: selection.Centers | None = None,
        features: ArrayLike | None = None,
    ) -> "np.ndarray | _core.DeviceArray":
        """Rotation-invariant power spectrum of every particle.

        p_{l; (n s)(n' s')} = (-1)^l / sqrt(2 l + 1) sum_m c_{s n l m} c_{s' n' l m}.

        Parameters
        ----------
        frames : ase.Atoms, iterable of ase.Atoms or FrameArrays
            A generator is read in batches of about 16,000 particles (262,000 on a device) and never held as a whole.
        symmetric : bool
            True keeps (n s) <= (n' s') only, entries off the diagonal times sqrt(2): inner products of rows stay the same.
        average : {None, 'frame', 'inner'}
            One row per frame: 'frame' is the mean of the power spectra of its particles; 'inner' the power spectrum of the mean
            of their density coefficients, which keeps how surroundings are turned against each other. Zeros for a frame without
            particles.
        on_device : bool
            True leaves the rows on the device, float64: an array that CuPy, torch and JAX take with ``from_dlpack`` and that
            ``numpy()`` copies. Frames are then held as a whole.
        centers : array_like, sequence of array_like, or callable, optional
            Particles whose rows are wanted, in this order; the others stay neighbours. Indices, or a mask with an entry for each
            particle: for every frame, a list of them with one for each frame, or a function that makes them of a frame, such as
            ``lambda atoms: atoms.symbols == "C"``. Averages are over them. None is all. Of the processor alone.
        features : array_like, optional
            Columns to keep, in this order: indices, or a mask; ``feature_labels[features]`` says what they are. None is all.

        Returns
        -------
        numpy.ndarray
            [n_centres, n_features], centres in the order of frames and particles, or [n_frames, n_features]. Columns as in
            ``feature_labels`` (``feature_labels_symmetric``).

        Raises
        ------
        ArgumentError
            For a frame with wrong or missing arrays, naming the frame, the particle and the array.
        """
        symmetric = checks.flag("symmetric", symmetric)
        chosen = self._selection(centers)
        if checks.flag("on_device", on_device):
            _require_none("with on_device=True", centers=centers, features=features)
            return self._left_on_device(frames, "symmetric" if symmetric else "power_spectrum", average)
        if average is not None and average not in AVERAGES:
            hint = _core.suggestion(average, list(AVERAGES)) if isinstance(average, str) else ""
            raise ArgumentError("average", repr(average), "None, 'frame' or 'inner'", hint)
        quantity: _core.Quantity = "symmetric" if symmetric else "power_spectrum"
        parts = []
        n_columns = 0
        for _, rows, _ in self._run(frames, quantity, average, chosen, features):
            n_columns = rows.shape[1]
            parts.append(rows)
        return batches.joined(parts, n_columns, self._dtype)

    @checks.suggests_keywords
    def coefficients(self, frames: Frames, centers: selection.Centers | None = None) -> list[np.ndarray]:
        """Orthonormalised density coefficients.

        Parameters
        ----------
        frames : ase.Atoms, iterable of ase.Atoms or FrameArrays
        centers : array_like, sequence of array_like, or callable, optional
            As in ``power_spectrum``.

        Returns
        -------
        list of numpy.ndarray
            One array [n_centres, 2 l + 1, n_l, n_species] per l: m = -l..l, the radial functions, the species in order.
        """
        parts = []
        n_columns = 0
        for _, rows, _ in self._run(frames, "coefficients", None, self._selection(centers)):
            n_columns = rows.shape[1]
            parts.append(rows)
        rows = batches.joined(parts, n_columns, self._dtype)
        num_radial = self.num_radial
        # Not species_, which a call in another thread may have changed.
        n_species = n_columns // sum((2 * l + 1) * n_l for l, n_l in enumerate(num_radial))
        blocks, start = [], 0
        for l, n_l in enumerate(num_radial):
            shape = (2 * l + 1, n_l, n_species)
            stop = start + int(np.prod(shape))
            blocks.append(rows[:, start:stop].reshape(len(rows), *shape))
            start = stop
        return blocks

    @overload
    def jacobian(
        self,
        frame: Atoms,
        wrt: str | Sequence[str] = WITH_RESPECT_TO,
        symmetric: bool = False,
        centers: ArrayLike | None = None,
        on_device: Literal[False] = False,
    ) -> Jacobian: ...

    @overload
    def jacobian(
        self,
        frame: Atoms,
        wrt: str | Sequence[str] = WITH_RESPECT_TO,
        symmetric: bool = False,
        centers: ArrayLike | None = None,
        *,
        on_device: Literal[True],
    ) -> JacobianOnDevice: ...

    @checks.suggests_keywords
    def jacobian(
        self,
        frame: Atoms,
        wrt: str | Sequence[str] = WITH_RESPECT_TO,
        symmetric: bool = False,
        centers: ArrayLike | None = None,
        on_device: bool = False,
    ) -> Jacobian | JacobianOnDevice:
        """Derivatives of the power spectrum of one frame, as dense arrays, always float64.

        Parameters
        ----------
        frame : ase.Atoms
        wrt : sequence of {'positions', 'rotations', 'strain'}
        symmetric : bool
            Columns as in ``power_spectrum``.
        centers : array_like, optional
            Indices of the particles whose rows are wanted, in this order, or a mask; None is all.
        on_device : bool
            True leaves the arrays on the device, as in ``power_spectrum``; their ``numpy()`` copies them.

        Returns
        -------
        Jacobian
            ``features`` [n_centers, n_features], ``positions`` and ``rotations`` [n_centers, n_features, n, 3], ``strain``
            [n_centers, n_features, 3, 3]; None for what is not in `wrt`. Images of a particle count as that particle.

        Raises
        ------
        ArgumentError
            For a frame with wrong or missing arrays, or a result of more than 4 GiB: use ``jacobian_by_centre``.
        """
        names = checked(wrt)
        symmetric = checks.flag("symmetric", symmetric)
        left_there = checks.flag("on_device", on_device)
        species, core = self._core_of_frame(frame)
        n_features = core.row_length("symmetric" if symmetric else "power_spectrum")
        chosen = None if centers is None else selection.indices_of(centers, len(frame))
        n_centers = len(frame) if chosen is None else len(chosen)
        check_size(n_centers, len(frame), n_features, names)
        if left_there:
            devices.require_device(self._device, "on_device")
        if left_there or devices.is_used(self._device, len(frame), least=devices.AUTO_JACOBIAN):
            engine = self._jacobian_engine_for(species, symmetric)
            found = dense_on_device(engine, frame, species, names, chosen)
            return found if left_there else found.numpy()
        parts = self.jacobian_by_centre(frame, symmetric, centers)
        return dense(parts, n_centers, len(frame), n_features, names)

    @checks.suggests_keywords
    def jacobian_by_centre(
        self, frame: Atoms, symmetric: bool = False, centers: ArrayLike | None = None
    ) -> Iterator[CentreJacobian]:
        """Derivatives of the power spectrum of one frame by pairs, for one centre after the other, always float64.

        Memory is about 64 MiB, or 48 n_features bytes (symmetric columns) for each pair of one centre if that is more.

        Parameters
        ----------
        frame : ase.Atoms
        symmetric : bool
            Columns as in ``power_spectrum``.
        centers : array_like, optional
            As in ``jacobian``.

        Returns
        -------
        iterator of CentreJacobian
            ``centre``, ``features`` [n_features], ``neighbors`` [n_pairs], ``r`` [n_pairs, 3], ``positions`` and
            ``rotations`` [n_pairs, n_features, 3]. d p_i / d x_j is the sum of ``positions`` over the pairs with j, minus the
            sum over all pairs where j is the centre; d p_i / d eps_ab is the sum of ``positions[..., a]`` r_b.

        Raises
        ------
        ArgumentError
            For a frame with wrong or missing arrays.
        """
        symmetric = checks.flag("symmetric", symmetric)
        species, core = self._core_of_frame(frame)
        frame = frame.copy()  # which may change between two centres
        chosen = np.arange(len(frame)) if centers is None else selection.indices_of(centers, len(frame))
        there = devices.is_used(self._device, len(frame), least=devices.AUTO_JACOBIAN)
        if there:
            pairs_of = partial(self._jacobian_engine_for(species, symmetric).pairs, frame, species)
        else:
            pairs_of = partial(
                _core.pair_jacobian, core.hypers, frame, species, num_threads=self._num_threads
            )
        parts = blocks(pairs_of, core.row_length("symmetric"), selection.runs_of(chosen))
        # Errors are raised here. chain would keep a list, and so the block, to its end; an iterator lets it go.
        first = iter([next(parts)])
        is_complete = there or symmetric
        return by_centre(chain(first, parts), *((None, None) if is_complete else full_columns(core)))

    def _selection(self, centers: selection.Centers | None) -> selection.Selection | None:
        if centers is None:
            return None
        if self._device not in ("cpu", "auto"):
            raise ArgumentError("centers", f"a selection with device '{self._device}'", "device='cpu'")
        return selection.Selection(centers)

    def _run(
        self,
        frames: Frames,
        quantity: "_core.Quantity",
        average: str | None,
        chosen: selection.Selection | None = None,
        features: ArrayLike | None = None,
    ) -> Iterator[tuple[Any, np.ndarray, np.ndarray]]:
        """Frames, their rows (one for each frame where averaged) and the number of centres per frame; one empty batch when there
        is no frame."""
        computed: _core.Quantity = "coefficients" if average == "inner" else quantity
        if isinstance(frames, FrameArrays):
            there = self._species or frames.species
            rows, counts = self._of_arrays(frames, there, computed, chosen)
            rows = _averaged(self._core_for(there), rows, counts, quantity, average)
            yield frames, _columns(rows, features), counts
            return
        source = batches.as_iterable(frames)
        streams = not isinstance(source, (list, tuple))
        species = self._species
        if species is None:
            species, source = batches.species_of(source)
        core = self._core_for(species)
        most = None
        if average is not None:
            most = max(1, min(batches.MOST_PARTICLES, _AVERAGED_BYTES // (8 * core.row_length(computed))))
        elif streams and devices.is_used(self._device, batches.DEVICE_PARTICLES):
            most = max(1, min(batches.DEVICE_PARTICLES, _STREAMED_BYTES // (8 * core.row_length(quantity))))
        first = 0
        for batch in batches.split(source, most, batches.most_frames(self._device)):
            try:
                rows, counts = self._of_batch(batch, species, computed, first, chosen)
            except UnknownSpecies as error:
                if self._species is not None or not streams:
                    raise
                hint = "those of the first frame; pass species=[...] with an iterator"
                raise error.changed(hint=hint) from None
            yield batch, _columns(_averaged(core, rows, counts, quantity, average), features), counts
            first += len(batch)
        if chosen is not None:
            chosen.require_used(first)
        if first == 0:
            nothing = np.empty((0, core.row_length(quantity)), self._dtype)
            yield [], _columns(nothing, features), np.empty(0, np.intp)

    def _of_arrays(
        self,
        arrays: FrameArrays,
        species: tuple[int, ...],
        quantity: "_core.Quantity",
        chosen: selection.Selection | None,
    ) -> tuple[np.ndarray, np.ndarray]:
        if chosen is None:
            return self._compute(arrays.core, arrays.n_particles, species, quantity, 0, arrays.on_device)
        sizes = arrays.counts.tolist()
        found = chosen.of(arrays, sizes, 0)
        chosen.require_used(len(sizes))
        return self._of_centres(arrays.core, species, quantity, 0, found, sizes)

    def _of_batch(
        self,
        batch: Sequence[Atoms],
        species: tuple[int, ...],
        quantity: "_core.Quantity",
        first: int,
        chosen: selection.Selection | None,
    ) -> tuple[np.ndarray, np.ndarray]:
        if chosen is None:
            # Counting takes as long as reading the frames.
            n = sum(map(batches.size_of, batch)) if self._device == "auto" else 0
            return self._compute(batch, n, species, quantity, first)
        sizes = [batches.size_of(atoms) for atoms in batch]
        return self._of_centres(batch, species, quantity, first, chosen.of(batch, sizes, first), sizes)

    def _of_centres(
        self,
        frames: "Sequence[Atoms] | _core.ArrayFrames",
        species: tuple[int, ...],
        quantity: "_core.Quantity",
        first: int,
        centers: Sequence[np.ndarray],
        sizes: Sequence[int],
    ) -> tuple[np.ndarray, np.ndarray]:
        """Rows of some particles of each frame and their numbers, by the processor."""
        single, numbers = self._dtype == np.float32, selection.numbered(centers, sizes)
        core = self._core_for(species)
        rows, _ = core.compute(frames, species, quantity, single, self._num_threads, first, centres=numbers)
        return rows, np.array([len(part) for part in centers], np.intp)

    def _compute(
        self,
        frames: "Sequence[Atoms] | _core.ArrayFrames",
        n_particles: int,
        species: tuple[int, ...],
        quantity: "_core.Quantity",
        first: int,
        there: bool = False,
    ) -> tuple[np.ndarray, np.ndarray]:
        """Rows of frames and the number of rows per frame, by the processor or the device."""
        core = self._core_for(species)
        if devices.is_used(self._device, n_particles, there):
            return self._engine_for(species, quantity).compute(frames, species, first)
        single = self._dtype == np.float32
        return core.compute(frames, species, quantity, single, self._num_threads, first)

    def _left_on_device(
        self, frames: Frames, quantity: "_core.Quantity", average: str | None
    ) -> "_core.DeviceArray":
        devices.require_device(self._device, "on_device")
        if average is not None:
            raise ArgumentError("average", repr(average), "None with on_device=True")
        if isinstance(frames, FrameArrays):
            species = self._species or frames.species
            return self._engine_for(species, quantity).on_device(frames.core, species)
        held = list(batches.as_iterable(frames))
        species = self._species or batches.species_of(held)[0]
        return self._engine_for(species, quantity).on_device(held, species)

    def _engine_for(self, species: tuple[int, ...], quantity: "_core.Quantity") -> "_core.DeviceDescriptor":
        key, last = (species, quantity), self._engine
        if last is None or last[0] != key:
            hypers = self._core_for(species).hypers
            devices.tell_slowness(hypers)
            engine = _core.DeviceDescriptor(hypers, quantity, self._dtype == np.float32)
            last = self._engine = (key, engine)
        return last[1]

    def _jacobian_engine_for(self, species: tuple[int, ...], symmetric: bool) -> "_core.DeviceJacobian":
        key, last = (species, symmetric), self._jacobian_engine
        if last is None or last[0] != key:
            hypers = self._core_for(species).hypers
            devices.tell_slowness(hypers)
            engine = _core.DeviceJacobian(hypers, "symmetric" if symmetric else "power_spectrum")
            last = self._jacobian_engine = (key, engine)
        return last[1]

    def _core_for(self, species: tuple[int, ...]) -> _core.Descriptor:
        last = self._last
        if last is None or last[0] != species:
            hypers = _core.Hypers(species=to_symbols(species), **self._arguments)
            last = self._last = (species, _core.Descriptor(hypers))
        return last[1]

    def _core_of_frame(self, frame: Atoms) -> tuple[tuple[int, ...], _core.Descriptor]:
        if not isinstance(frame, Atoms):
            raise ArgumentTypeError("frame", repr(type(frame)), "one ase.Atoms")
        species = self._species or batches.species_of([frame])[0]
        return species, self._core_for(species)

    def _known(self) -> tuple[tuple[int, ...], _core.Descriptor]:
        if self._last is None:
            raise SpeciesUnknown(
                "species", "None before the first call", "species=[...], or a call with frames"
            )
        return self._last

    @property
    def species_(self) -> tuple[int, ...]:
        """Atomic numbers of the species, in the order of the columns. Without `species`, those of the last call."""
        return self._known()[0]

    @property
    def n_features(self) -> int:
        """Columns of the power spectrum."""
        return self._known()[1].row_length("power_spectrum")

    @property
    def n_features_symmetric(self) -> int:
        """Columns of the power spectrum with symmetric=True."""
        return self._known()[1].row_length("symmetric")

    @property
    def feature_labels(self) -> np.ndarray:
        """What the columns are: [n_features] with fields l, n, species, n', species' (species as atomic numbers)."""
        return self._labels("power_spectrum")

    @property
    def feature_labels_symmetric(self) -> np.ndarray:
        """Labels of the columns of symmetric=True: [n_features_symmetric]."""
        return self._labels("symmetric")

    def _labels(self, quantity: "_core.Quantity") -> np.ndarray:
        species, core = self._known()
        table = core.labels(quantity)  # l, m, n, species, n', species'
        numbers = np.array(species)
        labels = np.empty(
            len(table), dtype=[(name, np.int32) for name in ("l", "n", "species", "n'", "species'")]
        )
        labels["l"], labels["n"], labels["n'"] = table[:, 0], table[:, 2], table[:, 4]
        labels["species"], labels["species'"] = numbers[table[:, 3]], numbers[table[:, 5]]
        return labels

    @property
    def num_radial(self) -> list[int]:
        """Radial functions per l, n_l."""
        return self._hypers().num_radial()

    def _hypers(self) -> _core.Hypers:
        return _core.Hypers(species=to_symbols(self._species or (0,)), **self._arguments)

    def to_json(self, path: str | os.PathLike[str] | None = None) -> str:
        """The hyperparameters and species as JSON text, which ``from_json`` and LAMMPS read.

        Parameters
        ----------
        path : path, optional
            File to write; it is replaced as a whole or not at all.

        Raises
        ------
        ArgumentError
            While the species are not known.
        """
        text = self._known()[1].hypers.to_json() + "\n"
        if path is not None:
            write_text(path, text)
        return text

    @classmethod
    def from_json(
        cls,
        source: str | os.PathLike[str],
        *,
        dtype: Any = "float64",
        num_threads: int | None = None,
        device: str = "cpu",
    ) -> "Descriptor":
        """Descriptor with the hyperparameters of a file or of JSON text (valid JSON, or anything that begins with '{' or '[').

        Raises
        ------
        ArgumentError
            For text that is truncated, of another format or of a newer version.
        TypeError
            For a source that is neither a path nor text.
        FileNotFoundError
        """
        if not isinstance(source, (str, os.PathLike)):
            raise ArgumentTypeError("source", repr(source), "a path or JSON text")
        if isinstance(source, str) and _is_json(source):
            text, file = source, None
        else:
            text, file = Path(source).read_bytes().decode("utf-8", errors="backslashreplace"), source
        try:
            h = _core.Hypers.from_json(text)
            return cls(
                species=h.species,
                radial_gaussian_width=h.radial_gaussian_width or None,
                cutoff_width=h.cutoff_width or None,
                dtype=dtype,
                num_threads=num_threads,
                device=device,
                **{name: getattr(h, name) for name in _PLAIN},
            )
        except ArgumentError as error:
            raise error if file is None else in_file(error, file) from None

    def _given(self) -> dict[str, Any]:
        given = {name: self._arguments[name] for name in _PLAIN}
        for name in ("radial_gaussian_width", "cutoff_width"):
            given[name] = self._arguments[name] or None
        given["species"] = None if self._species is None else to_symbols(self._species)
        given["dtype"] = self._dtype.name
        given["num_threads"] = self._num_threads or None
        given["device"] = self._device
        return given

    def __repr__(self) -> str:
        given = self._given()
        text = [
            f"{name}={given.pop(name)!r}" for name in ("max_angular", "radial_basis_name", "cutoff_radius")
        ]
        text += [f"{name}={value!r}" for name, value in given.items() if value != _DEFAULTS[name]]
        return f"Descriptor({', '.join(text)})"

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuilt, (self._given(),)


_PLAIN = (
    "max_angular",
    "radial_basis_name",
    "cutoff_radius",
    "max_radial",
    "subtract_center_contribution",
    "basis_rcond",
    "basis_tol",
    "cutoff_function",
)
_DEFAULTS: dict[str, Any] = dict(Descriptor.__init__.__wrapped__.__kwdefaults__)  # type: ignore[attr-defined]


def _require_none(where: str, **given: object) -> None:
    for name, value in given.items():
        if value is not None:
            raise ArgumentError(name, f"a selection {where}", "None")


def _columns(rows: np.ndarray, features: ArrayLike | None) -> np.ndarray:
    if features is None:
        return rows
    return rows[:, selection.indices_of(features, rows.shape[1], "features", "columns")]


def _averaged(
    core: _core.Descriptor,
    rows: np.ndarray,
    counts: np.ndarray,
    quantity: "_core.Quantity",
    average: str | None,
) -> np.ndarray:
    """Rows as they are, means of power spectra, or power spectra of mean coefficients."""
    if average is None:
        return rows
    if average == "frame":
        return batches.frame_means(rows, counts)
    means = batches.frame_means(rows, counts, np.float64)
    return core.power_spectra(means, quantity).astype(rows.dtype, copy=False)


def _is_json(source: str) -> bool:
    if not source.strip() or source.lstrip().startswith(("{", "[")):
        return True
    try:
        json.loads(source)
    except ValueError:
        return False
    return True


def _rebuilt(given: dict[str, Any]) -> Descriptor:
    return Descriptor(**given)
