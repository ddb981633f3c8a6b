# SPDX-License-Identifier: MIT
"""Blocks of the README that need files or a run around them; test_every_block.py says where the others are run."""

import re
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from anisoap_md import Model, read_frames, write_frames
from ase.neighborlist import neighbor_list
from testing.helpers import random_atoms, run_lammps, skip
from testing.lammps_files import BOX
from testing.printed import ROOT, Block, Step, blocks, run

README = ROOT / "README.md"


def block(words: str) -> Block:
    (found,) = (b for b in blocks(README) if words in b.text)
    return found


def run_block(words: str, folder: Path, before: str = "", after: str = "") -> str:
    part = block(words)
    return run([Step(Block(part.language, before + part.text + after, part.line))], folder)[0]


def test_descriptor_block(tmp_path):
    shutil.copy(ROOT / "examples" / "data" / "liquid.xyz", tmp_path / "ellipsoids.xyz")
    printed = run_block("ellipsoids.xyz", tmp_path, after="print(features.shape == (len(frames) * 27, 44))")
    assert printed == "True"


def test_lammps_dump_is_described(tmp_path):
    """The block of the compute in a run, then the commands that read its dump."""
    if find_spec("chemiscope") is None:
        skip("the extra 'view' is not installed")
    text = BOX.format(units="lj", spacing=0.1, types=1) + "pair_style zero 4.0\npair_coeff * *\n"
    run_lammps(tmp_path, text + block("compute desc").text + "fix 1 all nve/asphere\nrun 1\n")
    printed = run_block("describe liquid.dump", tmp_path)
    assert (
        "rows of 44 features, 1 frames" in printed
        and "LAMMPS plugin" in printed
        and "map.json.gz: 8 particles" in printed
    )
    features = np.load(tmp_path / "features.npz")["features"]
    written = read_frames(tmp_path / "liquid.dump")[0].arrays["c_desc"]
    assert np.abs(features - written).max() < 1e-5 * np.abs(features).max()


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """Folder with the model of the block on potentials, trained on labels of soft spheres."""
    folder = tmp_path_factory.mktemp("potential")
    frames = [random_atoms(k, 4, [8.0, 8.0, 8.0], sizes=(1.0, 1.5)) for k in range(3)]
    for atoms in frames:
        i, distances, vectors = neighbor_list("idD", atoms, 7.0)
        energies = (3.0 / distances) ** 9
        atoms.info["energy"] = 0.5 * float(energies.sum())
        atoms.arrays["forces"] = np.zeros((len(atoms), 3))
        np.add.at(atoms.arrays["forces"], i, (-9 * energies / distances**2)[:, None] * vectors)
        atoms.arrays["torques"] = np.zeros((len(atoms), 3))
        for k in (1, 2, 3):  # bodies of one shape
            atoms.arrays[f"c_diameter[{k}]"][:] = 1.5 if k == 3 else 1.0
    write_frames(folder / "labelled.xyz", frames)
    before = "from anisoap_md import read_frames\natoms = read_frames('labelled.xyz')[0]\n"
    run_block("labelled.xyz", folder, before, "\nprint(atoms.get_forces().shape)")
    return folder


def test_potential_block_trains(trained):
    assert Model.load(trained / "model.json").species == ["C", "O"]


def test_pair_style_block_runs(trained):
    text = BOX.format(units="metal", spacing=4.0, types=2).replace("create_atoms 2 box", "create_atoms 1 box")
    run_lammps(trained, text + "set atom 1 type 2\n" + block("model.json C O").text + "run 1\n")


def test_cpp_block_compiles(tmp_path):
    compiler = shutil.which("c++")
    assert compiler, "a C++17 compiler"
    include, *rest = block("#include").text.split("\n", 1)
    text = f"{include}\nvoid f(const anisoap::FrameView& frame, const anisoap::Rows& rows) {{\n{rest[0]}}}\n"
    (tmp_path / "block.cpp").write_text(text)
    headers = ROOT / "core" / "include"
    (tmp_path / "anisoap").mkdir()  # CMake writes this header
    version = re.sub(r"@\w+@", "0", (headers / "anisoap" / "version.hpp.in").read_text())
    (tmp_path / "anisoap" / "version.hpp").write_text(version)
    command = [compiler, "-std=c++17", "-fsyntax-only", "-I", str(headers), "-I", str(tmp_path), "block.cpp"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
