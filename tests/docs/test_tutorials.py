# SPDX-License-Identifier: MIT
"""The tutorials run as printed, in a folder that holds what they ask for, and print what they say."""

import shutil
from importlib.util import find_spec

import pytest
from testing.helpers import skip
from testing.printed import ROOT, Block, Step, differences, run, steps

TUTORIALS = sorted((ROOT / "docs" / "tutorials").glob("*.md"))
ASKED_FOR = {
    "coarse-grain": "05_benzene",
    "on-the-fly": "04_active_learning",
    "lammps-compute": None,
}  # folder of examples; others take data
PACKAGES = {"on-the-fly": ("ruamel.yaml", "torch")}


@pytest.fixture
def folder(request, tmp_path):
    name = ASKED_FOR.get(request.param.stem, "data")
    if name:
        shutil.copytree(ROOT / "examples" / name, tmp_path, dirs_exist_ok=True)
    return tmp_path


@pytest.mark.parametrize(
    ("page", "folder"), [(p, p) for p in TUTORIALS], indirect=["folder"], ids=lambda p: p.stem
)
def test_tutorial_runs_as_printed(page, folder):
    if not all(find_spec(name) for name in PACKAGES.get(page.stem, ())):
        skip(f"{page.stem} needs {', '.join(PACKAGES[page.stem])}")
    parts = steps(page)
    for part, printed in zip(parts, run(parts, folder), strict=True):
        if part.expected:
            assert not differences(printed, part.expected.text), f"{page.name}, line {part.block.line + 1}"


def test_six_tutorials_show_output():
    assert {p.stem for p in TUTORIALS} == {
        "coarse-grain",
        "descriptor",
        "device",
        "lammps-compute",
        "on-the-fly",
        "train-a-potential",
    }
    assert all(any(part.expected for part in steps(page)) for page in TUTORIALS)
    assert all(
        part.expected is None or part.expected.text.strip() for page in TUTORIALS for part in steps(page)
    )


def test_blocks_share_one_program(tmp_path):
    """Names and files of a block are there in the next; output belongs to its block."""
    texts = [
        ("python", "x = 2"),
        ("sh", "echo 3 > file; cat file"),
        ("python", "print(x + int(open('file').read()))"),
    ]
    assert run([Step(Block(language, text, 0)) for language, text in texts], tmp_path) == ["", "3", "5"]


@pytest.mark.parametrize("language, text", [("sh", "false | cat"), ("python", "1 / 0")])
def test_a_failing_block_fails(tmp_path, language, text):
    with pytest.raises(AssertionError, match=r"CalledProcessError|ZeroDivisionError"):
        run([Step(Block(language, text, 0))], tmp_path)


@pytest.mark.parametrize(
    "printed, same",
    [
        ("rows: 100, error 1.01e-3", True),
        ("rows: 100, error 1.1e-3", False),
        ("rows: 100, error nan", False),
        ("row: 100, error 1.0e-3", False),
        ("rows: 100, error 1.0e-3\nmore", False),
        ("rows: 0, error 1.0e-3", False),
    ],
)
def test_output_is_compared_by_words_and_numbers(printed, same):
    assert bool(differences(printed, "rows: 100,  error 1.0e-3\n")) is not same
