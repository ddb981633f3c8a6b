# SPDX-License-Identifier: MIT
"""The state of a training of networks in a file, from which it goes on to the bit. Reading it runs no code.

A training has phases, one for each committee that is trained: its members that are complete, and the one that is running.
"""

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import torch

from ....common.errors import ArgumentError
from ....common.files import require_writable, whole_file
from ....frames import bodies
from ...problem import Problem

_FORMAT, _VERSION = "anisoap-checkpoint", 1


class Phase:
    """One committee. Without a path nothing is read or written.

    Raises
    ------
    ArgumentError
        For a file of another format, or of another training: other frames, labels or options.
    """

    def __init__(self, path: str | None, name: str, fingerprint: str) -> None:
        self._path, self._name = path, name
        self._content: dict[str, Any] = {"format": _FORMAT, "version": _VERSION, "phases": {}}
        if path is not None and Path(path).exists():
            self._content = _read(path)
        elif path is not None:
            require_writable(path)
        empty: dict[str, Any] = {"fingerprint": fingerprint, "finished": [], "running": None}
        self._own = self._content["phases"].setdefault(name, empty)
        if self._own["fingerprint"] != fingerprint:
            got = f"'{path}', which a training with other frames or options wrote"
            raise ArgumentError("checkpoint", got, "that of this training, or a new file")

    @property
    def finished(self) -> list[dict[str, Any]]:
        """Members that are complete."""
        return self._own["finished"]

    @property
    def running(self) -> dict[str, Any] | None:
        """State of the one that is not."""
        return self._own["running"]

    def keep(self, state: dict[str, Any]) -> None:
        self._own["running"] = state
        self._write()

    def finish(self, member: dict[str, Any]) -> None:
        self._own["running"] = None
        self._own["finished"] = [*self.finished, member]
        self._write()

    def _write(self) -> None:
        if self._path is not None:
            with whole_file(self._path) as temporary:
                torch.save(self._content, temporary)


def _read(path: str) -> dict[str, Any]:
    try:
        content = torch.load(path, map_location="cpu", weights_only=True)
    except OSError:
        raise
    except Exception as error:  # of pickle, zip and torch
        raise ArgumentError(
            f"file '{path}'", f"'{type(error).__name__}' of its reader", "a checkpoint"
        ) from None
    if (
        not isinstance(content, dict)
        or content.get("format") != _FORMAT
        or content.get("version") != _VERSION
    ):
        raise ArgumentError(f"file '{path}'", "another format", f"a checkpoint of version {_VERSION}")
    return content


def fingerprint(problem: Problem, *others: object) -> str:
    """Of frames, labels and all that a training depends on."""
    digest = hashlib.sha256()
    for part in _parts(problem, others):
        digest.update(part)
    return digest.hexdigest()


def _parts(problem: Problem, others: Iterable[object]) -> Iterable[bytes]:
    environments = problem.environments
    settings = (environments.hypers.to_json(), environments.density_scale, problem.execution.precision)
    yield repr((settings, problem.weights, problem.scales, problem.seed, problem.isolated, others)).encode()
    data = problem.data
    for k, (atoms, labels) in enumerate(zip(data.frames, data.labels, strict=True)):
        yield repr((k, data.weight_of(k), atoms.pbc.tolist())).encode()
        yield atoms.cell.array.tobytes()
        for name in ("numbers", "positions", *(n for n in bodies.ALL_NAMES if n in atoms.arrays)):
            yield atoms.arrays[name].tobytes()
        for target in data.targets:
            value = getattr(labels, target)
            yield value.tobytes() if hasattr(value, "tobytes") else repr(value).encode()
