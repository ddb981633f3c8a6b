# SPDX-License-Identifier: MIT
"""Blocks of docs/devices.md, as printed but for the device, which is that of the test run; and short ones of other pages."""

import shutil
from importlib.util import find_spec

import numpy as np
import pytest
from anisoap_md import read_frames
from testing.helpers import run_lammps, skip
from testing.lammps_files import BOX, write_dump
from testing.printed import ROOT, Block, Step, blocks, run

PAGE = ROOT / "docs" / "devices.md"
BEFORE = """
from anisoap_md import Descriptor, fit, read_frames
frames = read_frames("liquid.xyz")[:4]
atoms = frames[0].copy()
hypers = Descriptor(3, "gto", 4.0, radial_gaussian_width=1.2, species=["C"], cutoff_function="cosine", cutoff_width=1.0)
fit(read_frames("liquid.xyz"), hypers, units="lj", test=0, density_scale=0.5).save("model.json")
hypers.to_json("hypers.json")
"""
AFTER = "print(rows.shape, found.forces.shape, atoms.get_forces().shape, slopes is not None)"


@pytest.fixture
def folder(tmp_path):
    shutil.copy(ROOT / "examples" / "data" / "liquid.xyz", tmp_path)
    return tmp_path


@pytest.fixture
def of_device(pytestconfig):
    """Function that gives the block of some words, for the device of this run."""
    device = pytestconfig.getoption("--device")

    def block(words: str) -> Block:
        (found,) = (b for b in blocks(PAGE) if words in b.text)
        return Block(found.language or "sh", found.text.replace("cuda", device), found.line)

    return block


def test_python_and_commands_run(folder, of_device):
    if find_spec("h5py") is None:
        skip("the extra 'hdf5' is not installed")
    write_dump(folder / "run.dump", read_frames(folder / "liquid.xyz"))
    parts = [
        Block("python", BEFORE, 0),
        of_device("slopes"),
        Block("python", AFTER, 0),
        of_device("describe run.dump"),
    ]
    printed = run([Step(part) for part in parts], folder)
    assert printed[2] == "(108, 44) (108, 3) (27, 3) True"
    assert (folder / "run.h5").exists()


def test_the_lammps_lines_run(folder, of_device):
    run([Step(Block("python", BEFORE, 0))], folder)
    pair, compute = of_device("pair_style anisoap device").text.splitlines()
    text = BOX.format(units="lj", spacing=0.1, types=1) + f"comm_modify cutoff 5.0\n{pair} shapes any\n"
    dump = "dump 1 all custom 1 d.dump id c_d[*]\n"
    run_lammps(folder, f"{text}pair_coeff * * model.json C\n{compute}\n{dump}run 0\n")
    rows = np.loadtxt(folder / "d.dump", skiprows=9)
    assert rows.shape == (8, 45) and np.abs(rows[:, 1:]).max() > 0


def test_info_says_what_is_there(tmp_path):
    (block,) = (
        b for b in blocks(ROOT / "docs" / "guide" / "installation.md") if b.text.startswith("anisoap-md")
    )
    (printed,) = run([Step(Block("sh", block.text, 0))], tmp_path)
    assert "LAMMPS plugin" in printed


def test_a_calculator_as_the_reference(tmp_path):
    page = ROOT / "examples" / "04_active_learning" / "README.md"
    (block,) = (b for b in blocks(page) if b.language == "python")
    before, after = Block("python", "class MyCalculator: pass", 0), Block("python", "print(make())", 0)
    printed = run([Step(part) for part in (before, block, after)], tmp_path)
    assert "MyCalculator object" in printed[2]
