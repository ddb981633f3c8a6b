# SPDX-License-Identifier: MIT
"""Writes the golden files beside this script (numpy and scipy >= 1.15 needed), or checks the oracle against other files.

python make_golden.py                     # write every case
python make_golden.py --case slab         # write one
python make_golden.py --check FILE.json ...  # compare the oracle with the values of these files
"""

import argparse
import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from anisoap_md.backends import numpy_oracle as oracle
from anisoap_md.backends.radial import num_radial

LARGEST_FILE = 200 * 1024


def random_frame(seed: int, n: int, cell: list, pbc: list[bool], numbers: list[int], shortest: float) -> dict:
    """Particles at least ``shortest`` apart: random positions, orientations and diameters from 0.8 to 3.

    Some stand one or two cells outside the box.
    """
    generator = np.random.default_rng(seed)
    box = np.where(np.array(pbc)[:, None], np.array(cell, dtype=float), np.diag([5.0, 5.0, 5.0]))
    positions: list[np.ndarray] = []
    while len(positions) < n:
        trial = generator.random(3) @ box
        if all(np.linalg.norm(trial - p) > shortest for p in positions):
            positions.append(trial)
    away = generator.integers(-2, 3, size=(n, 3)) * np.array(pbc)
    moved = np.array(positions) + away @ box
    quaternions = generator.normal(size=(n, 4))
    quaternions /= np.linalg.norm(quaternions, axis=1, keepdims=True)
    return {
        "numbers": [numbers[k % len(numbers)] for k in range(n)],
        "positions": np.round(moved, 6).tolist(),
        "cell": cell,
        "pbc": pbc,
        "quaternions": quaternions.tolist(),
        "diameters": np.round(generator.uniform(0.8, 3.0, size=(n, 3)), 6).tolist(),
    }


def benzene_crystal() -> dict:
    """Orthorhombic benzene (Pbca, 4 molecules at inversion centres), one ellipsoid for each molecule.

    The orientation follows from the carbon positions of the asymmetric unit and the three two-fold screw axes.
    """
    lengths = np.array([7.46, 9.67, 7.03])
    carbon = (
        np.array([[-0.0569, 0.1387, -0.0054], [-0.1335, 0.0460, 0.1264], [-0.0774, -0.0925, 0.1295]])
        * lengths
    )
    bonds = np.linalg.norm(np.diff(np.vstack([carbon, -carbon[:1]]), axis=0), axis=1)
    assert np.all(np.abs(bonds - 1.40) < 0.02), bonds
    in_plane = carbon[0] / np.linalg.norm(carbon[0])
    normal = np.linalg.svd(carbon)[2][2]
    normal /= np.linalg.norm(normal)
    in_plane -= normal * (normal @ in_plane)
    in_plane /= np.linalg.norm(in_plane)
    body = np.column_stack([in_plane, np.cross(normal, in_plane), normal])
    axes = [[1, 1, 1], [-1, -1, 1], [-1, 1, -1], [1, -1, -1]]
    centres = [[0, 0, 0], [0.5, 0, 0.5], [0, 0.5, 0.5], [0.5, 0.5, 0]]
    quaternions = [oracle.Rotation.from_matrix(np.diag(a) @ body).as_quat() for a in axes]
    return {
        "numbers": [6] * 4,
        "positions": (np.array(centres) * lengths).tolist(),
        "cell": np.diag(lengths).tolist(),
        "pbc": [True] * 3,
        "quaternions": [[q[3], q[0], q[1], q[2]] for q in quaternions],
        "diameters": [[4.0, 4.0, 0.5]] * 4,
    }


def gto(l_max: int, cutoff: float, width: float, **others) -> dict:
    """Hyperparameters of a Gaussian-type basis."""
    named = {
        "max_angular": l_max,
        "radial_basis_name": "gto",
        "cutoff_radius": cutoff,
        "radial_gaussian_width": width,
    }
    return {**named, **others}


def cases() -> Iterator[tuple[str, str, dict, list[dict]]]:
    """Name, note, hyperparameters and frames of each case."""
    triclinic = [[6.5, 0.0, 0.0], [1.7, 6.0, 0.0], [-1.1, 2.0, 7.0]]
    everywhere, nowhere = [True] * 3, [False] * 3
    yield (
        "triclinic_two_species",
        "random triclinic box, two species",
        gto(4, 4.0, 1.1),
        [random_frame(1, 6, triclinic, everywhere, [6, 8], 1.2)],
    )
    slab = [[5.0, 0.3, 0.0], [-0.8, 5.5, 0.0], [0.0, 0.0, 0.0]]
    yield (
        "slab",
        "periodic along two cell vectors, the third is zero",
        gto(4, 4.5, 1.0, subtract_center_contribution=True),
        [random_frame(2, 5, slab, [True, True, False], [1, 7], 1.0)],
    )
    skewed = [[2.6, 0.0, 0.0], [1.9, 2.4, 0.0], [-0.7, 1.3, 2.9]]
    yield (
        "small_cell",
        "skewed cell of half the cutoff: particles see their own images",
        gto(6, 4.9, 1.3),
        [random_frame(3, 2, skewed, everywhere, [18], 1.0)],
    )
    yield (
        "many_particles",
        "enough particles for the search by cells, in one small periodic box and one open frame",
        gto(3, 3.0, 0.9),
        [
            random_frame(4, 20, [[5.2, 0, 0], [1.4, 5.0, 0], [0.9, -1.2, 4.8]], everywhere, [6], 0.9),
            random_frame(5, 18, [[0.0] * 3] * 3, nowhere, [6], 0.9),
        ],
    )
    yield (
        "monomial",
        "monomial radial basis, periodic along one direction",
        {"max_angular": 4, "radial_basis_name": "monomial", "cutoff_radius": 4.0},
        [random_frame(6, 6, [[0.0] * 3, [0.6, 5.0, 0.4], [0.0] * 3], [False, True, False], [6, 8], 1.1)],
    )
    yield (
        "radial_list",
        "max_radial given for each l",
        gto(3, 4.0, 0.9, max_radial=[1, 3, 0, 2]),
        [random_frame(7, 6, triclinic, everywhere, [1, 6], 1.2)],
    )
    yield (
        "cosine_cutoff",
        "cosine cutoff function of width 1.5",
        gto(4, 4.0, 1.0, cutoff_function="cosine", cutoff_width=1.5),
        [random_frame(8, 6, triclinic, everywhere, [6, 8], 1.2)],
    )
    yield (
        "benzene_crystal",
        "orthorhombic benzene, one ellipsoid for each molecule",
        gto(6, 7.0, 1.5),
        [benzene_crystal()],
    )
    yield (
        "high_angular",
        "max_angular 12, open frame",
        gto(12, 5.0, 1.2),
        [random_frame(9, 3, [[0.0] * 3] * 3, nowhere, [6], 1.2)],
    )
    yield (
        "highest_angular",
        "max_angular 20 with two radial functions, moments of degree 22",
        gto(20, 4.0, 0.8, max_radial=1),
        [random_frame(10, 2, [[0.0] * 3] * 3, nowhere, [6], 1.2)],
    )


def values(frames: list[dict], hypers: dict, species: list[int]) -> dict:
    """Coefficients and power spectrum as nested lists."""
    expansion = oracle.coefficients(frames, hypers, species)
    spectrum = oracle.power_spectrum(expansion)
    return {"coefficients": [c.tolist() for c in expansion], "power_spectrum": [p.tolist() for p in spectrum]}


def write(name: str, note: str, hypers: dict, frames: list[dict], folder: Path) -> None:
    """Writes one golden file."""
    species = sorted({number for frame in frames for number in frame["numbers"]})
    document = {
        "name": name,
        "note": note,
        "source": "tests/golden/make_golden.py, tensor Gauss-Hermite quadrature",
        "hypers": hypers,
        "num_radial": num_radial(hypers),
        "species": species,
        "quaternion_order": "w,x,y,z",
        "diameters": "full axes; semi-axes are half of them",
        "frames": frames,
        **values(frames, hypers, species),
    }
    text = json.dumps(document, separators=(",", ":"))
    if len(text) > LARGEST_FILE:
        raise SystemExit(f"{name}: {len(text)} bytes, more than {LARGEST_FILE}")
    (folder / f"{name}.json").write_text(text + "\n")
    print(f"{name}: {len(text)} bytes")


def check(path: Path) -> bool:
    """Compares the oracle with a file; the difference is relative to the largest entry of the case."""
    document = json.loads(path.read_text())
    ours = values(document["frames"], document["hypers"], document["species"])
    passed = True
    for quantity in ("coefficients", "power_spectrum"):
        pairs = [
            (np.array(a, dtype=float), np.array(b))
            for a, b in zip(document[quantity], ours[quantity], strict=True)
        ]
        scale = max(np.nanmax(np.abs(theirs)) for theirs, _ in pairs)
        # A file holds null where a species has no neighbour at all: zero here.
        worst = max(
            np.max(np.abs(np.where(np.isnan(theirs), 0.0, theirs) - own)) / scale for theirs, own in pairs
        )
        bound = 1e-8 if document["name"].endswith("high_degree") else 1e-10
        passed = passed and worst <= bound
        print(f"{document['name']:32s} {quantity:16s} {worst:.1e} (bound {bound:.0e})")
    return passed


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--case", help="write this case only")
    parser.add_argument(
        "--check", nargs="+", type=Path, metavar="FILE", help="compare the oracle with these files"
    )
    arguments = parser.parse_args()
    if arguments.check:
        raise SystemExit(0 if all([check(path) for path in arguments.check]) else 1)
    for name, note, hypers, frames in cases():
        if arguments.case in (None, name):
            write(name, note, hypers, frames, Path(__file__).parent)


if __name__ == "__main__":
    main()
