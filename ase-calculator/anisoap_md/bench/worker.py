# SPDX-License-Identifier: MIT
"""``python -m anisoap_md.bench.worker FOLDER``: measures the case of FOLDER/task.json and writes FOLDER/result.json.

A process of its own has its threads pinned before a library starts any, and its own peak of memory.
"""

import json
import os
import pickle
import sys
from pathlib import Path
from typing import Any

import numpy as np
from threadpoolctl import threadpool_info

from ..common.files import write_text
from .cases import Case
from .machine import THREAD_VARIABLES
from .timing import Expected, measure


def main(folder: Path) -> None:
    """Measures; errors of the case are its result."""
    task = json.loads((folder / "task.json").read_text(encoding="utf-8"))
    try:
        result = _measured(task)
    except (ValueError, TypeError, RuntimeError, OSError, MemoryError) as error:
        result = {"status": "failed", "reason": " ".join(str(error).split()) or type(error).__name__}
    result["threads"] = _threads()
    write_text(folder / "result.json", json.dumps(result))


def _measured(task: dict[str, Any]) -> dict[str, Any]:
    case = Case.from_json(task["case"])
    with open(task["frames"], "rb") as file:
        frames = pickle.load(file)
    with np.load(task["expected"]) as arrays:
        expected = Expected(arrays["rows"], arrays["centres"])
    if "torch" in case.backend:
        _pin_torch(case.threads)
    return measure(case, frames, task["species"], expected, task["repeat"], task["seconds"])


def _pin_torch(threads: int) -> None:
    try:
        import torch
    except ImportError:
        return
    torch.set_num_threads(threads)


def _threads() -> dict[str, str]:
    """What libraries are held to, and what those that were loaded say of themselves."""
    found = {name: os.environ.get(name, "") for name in THREAD_VARIABLES}
    found |= {pool["internal_api"]: str(pool["num_threads"]) for pool in threadpool_info()}
    if "torch" in sys.modules:
        found["torch"] = str(sys.modules["torch"].get_num_threads())
    return found


if __name__ == "__main__":
    main(Path(sys.argv[1]))
