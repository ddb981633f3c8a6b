# SPDX-License-Identifier: MIT
"""Every block of the README, the documents and the manual is run by a test as printed, or stands here with the reason why not.

Output and forms (text) and what Sphinx includes are no blocks of this kind. Options of CMake and of anisoap-md that no test runs
are looked up in their sources.
"""

import argparse
import re
import shlex
import subprocess

import pytest
from anisoap_md.cli.main import COMMANDS, make_parser
from testing.printed import ROOT, blocks

PAGES = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "lammps-plugin/README.md")),
    *(ROOT / "docs").rglob("*.md"),
    *(ROOT / "examples").glob("*/README.md"),
]
NO_PROGRAM = ("text", "bibtex")

# Page: words that only one of its blocks holds, and the test that runs it.
RUN = {
    "README.md": {
        "git clone": "wheel/test_newcomer.py",
        "describe liquid.xyz": "examples/test_readme.py",
        "anisoap-md tune liquid.xyz": "examples/test_readme.py",
        "ellipsoids.xyz": "docs/test_readme_blocks.py",
        "describe liquid.dump": "docs/test_readme_blocks.py",
        "compute desc": "docs/test_readme_blocks.py",
        "labelled.xyz": "docs/test_readme_blocks.py",
        "model.json C O": "docs/test_readme_blocks.py",
        "#include": "docs/test_readme_blocks.py",
        "make demo": "docs/test_setup_blocks.py",
    },
    "CONTRIBUTING.md": {"make package": "docs/test_setup_blocks.py"},
    "docs/bench.md": {"--preset tiny": "docs/test_bench_blocks.py", "sweeps:": "docs/test_bench_blocks.py"},
    "docs/coarse.md": {
        "anisoap-md coarse-grain": "docs/test_coarse_blocks.py",
        "to_atoms": "docs/test_coarse_blocks.py",
    },
    "docs/devices.md": {
        "slopes": "docs/test_device_blocks.py",
        "describe run.dump": "docs/test_device_blocks.py",
        "pair_style anisoap device": "docs/test_device_blocks.py",
    },
    "docs/guide/extending.md": {
        "tapered_norm": "docs/test_setup_blocks.py",
        "kMonomial, kTapered": "docs/test_setup_blocks.py",
        "// offset + sum_k": "docs/test_setup_blocks.py",
        'a {"quadratic"': "docs/test_setup_blocks.py",
        "class Quadratic": "docs/test_document_blocks.py",
    },
    "docs/guide/installation.md": {
        "anisoap-md info": "docs/test_device_blocks.py",
        "pip install dist": "wheel/test_wheel.py",
        "core-only": "docs/test_setup_blocks.py",
    },
    "docs/kokkos.md": {
        "mpirun -np 4 lmp": "lammps-kokkos/test_documented_lines.py",
        "mpiexec -np 4": "lammps-kokkos/test_documented_lines.py",
    },
    "docs/potentials.md": {
        "two-body: {": "python/cli/test_documented_commands.py",
        "model show": "python/cli/test_documented_commands.py",
        '"symmetric"': "python/training/linear/test_symmetric.py",
    },
    "docs/reference-interface.md": {"EllipsoidalDensityProjection": "docs/test_document_blocks.py"},
    "docs/torch.md": {
        "module = AniSOAP": "docs/test_document_blocks.py",
        "to_model": "docs/test_document_blocks.py",
    },
    "lammps-plugin/README.md": {
        "c_soap[*]": "lammps/test_manual_blocks.py",
        "nvt/asphere": "lammps/test_manual_blocks.py",
        "reduce max f_u": "lammps/test_manual_blocks.py",
        "mpiexec -n 4": "lammps/test_manual_blocks.py",
        "angmom 3.333": "lammps/pair/test_quench.py",
        "lmp -k on t 4": "lammps-kokkos/test_documented_lines.py",
        "install.sh LAMMPS_DIR": "lammps-kokkos/test_documented_lines.py",
        "scikit-build-core": "wheel/test_rebuild.py",
    },
    "examples/04_active_learning/README.md": {
        "MyCalculator": "docs/test_device_blocks.py",
        "active-learn config.yaml": "docs/test_setup_blocks.py",
    },
}

# Page: words of a block that no test runs, and why.
_GPU = "needs a GPU of NVIDIA; tests/device/run.sh runs the styles on one"
_NVCC = "compiles for minutes, with the nvcc of CUDA"
NOT_RUN = {
    "docs/devices.md": {
        "Kokkos_ROOT=$HOME/kokkos": "compiles for minutes, with a Kokkos: make test-kokkos makes such a package",
        "ANISOAP_KOKKOS_SOURCE": _NVCC,
        "import cupy": _GPU,
    },
    "docs/kokkos.md": {
        "lammps-kokkos.sh cuda": f"{_NVCC}; make test-kokkos runs it with cpu",
        "-S lammps/cmake": _NVCC,
        "-S . -B build": f"{_NVCC}; make test-kokkos does it on the host",
        "impi-rt": f"{_GPU}, four of one host",
    },
}
_BLOCKS_NOT_RUN = [(page, words, why) for page, each in NOT_RUN.items() for words, why in each.items()]


def programs(page):
    return [b for b in blocks(page) if b.language not in NO_PROGRAM and not b.language.startswith("{")]


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_every_block_has_its_test_or_its_reason(page):
    if page.parent.name == "tutorials":
        assert {b.language for b in programs(page)} <= {"sh", "python"}  # test_tutorials.py runs all of these
        return
    name = str(page.relative_to(ROOT))
    known = {**RUN.get(name, {}), **NOT_RUN.get(name, {})}
    found = {words: [b.line for b in programs(page) if words in b.text] for words in known}
    assert all(len(lines) == 1 for lines in found.values()), found
    assert sorted(line for (line,) in found.values()) == [b.line for b in programs(page)]


def test_the_pages_and_tests_of_the_lists_exist():
    assert {*RUN, *NOT_RUN} <= {str(page.relative_to(ROOT)) for page in PAGES}
    for name, each in RUN.items():
        for test in set(each.values()):
            text = (ROOT / "tests" / test).read_text()
            assert name.split("/")[-1].removesuffix(".md") in text or "README" in text, (name, test)


@pytest.mark.parametrize("page, words, why", _BLOCKS_NOT_RUN, ids=lambda value: str(value)[:40])
def test_a_block_that_is_not_run(page, words, why):
    """Is valid bash or Python, at least; printed by pytest as a skipped test with its reason."""
    (block,) = (b for b in blocks(ROOT / page) if words in b.text)
    if block.language == "python":
        compile(block.text, page, "exec")
    else:
        subprocess.run(["bash", "-n", "-c", block.text], check=True)
    pytest.skip(f"{page}, block with '{words}': {why}")


def test_cmake_options_of_the_documents_exist():
    text = "".join(path.read_text() for path in PAGES)
    named = set(re.findall(r"(?:-D ?|cmake\.define\.)(ANISOAP_\w+)", text))
    sources = [ROOT / "CMakeLists.txt", *ROOT.glob("*/**/CMakeLists.txt"), *ROOT.glob("*/**/*.cmake")]
    known = "".join(path.read_text() for path in sources if "build" not in path.parts[len(ROOT.parts)])
    assert len(named) > 8
    assert not [name for name in named if not re.search(rf"\b{name}\b", known)]


def options_of(parser: argparse.ArgumentParser) -> set[str]:
    names = {"--help"}
    for action in parser._actions:
        names.update(action.option_strings)
        if isinstance(action, argparse._SubParsersAction):
            names.update(*(options_of(child) for child in action.choices.values()))
    return names


def commands(text: str) -> list[list[str]]:
    """Words behind anisoap-md, of lines of blocks and of code within sentences."""
    text = text.replace("\\\n", " ")
    lines = [line.partition(" #")[0] for line in text.splitlines() if line.startswith("anisoap-md ")]
    within = [" ".join(words.split()) for words in re.findall(r"`(anisoap-md [^`]*)`", text)]
    return [shlex.split(line.split(" && ")[0])[1:] for line in (*lines, *within)]


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_commands_and_their_options_exist(page):
    for words in commands(page.read_text()):
        if words[0] in ("lmp", "COMMAND"):
            continue
        assert words[0] in COMMANDS, words
        given = {word for word in words if word.startswith("--")}
        assert given <= options_of(make_parser(words[0])[0]), words
