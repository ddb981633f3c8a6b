# SPDX-License-Identifier: MIT
"""Molecules in a box, and what acts on them by loops over atoms."""

import numpy as np
from ase import Atoms
from ase.build import molecule
from scipy.spatial.transform import Rotation

CELL = np.array([[17.0, 0.0, 0.0], [5.0, 16.0, 0.0], [-4.0, 6.0, 18.0]])  # strongly tilted
PLACES = np.array([[0.02, 0.03, 0.98], [0.5, 0.1, 0.5], [0.1, 0.55, 0.2], [0.55, 0.6, 0.05]])
LEFT = Atoms(
    "CHFClBr", [[0, 0, 0], [0, 0, 1.09], [1.3, 0, -0.45], [-0.85, 1.5, -0.6], [-0.9, -1.65, -0.65]]
)  # one hand of bromochlorofluoromethane


def liquid(parts=None, cell=CELL, pbc=True, seed=0, wrapped=True) -> Atoms:
    """Molecules at PLACES of the cell with random orientations, `mol` from 1, random forces and masses of the elements."""
    rng = np.random.default_rng(seed)
    parts = [molecule("C6H6")] * 4 if parts is None else parts
    out = Atoms(cell=cell, pbc=pbc)
    for k, one in enumerate(parts):
        turned = one.copy()
        turned.positions = Rotation.from_quat(rng.normal(size=4)).apply(
            one.positions - one.get_center_of_mass()
        )
        turned.positions += PLACES[k] @ np.asarray(cell)
        turned.set_array("mol", np.full(len(one), k + 1))
        out += turned
    out.set_array("forces", rng.normal(size=(len(out), 3)))
    if wrapped:
        out.wrap()
    return out


def whole_molecule(atoms: Atoms, members) -> np.ndarray:
    """Positions around the image of the first atom, each by trying all images. For molecules smaller than half of the cell."""
    first = atoms.positions[members[0]]
    out = []
    for k in members:
        images = [
            atoms.positions[k] + np.array([a, b, c]) @ atoms.cell.array
            for a in range(-2, 3)
            for b in range(-2, 3)
            for c in range(-2, 3)
        ]
        out.append(min(images, key=lambda x: np.linalg.norm(x - first)))
    return np.array(out)


def write_dump(path, frames, columns=(), types=None, forces=True) -> None:
    """LAMMPS dump of frames in lower triangular cells, with all digits: id mol type x y z, fx fy fz and further arrays."""
    lines = []
    for step, atoms in enumerate(frames):
        (xx, _, _), (xy, yy, _), (xz, yz, zz) = atoms.cell.array
        low = [min(0, xy, xz, xy + xz), min(0, yz), 0.0]
        high = [xx + max(0, xy, xz, xy + xz), yy + max(0, yz), zz]
        names = ["id", "mol", "type", "x", "y", "z", *(["fx", "fy", "fz"] if forces else []), *columns]
        lines += ["ITEM: TIMESTEP", str(step), "ITEM: NUMBER OF ATOMS", str(len(atoms))]
        lines += ["ITEM: BOX BOUNDS xy xz yz pp pp pp"]
        lines += [
            f"{float(a)!r} {float(b)!r} {float(t)!r}" for a, b, t in zip(low, high, (xy, xz, yz), strict=True)
        ]
        lines += [f"ITEM: ATOMS {' '.join(names)}"]
        kinds = (
            {z: k + 1 for k, z in enumerate(sorted(set(atoms.numbers.tolist())))} if types is None else types
        )
        for k in np.random.default_rng(step).permutation(len(atoms)):
            values = [*atoms.positions[k], *(atoms.arrays["forces"][k] if forces else [])]
            values += [atoms.arrays[name][k] for name in columns]
            words = " ".join(repr(float(v)) for v in values)
            lines.append(f"{k + 1} {atoms.arrays['mol'][k]} {kinds[int(atoms.numbers[k])]} {words}")
    path.write_text("\n".join(lines) + "\n")


def write_data(path, atoms, bonds=()) -> None:
    """LAMMPS data file of atom_style full in a lower triangular cell; type k is the k-th element, lightest first."""
    (xx, _, _), (xy, yy, _), (xz, yz, zz) = atoms.cell.array
    elements = sorted(set(atoms.numbers.tolist()))
    masses = {int(z): float(m) for z, m in zip(atoms.numbers, atoms.get_masses(), strict=True)}
    lines = [
        "atoms",
        "",
        f"{len(atoms)} atoms",
        f"{len(bonds)} bonds",
        f"{len(elements)} atom types",
        "1 bond types",
        "",
    ]
    lines += [
        f"0 {xx} xlo xhi",
        f"0 {yy} ylo yhi",
        f"0 {zz} zlo zhi",
        f"{xy} {xz} {yz} xy xz yz",
        "",
        "Masses",
        "",
    ]
    lines += [f"{k} {masses[z]!r}" for k, z in enumerate(elements, start=1)]
    lines += ["", "Atoms # full", ""]
    for k in reversed(range(len(atoms))):
        x = " ".join(repr(float(v)) for v in atoms.positions[k])
        lines.append(f"{k + 1} {atoms.arrays['mol'][k]} {elements.index(atoms.numbers[k]) + 1} 0.0 {x}")
    if len(bonds):
        lines += ["", "Bonds", "", *(f"{n} 1 {a + 1} {b + 1}" for n, (a, b) in enumerate(bonds, start=1))]
    path.write_text("\n".join(lines) + "\n")
