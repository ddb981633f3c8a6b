# SPDX-License-Identifier: MIT
"""What an active-learning run has done, on disk: state.json, replaced as a whole after every step, and a lock.

A step is in the file only after its outputs are in the folder of its round, so that a killed run repeats one step at most.
"""

import fcntl
import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ..common.checks import message
from ..common.errors import ArgumentError
from ..common.files import write_text
from .config import Config
from .resolved import SECTIONS, are_same, require_defaults, resolved

FORMAT, VERSION = "anisoap-active-learning", 1
FIRST, STEPS = ("label", "train"), ("explore", "collect", "label", "train")
# Keys of rounds to come: a later call may have other values. So may `fit` until there is a model, but for what labels are.
_LATER = ("explore", "frames", "rounds", "threshold")


class State:
    """Steps that are done.

    Attributes
    ----------
    folder : pathlib.Path
    steps : list of dict
        In their order: 'round', 'step' and 'facts'.
    """

    def __init__(self, config: Config, steps: list[dict[str, Any]]) -> None:
        self.folder, self.steps = config.state, steps
        self._head = {
            "format": FORMAT,
            "version": VERSION,
            "config": config.text,
            "options": resolved(config),
            "inputs": {
                n: _checksum(path) for n, path in config.files.items() if n.split(".")[0] not in _LATER
            },
        }

    @classmethod
    @contextmanager
    def opened(cls, config: Config) -> Iterator["State"]:
        """State of the folder, locked against other processes.

        Raises
        ------
        RuntimeError
            When another process uses the folder.
        ArgumentError
            For a damaged file, and for settings, their defaults or input files that changed since the run began.
        """
        config.state.mkdir(parents=True, exist_ok=True)
        with _locked(config.state):
            state = cls(config, [])
            if state.path.exists():
                state.steps = _read(state.path, state._head)
            yield state

    @property
    def path(self) -> Path:
        return self.folder / "state.json"

    def next_step(self, rounds: int) -> tuple[int, str] | None:
        """Round and step to do; None when the run is over."""
        if not self.steps:
            return 0, FIRST[0]
        last = self.steps[-1]
        k, step = last["round"], last["step"]
        if step == "collect" and last["facts"]["n_frames"] == 0:
            return None
        if step == "train":
            return (k + 1, STEPS[0]) if k < rounds else None
        return k, STEPS[STEPS.index(step) + 1]

    def finish(self, number: int, step: str, facts: Mapping[str, Any]) -> None:
        """Marks a step as done; its outputs are on disk."""
        _flush(self.round_folder(number))
        self.steps.append({"round": number, "step": step, "facts": dict(facts)})
        write_text(
            self.path, json.dumps({**self._head, "steps": self.steps}, indent=1, allow_nan=False) + "\n"
        )

    def facts(self, number: int, step: str) -> dict[str, Any]:
        """Facts of a step that is done; {} of another one."""
        return next((s["facts"] for s in self.steps if (s["round"], s["step"]) == (number, step)), {})

    def round_folder(self, number: int) -> Path:
        """Folder of a round, made where it is missing."""
        folder = self.folder / f"round_{number:03d}"
        folder.mkdir(exist_ok=True)
        return folder

    def model_file(self, number: int) -> Path:
        """Model at the end of a round."""
        return self.round_folder(number) / "model.json"


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """The lock ends with the process, however it ends."""
    with (folder / "lock").open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise RuntimeError(
                message("state", f"'{folder}', which another process is using", "a folder of its own")
            ) from None
        yield


def _read(path: Path, head: Mapping[str, Any]) -> list[dict[str, Any]]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        steps = [{"round": s["round"], "step": s["step"], "facts": s["facts"]} for s in content["steps"]]
        config, inputs = dict(content["config"]), dict(content["inputs"])
        kind, options = (content["format"], content["version"]), content.get("options")
    except (ValueError, KeyError, TypeError):
        raise ArgumentError(f"'{path}'", "a damaged file", "a file of this command") from None
    if kind != (FORMAT, VERSION):
        raise ArgumentError(f"'{path}'", f"format {kind}", f"{(FORMAT, VERSION)}")
    now = json.loads(json.dumps(head["config"]))
    is_trained = any(s["step"] == "train" for s in steps)
    if not is_trained:
        config, inputs = _with_fit_of(now, config), {**inputs, **_of_fit(head["inputs"])}
    for key in sorted({*config, *now} - set(_LATER)):
        same = key in SECTIONS and are_same(key, options, head["options"], (config, now))
        if config.get(key) != now.get(key) and not same:
            raise ArgumentError(
                f"key '{key}'",
                f"{now.get(key)!r} where the run in '{path.parent}' began with {config.get(key)!r}",
                "the same value, or another state folder",
            )
    for name, checksum in head["inputs"].items():
        if inputs.get(name) != checksum:
            raise ArgumentError(
                f"file of {name}",
                f"other content than the run in '{path.parent}' began with",
                "the same content, or another state folder",
            )
    if is_trained:
        require_defaults(options, head["options"], (config, now), str(path.parent))
    return steps


def _with_fit_of(now: Mapping[str, Any], began: Mapping[str, Any]) -> dict[str, Any]:
    """Settings that the run began with, but for options of the fit that labels do not depend on."""
    labels = {name: began.get("fit", {}).get(name) for name in ("targets", "units")}
    same = all(now.get("fit", {}).get(name) == value for name, value in labels.items())
    return {**began, "fit": now["fit"]} if same and "fit" in now else dict(began)


def _of_fit(inputs: Mapping[str, str]) -> dict[str, str]:
    return {name: checksum for name, checksum in inputs.items() if name.startswith("fit.")}


def _checksum(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _flush(folder: Path) -> None:
    """Waits until the files of a folder and of its folders are on disk."""
    for path in [folder, *folder.rglob("*")]:
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
