# SPDX-License-Identifier: MIT
"""A box of bodies for lines of LAMMPS, and dumps for what reads them."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from anisoap_md.frames import bodies
from ase import Atoms

BOX = """units {units}
atom_style ellipsoid
lattice sc {spacing}
region box block 0 2 0 2 0 2
create_box {types} box
create_atoms {types} box
set type 1*{types} mass 12.0
set type 1*{types} shape 1.0 1.0 1.5
set type 1*{types} quat/random 1
neighbor 0.5 bin
"""


def write_dump(path: Path, frames: Sequence[Atoms]) -> None:
    """Text dump of bodies in orthogonal periodic cells, with their elements."""
    lines = []
    for step, atoms in enumerate(frames):
        lengths = np.diag(atoms.cell.array)
        lines += ["ITEM: TIMESTEP", str(step), "ITEM: NUMBER OF ATOMS", str(len(atoms))]
        lines += ["ITEM: BOX BOUNDS pp pp pp", *(f"0 {length!r}" for length in lengths.tolist())]
        lines += [f"ITEM: ATOMS id element x y z {_numbered('c_q', 4)} {_numbered('c_shape', 3)}"]
        turns = bodies.quaternions(bodies.rotations(atoms))
        rows = np.hstack([atoms.positions, turns, bodies.diameters(atoms)])
        for k, (symbol, row) in enumerate(zip(atoms.symbols, rows.tolist(), strict=True), start=1):
            lines.append(f"{k} {symbol} {' '.join(map(repr, row))}")
    path.write_text("\n".join(lines) + "\n")


def _numbered(name: str, count: int) -> str:
    return " ".join(f"{name}[{k}]" for k in range(1, count + 1))
