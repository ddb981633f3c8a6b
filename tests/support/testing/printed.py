# SPDX-License-Identifier: MIT
"""Code blocks of Markdown pages: found, run as printed, and their printed output compared.

    python tests/support/testing/printed.py PAGE FOLDER

runs the page in the folder and puts what its blocks print into the page, where a block of text follows them.
"""

import re
import subprocess
import sys
from dataclasses import dataclass
from os import environ, pathsep
from pathlib import Path
from sysconfig import get_path

from markdown_it import MarkdownIt

ROOT = Path(__file__).parents[3]
_MARK = "--- block ends ---"
_NUMBER = re.compile(r"(?<![\w.])[-+]?\d+(?:\.\d*)?(?:[eE][-+]?\d+)?(?![\w])")


@dataclass
class Block:
    """A fenced block: its language, text and first line, counted from 0."""

    language: str
    text: str
    line: int


@dataclass
class Step:
    """A block that runs, and the block of text behind it, which is what it prints."""

    block: Block
    expected: Block | None = None


def blocks(page: Path) -> list[Block]:
    tokens = MarkdownIt().parse(page.read_text(encoding="utf-8"))
    return [Block(t.info.strip(), t.content, t.map[0]) for t in tokens if t.type == "fence" and t.map]


def steps(page: Path) -> list[Step]:
    """Blocks of sh and python, in order."""
    found: list[Step] = []
    for block in blocks(page):
        if block.language in ("sh", "python"):
            found.append(Step(block))
        elif block.language == "text":
            found[-1].expected = block
    return found


def script(parts: list[Step]) -> str:
    """One program: Python as it stands, commands by bash, a mark after each."""
    lines = ["import subprocess"]
    for part in parts:
        if part.block.language == "sh":
            lines.append(
                f"subprocess.run(['bash', '-eo', 'pipefail', '-c', {part.block.text!r}], check=True)"
            )
        else:
            lines.append(part.block.text)
        lines.append(f"print({_MARK!r})")
    return "\n".join(lines)


def stand_ins(folder: Path, **programs: str) -> Path:
    """Folder for `first` of ``run`` with programs of these names: lines of bash, which have the words of the command."""
    for name, text in programs.items():
        (folder / name).write_text(f"#!/bin/bash\n{text}\n")
        (folder / name).chmod(0o755)
    return folder


def run(parts: list[Step], folder: Path, timeout: float = 300, first: Path | None = None) -> list[str]:
    """What each step prints. Programs of the folder `first` stand before those of PATH.

    Raises
    ------
    AssertionError
        With all output, for a step that fails.
    """
    path = pathsep.join([*([str(first)] if first else []), get_path("scripts"), environ["PATH"]])
    done = subprocess.run(
        [sys.executable, "-u", "-c", script(parts)],
        cwd=folder,
        env={**environ, "PATH": path},
        capture_output=True,
        text=True,
        timeout=timeout,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return [text.strip("\n") for text in done.stdout.split(f"{_MARK}\n")[:-1]]


def differences(printed: str, expected: str, bound: float = 0.02) -> list[str]:
    """Lines that differ: words to the letter, numbers by more than a fraction; a NaN in place of a number always."""
    got, wanted = (text.strip("\n").splitlines() for text in (printed, expected))
    if len(got) != len(wanted):
        return [f"{len(got)} lines, expected {len(wanted)}:\n{printed}"]
    return [f"got: {a}\nexpected: {b}" for a, b in zip(got, wanted, strict=True) if not _alike(a, b, bound)]


def _alike(got: str, expected: str, bound: float) -> bool:
    words = [_NUMBER.sub("#", text).split() for text in (got, expected)]
    numbers = [[float(n) for n in _NUMBER.findall(text)] for text in (got, expected)]
    return words[0] == words[1] and all(
        abs(a - b) <= bound * abs(b) for a, b in zip(numbers[0], numbers[1], strict=True)
    )


def write(page: Path, folder: Path) -> None:
    parts = steps(page)
    lines = page.read_text(encoding="utf-8").splitlines()
    for part, printed in reversed(list(zip(parts, run(parts, folder), strict=True))):
        if part.expected:
            first = part.expected.line + 1
            lines[first : first + len(part.expected.text.splitlines())] = printed.splitlines()
    page.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]), Path(sys.argv[2]))
