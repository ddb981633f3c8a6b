# SPDX-License-Identifier: MIT
"""A newcomer's path from an empty HOME, timed: install, first descriptor, LAMMPS run and potential, by the README alone.

    python tests/support/testing/newcomer.py [WHEEL]

clones this repository into an empty folder and installs it with pip in a fresh environment, or a wheel where one is given: by the
first two blocks of the README. No cache of pip or of a compiler is used.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[3]
_OF_PIP = ("PIP_", "SSL_", "REQUESTS_", "http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY")
sys.path.append(str(ROOT / "tests" / "support"))

from testing.printed import blocks  # noqa: E402


def built(pattern: str) -> Path:
    """The one file of the folder ANISOAP_DIST with such a name."""
    (path,) = Path(os.environ["ANISOAP_DIST"]).resolve().glob(pattern)
    return path


def block(words: str) -> list[str]:
    """Lines of the one block of the README that holds these words."""
    (found,) = (b.text for b in blocks(ROOT / "README.md") if words in b.text)
    return found.rstrip().split("\n")


def steps(wheel: str | None) -> dict[str, tuple[str, str]]:
    """Name of a step: its folder in the home, and its commands."""
    clone, environment, install = block("git clone")
    enter, describe, run, *train = block("describe liquid.xyz")
    data = f"anisoap-md/{enter.removeprefix('cd ')}"
    return {
        "clone": ("", clone.replace("URL", str(ROOT))),
        "environment": ("anisoap-md", environment),
        "install": ("anisoap-md", install.replace(" .", f" {wheel}") if wheel else install),
        "first descriptor": (data, describe),
        "first LAMMPS run": (data, run),
        "first potential": (data, "\n".join(train)),
    }


def path(folder: Path, wheel: str | None = None) -> dict[str, float]:
    """Seconds of each step, in an empty folder.

    Raises
    ------
    RuntimeError
        For a step that fails, with what it printed.
    """
    home = folder / "home"
    home.mkdir()
    places = [f"{home}/anisoap-md/.venv/bin", f"{sys.base_prefix}/bin", "/usr/local/bin", "/usr/bin", "/bin"]
    variables = {"HOME": str(home), "PATH": os.pathsep.join(places)}
    variables |= {name: value for name, value in os.environ.items() if name.startswith(_OF_PIP)}
    variables["PIP_NO_CACHE_DIR"] = "1"
    taken = {}
    for name, (where, commands) in steps(wheel).items():
        start = time.perf_counter()
        done = subprocess.run(
            ["bash", "-eo", "pipefail", "-c", commands],
            cwd=home / where,
            env=variables,
            capture_output=True,
            text=True,
        )
        taken[name] = time.perf_counter() - start
        if done.returncode:
            raise RuntimeError(f"{name}:\n{done.stdout[-3000:]}{done.stderr[-3000:]}")
    return taken


def main() -> None:
    wheel = str(Path(sys.argv[1]).resolve()) if len(sys.argv) > 1 else None
    with tempfile.TemporaryDirectory() as folder:
        taken = path(Path(folder), wheel)
    for name, seconds in taken.items():
        print(f"| {name} | {seconds:.0f} s |")


if __name__ == "__main__":
    main()
