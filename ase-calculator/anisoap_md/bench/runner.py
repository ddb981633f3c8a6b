# SPDX-License-Identifier: MIT
"""Runs a study: frames, the oracle's rows, then each case in a process of its own; goes on where an interrupted run stopped."""

import json
import os
import subprocess
import sys
from dataclasses import asdict
from datetime import datetime, timezone
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from .. import _core
from ..backends import numpy_oracle
from ..common.errors import ArgumentError, message
from ..common.packages import PackageMissing
from ..common.progress import progress
from . import checkpoint, machine, timing
from .cases import Case, cases_of
from .inputs import Inputs
from .studies import Study

_DONE = ("done", "quoted")


def run(
    study: Study, path: str | os.PathLike[str], command: str = "", show_progress: bool = False
) -> dict[str, Any]:
    """Measures what the file lacks and keeps it there, case by case; returns its document.

    Raises
    ------
    ArgumentError
        For a file that is truncated, of another study, other inputs or another machine; for a study that needs a device that
        is not there.
    RuntimeError
        With a scipy that is too old for the oracle.
    """
    _require_oracle()
    document = _document(study, Path(path), command)
    _require_device(study)
    todo = _turns(study, document)
    with TemporaryDirectory() as folder:
        inputs = Inputs(Path(folder), study.check_centres)
        bar = progress(todo, "bench", "cases", show_progress)
        for turn, case in bar:
            before = document["results"][case.key] if turn else None
            if before is not None and before["status"] != "done":
                continue  # its reason is there
            if show_progress:
                bar.set_postfix_str(case.label)
            found = _result(study, case, inputs, document)
            document["results"][case.key] = found if before is None else timing.joined(before, found)
            checkpoint.write(path, document)
    document["complete"] = True
    checkpoint.write(path, document)
    return document


def _require_oracle() -> None:
    reason = numpy_oracle.missing()
    if reason is not None:
        raise RuntimeError(message("bench", reason, "'pip install anisoap-md[bench]'"))


def _require_device(study: Study) -> None:
    if study.device and not _has_device(study.device):
        raise ArgumentError(
            "device", f"no '{study.device}' here", "a machine that has one, or another preset"
        )


def _has_device(name: str) -> bool:
    """Of the core, or of torch."""
    if _core.device_support()["space"] == name and _core.devices():
        return True
    try:
        import torch
    except ImportError:
        return False
    return name == "cuda" and bool(torch.cuda.is_available())


def _turns(study: Study, document: dict[str, Any]) -> list[tuple[int, Case]]:
    """Rounds of cases that the document lacks, one round after the other."""
    cases = cases_of(study)
    return [(k, case) for k in range(study.rounds) for case in cases if _rounds(document, case) <= k]


def _rounds(document: dict[str, Any], case: Case) -> int:
    """How many are done; of what failed or was absent none."""
    result = document["results"].get(case.key, {})
    return result.get("rounds", 1) if result.get("status") in _DONE else 0


def _document(study: Study, path: Path, command: str) -> dict[str, Any]:
    """The file's, or a new one."""
    here = machine.machine()
    if not path.exists():
        return _new_document(study, here, command)
    document = checkpoint.read(path)
    if document["fingerprint"] != study.fingerprint:
        raise ArgumentError(
            f"output file '{path}'", "results of other settings", "the same settings, or another file"
        )
    before = document["machine"].get("processor")
    if before != here["processor"]:
        got = f"results of '{before}' on '{here['processor']}'"
        raise ArgumentError(f"output file '{path}'", got, "the machine that began, or another file")
    return document


def _new_document(study: Study, here: dict[str, Any], command: str) -> dict[str, Any]:
    """Without results."""
    return {
        "command": command,
        "started": datetime.now(timezone.utc).isoformat(timespec="seconds"),
        "study": study.plain(),
        "fingerprint": study.fingerprint,
        "machine": {**here, "peak_gflops": _peak_gflops()},
        "versions": machine.versions(),
        "revision": machine.revision(),
        "systems": {},
        "results": {},
        "complete": False,
    }


def _peak_gflops() -> float:
    """On one thread, which a process that has started its threads cannot go back to."""
    code = "from anisoap_md.bench.machine import peak_gflops; print(peak_gflops())"
    done = subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, **machine.pinned(1)}, capture_output=True, text=True
    )
    return float(done.stdout) if done.returncode == 0 else 0.0


def _result(study: Study, case: Case, inputs: Inputs, document: dict[str, Any]) -> dict[str, Any]:
    """Of one case, with what is known of its inputs. A system that cannot be made for want of a package is absent."""
    head = {"case": asdict(case)}
    try:
        facts = inputs.facts(case.system)
    except PackageMissing as error:
        return {**head, "status": "absent", "reason": str(error)}
    name = json.dumps(asdict(case.system), sort_keys=True)
    known = document["systems"].setdefault(name, facts)
    if known["checksum"] != facts["checksum"]:
        raise ArgumentError(
            f"inputs of system '{case.system.label}'",
            f"the checksum {facts['checksum'][:12]}",
            f"{known['checksum'][:12]}, that of the results so far",
        )
    measured = _in_a_process(study, case, inputs)
    return {
        **head,
        "pairs": inputs.n_pairs(case),
        "n_species": len(inputs.species(case.system)),
        "centres": facts["centres"],
        "frames": facts["n_frames"],
        "sum_n2": facts["sum_n2"],
        "checksum": facts["checksum"],
        **measured,
    }


def _in_a_process(study: Study, case: Case, inputs: Inputs) -> dict[str, Any]:
    task = {
        "case": asdict(case),
        "frames": inputs.frames_file(case.system),
        "species": inputs.species(case.system),
        "expected": inputs.expected_file(case),
        "repeat": study.repeat,
        "seconds": study.seconds,
    }
    (inputs.folder / "task.json").write_text(json.dumps(task), encoding="utf-8")
    result = inputs.folder / "result.json"
    result.unlink(missing_ok=True)
    done = subprocess.run(
        [sys.executable, "-m", "anisoap_md.bench.worker", str(inputs.folder)],
        env={**os.environ, **machine.pinned(case.threads)},
        capture_output=True,
        text=True,
    )
    if not result.exists():
        last = (done.stderr.strip().splitlines() or ["no word"])[-1]
        return {"status": "failed", "reason": f"its process ended with {done.returncode}: {last}"}
    return json.loads(result.read_text(encoding="utf-8"))
