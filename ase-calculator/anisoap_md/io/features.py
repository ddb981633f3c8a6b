# SPDX-License-Identifier: MIT
"""Descriptor rows into files, batch by batch: .npz (held until the end), .h5 and .extxyz (written as they come)."""

import io
import json
import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from ase import Atoms
from ase.io.extxyz import key_val_dict_to_str

from .. import _core
from ..common.errors import ArgumentError
from ..common.interrupts import waiting
from ..common.packages import require_package
from ..frames.batches import joined
from .extxyz import info_text, require_columns, require_values


class Writer(Protocol):
    """One output file, made when the species are known.

    `metadata`: hypers (JSON text), quantity, average, source, index, version; centers and columns where some were chosen.
    The file is complete after `finish`; `close` comes last, whether it is complete or not.
    """

    def __init__(self, path: Path, labels: np.ndarray, metadata: dict[str, str]) -> None: ...

    def add(self, frames: Sequence[Atoms], rows: np.ndarray, counts: np.ndarray) -> None: ...

    def finish(self) -> None: ...

    def close(self) -> None: ...


class NpzWriter:
    """Arrays features, labels, n_particles [n_frames], and one string for each entry of the metadata."""

    def __init__(self, path: Path, labels: np.ndarray, metadata: dict[str, str]) -> None:
        self._path, self._labels, self._metadata = path, labels, metadata
        self._rows: list[np.ndarray] = []
        self._counts: list[np.ndarray] = []

    def add(self, frames: Sequence[Atoms], rows: np.ndarray, counts: np.ndarray) -> None:
        self._rows.append(rows)
        self._counts.append(counts)

    def finish(self) -> None:
        features = joined(self._rows, len(self._labels), self._rows[0].dtype)
        counts = np.concatenate(self._counts)
        held: dict[str, Any] = {"features": features, "labels": self._labels, "n_particles": counts}
        np.savez(self._path, **{**held, **self._metadata})

    def close(self) -> None:
        pass


class _Disk(io.RawIOBase):
    """A file for HDF5, which cannot end in peace when its file cannot be written: the first error is kept, and raised by
    ``check``; what follows it is lost.
    """

    def __init__(self, path: Path) -> None:
        self._file = path.open("w+b")
        self._error: OSError | None = None

    def check(self) -> None:
        if self._error is not None:
            raise self._error

    def _try(self, act: Callable[..., Any], *arguments: Any) -> Any:
        try:
            return act(*arguments) if self._error is None else None
        except OSError as error:
            self._error = error
            return None

    def write(self, data: Any) -> int:
        self._try(self._file.write, data)
        return len(data)

    def truncate(self, size: int | None = None) -> int:
        return self._try(self._file.truncate, size) or 0

    def flush(self) -> None:
        self._try(self._file.flush)

    def readinto(self, buffer: Any) -> int | None:
        return self._file.readinto(buffer)

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._try(self._file.seek, offset, whence) or 0

    def tell(self) -> int:
        return self._file.tell()

    def close(self) -> None:
        self._try(self._file.close)
        with suppress(OSError):
            self._file.close()


class Hdf5Writer:
    """Datasets features, labels, n_particles [n_frames]; the metadata are attributes of the file.

    HDF5 calls `_Disk` and drops what is raised there: signals wait until HDF5 has returned.
    """

    def __init__(self, path: Path, labels: np.ndarray, metadata: dict[str, str]) -> None:
        import h5py

        self._disk = _Disk(path)
        self._file: Any = None
        try:
            with waiting(impatient=False):
                self._file = h5py.File(self._disk, "w")
                self._file["labels"] = labels
                self._file.attrs.update(metadata)
        except BaseException:
            self.close()
            raise

    @waiting(impatient=False)
    def add(self, frames: Sequence[Atoms], rows: np.ndarray, counts: np.ndarray) -> None:
        self._append("features", rows)
        self._append("n_particles", counts)
        self._disk.check()

    def _append(self, name: str, values: np.ndarray) -> None:
        if name not in self._file:
            shape = (0, *values.shape[1:])
            self._file.create_dataset(name, shape, values.dtype, maxshape=(None, *shape[1:]), chunks=True)
        data = self._file[name]
        data.resize(len(data) + len(values), axis=0)
        if len(values):
            data[-len(values) :] = values

    def finish(self) -> None:
        pass

    @waiting(impatient=False)
    def close(self) -> None:
        try:
            if self._file is not None:
                self._file.close()
        finally:
            self._disk.close()
        self._disk.check()


class ExtxyzWriter:
    """The frames themselves: features in the columns `anisoap`, or in the comment line when averaged.

    Columns of text and the results of a calculator (energy, forces) are left out.
    The comment line also holds `anisoap_labels` [n_features, 5] and, as `anisoap_<name>`, the hyperparameters.
    """

    def __init__(self, path: Path, labels: np.ndarray, metadata: dict[str, str]) -> None:
        document = json.loads(metadata["hypers"])
        info = {f"anisoap_{k}": v for k, v in document["hypers"].items() if v is not None}
        info["anisoap_species"] = " ".join(document["species"])
        info["anisoap_quantity"] = metadata["quantity"]
        info["anisoap_labels"] = np.array(labels.tolist()).reshape(-1, 5)
        self._info = info
        self._averaged = metadata["average"] != "none"
        self._file = path.open("w", encoding="utf-8")

    def add(self, frames: Sequence[Atoms], rows: np.ndarray, counts: np.ndarray) -> None:
        start = 0
        for k, atoms in enumerate(frames):
            if self._averaged:
                info, columns = {**self._info, "anisoap": rows[k]}, {}
            else:
                info, columns = self._info, {"anisoap": rows[start : start + counts[k]]}
                start += counts[k]
            self._file.write(extxyz_text(atoms, info, columns))

    def finish(self) -> None:
        pass

    def close(self) -> None:
        self._file.close()


def extxyz_text(atoms: Atoms, info: dict[str, Any], columns: dict[str, np.ndarray]) -> str:
    """One frame with all digits (ASE writes eight decimals).

    Raises
    ------
    ArgumentError
        For names of arrays and keys of info that extended XYZ cannot hold.
    """
    arrays = {
        k: v for k, v in atoms.arrays.items() if k not in ("numbers", "positions") and v.dtype.kind in "fiub"
    }
    names = tuple({**arrays, **columns})
    for name, values in {**arrays, **columns}.items():
        require_values(name, values)
    arrays = {"pos": atoms.positions, **arrays, **columns}
    letter = {"f": "R", "i": "I", "u": "I", "b": "L"}
    properties = "species:S:1"
    cells: list[list[str]] = [list(atoms.symbols)]
    for name, values in arrays.items():
        width = int(np.prod(values.shape[1:]))
        table = values.reshape(len(atoms), width)
        properties += f":{name}:{letter[values.dtype.kind]}:{width}"
        form: Callable[[Any], str] = repr if values.dtype.kind == "f" else str
        if values.dtype.kind == "b":
            form = lambda v: "T" if v else "F"  # noqa: E731
        cells += [[form(v) for v in column] for column in table.T.tolist()]
    require_columns(properties, names)
    own = key_val_dict_to_str(info)
    others = info_text({k: v for k, v in atoms.info.items() if k not in info})
    lattice = " ".join(repr(v) for v in atoms.cell.array.ravel().tolist())
    periodic = " ".join("T" if p else "F" for p in atoms.pbc)
    header = " ".join(
        filter(None, (f'Lattice="{lattice}" Properties={properties}', others, own, f'pbc="{periodic}"'))
    )
    return "\n".join([str(len(atoms)), header, *(" ".join(row) for row in zip(*cells, strict=True))]) + "\n"


_WRITERS: dict[str, type[Writer]] = {
    ".npz": NpzWriter,
    ".h5": Hdf5Writer,
    ".hdf5": Hdf5Writer,
    ".extxyz": ExtxyzWriter,
    ".xyz": ExtxyzWriter,
}


def writer_for(path: str | os.PathLike[str]) -> type[Writer]:
    """The class that writes files of this suffix."""
    suffix = Path(path).suffix
    if suffix not in _WRITERS:
        hint = _core.suggestion(suffix, list(_WRITERS))
        raise ArgumentError("suffix of the output file", f"'{suffix}'", ".npz, .h5, .extxyz or .xyz", hint)
    if _WRITERS[suffix] is Hdf5Writer:
        require_package("h5py", "hdf5", "HDF5 output")
    return _WRITERS[suffix]
