# SPDX-License-Identifier: MIT
"""The blocks of docs/coarse.md run as printed, on a few molecules of benzene."""

import numpy as np
import pytest
from anisoap_md import read_frames
from ase import Atoms
from testing.liquids import liquid, write_dump
from testing.printed import ROOT, Block, Step, blocks, run

PAGE = ROOT / "docs" / "coarse.md"
LENGTH, N_FRAMES = 13.0, 40


def repelled(seed: int) -> Atoms:
    """Benzenes whose atoms push those of the others away, kcal/mol/A: 20 exp((2.5 - d) / 0.6)."""
    atoms = liquid(cell=LENGTH * np.eye(3), seed=seed, wrapped=False)
    r = atoms.positions[:, None] - atoms.positions[None]
    r -= np.round(r / LENGTH) * LENGTH
    d = np.linalg.norm(r, axis=-1) + np.eye(len(atoms))
    others = atoms.arrays["mol"][:, None] != atoms.arrays["mol"]
    atoms.arrays["forces"] = np.sum(r * (others * 20 * np.exp((2.5 - d) / 0.6) / d)[..., None], axis=1)
    atoms.wrap()
    return atoms


@pytest.fixture
def folder(tmp_path):
    """Type 1 is carbon, type 2 hydrogen."""
    write_dump(tmp_path / "aa.dump", [repelled(k) for k in range(N_FRAMES)], types={6: 1, 1: 2})
    return tmp_path


def block(language: str) -> Block:
    (found,) = (b for b in blocks(PAGE) if b.language == language)
    return found


def test_from_atoms_to_a_run_by_the_commands_as_printed(folder):
    (printed,) = run([Step(block("sh"))], folder)
    assert f"{N_FRAMES} frames" in printed and "Total wall time" in printed
    assert len(read_frames(folder / "run.dump")) == 11  # of 10,000 steps


def test_the_python_block_runs_as_printed(folder):
    after = Block("python", "print(len(atoms), sorted(set(atoms.symbols)), coarse.bodies is not None)", 0)
    printed = run([Step(block("python")), Step(after)], folder)
    assert "mass 78.11" in printed[0] and printed[1] == "48 ['C', 'H'] True"
    assert len(read_frames(folder / "bodies.extxyz")) == N_FRAMES
