# SPDX-License-Identifier: MIT
"""Frames of the reference files as LAMMPS data files, and dumps as arrays.

LAMMPS wants the first cell vector along x and the second in the xy plane, so frames are turned; quaternions turn with them.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np


@dataclass
class Frame:
    """One box in the orientation of LAMMPS. Quaternions are (w, x, y, z), diameters full lengths."""

    cell: np.ndarray  # [3, 3] lower triangular
    periodic: tuple  # [3] of bool
    positions: np.ndarray  # [n, 3]
    quaternions: np.ndarray  # [n, 4]
    diameters: np.ndarray  # [n, 3]
    types: np.ndarray  # [n] 1, 2, ...
    n_types: int
    rotation: np.ndarray  # [3, 3] from the orientation of the file to that of LAMMPS

    @property
    def triclinic(self) -> bool:
        """True when the box has a tilt."""
        return bool(np.any(np.tril(self.cell, -1)))

    @property
    def boundary(self) -> str:
        """Arguments of the `boundary` command."""
        return " ".join("p" if p else "f" for p in self.periodic)


def quaternion_of(rotation: np.ndarray) -> np.ndarray:
    """(w, x, y, z) of a rotation matrix, from the eigenvector of its quadratic form."""
    m = rotation
    form = np.empty((4, 4))
    form[0, 0] = np.trace(m)
    form[0, 1:] = form[1:, 0] = m[2, 1] - m[1, 2], m[0, 2] - m[2, 0], m[1, 0] - m[0, 1]
    form[1:, 1:] = m + m.T - np.trace(m) * np.eye(3)
    return np.linalg.eigh(form)[1][:, -1]


def product(p: np.ndarray, q: np.ndarray) -> np.ndarray:
    """Quaternion product p q for q [n, 4]: first q, then p."""
    w, v = q[:, :1], q[:, 1:]
    return np.hstack([p[0] * w - v @ p[1:, None], p[0] * v + w * p[1:] + np.cross(p[1:], v)])


def full_cell(cell: np.ndarray, periodic: list, positions: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Cell whose vectors along open directions are normal to the others and hold all positions; and the origin."""
    cell, origin = np.array(cell, dtype=float), np.zeros(3)
    _, _, directions = np.linalg.svd(np.where(np.array(periodic)[:, None], cell, 0))
    normals = list(directions[sum(periodic) :])
    for k in range(3):
        if periodic[k]:
            continue
        normal = normals.pop()
        height = positions @ normal
        cell[k] = normal * (np.ptp(height) + 2.0)
        origin += normal * (height.min() - 1.0)
    return cell, origin


def load(frame: dict, species: list) -> Frame:
    """A frame of a reference file in the orientation of LAMMPS."""
    positions, quaternions = (
        np.array(frame["positions"], dtype=float),
        np.array(frame["quaternions"], dtype=float),
    )
    periodic = list(frame["pbc"])
    cell, origin = full_cell(frame["cell"], periodic, positions)
    if np.linalg.det(cell) < 0:
        if periodic[2]:
            cell[[0, 1]], periodic[0], periodic[1] = cell[[1, 0]], periodic[1], periodic[0]
        else:
            origin, cell[2] = origin + cell[2], -cell[2]
    turn, upper = np.linalg.qr(cell.T)
    turn, lower = turn * np.sign(np.diag(upper)), upper.T * np.sign(np.diag(upper))
    rotation = np.eye(3) if np.allclose(turn, np.eye(3), atol=1e-15) else turn.T
    lower = np.where(np.abs(lower) < 1e-14, 0.0, lower)
    if not np.array_equal(rotation, np.eye(3)):
        quaternions = product(quaternion_of(rotation), quaternions)
    types = np.array([species.index(number) + 1 for number in frame["numbers"]])
    return Frame(
        lower, tuple(periodic), (positions - origin) @ rotation.T, quaternions, np.array(frame["diameters"]), types,
        len(species), rotation,
    )  # fmt: skip


def random_frame(seed: int, n_side: int = 4, n_types: int = 2, tilt: bool = False) -> Frame:
    """A jittered lattice of random ellipsoids, spacing 1.8."""
    rng = np.random.default_rng(seed)
    grid = np.stack(np.meshgrid(*[np.arange(n_side)] * 3, indexing="ij"), axis=-1).reshape(-1, 3)
    cell = 1.8 * n_side * np.eye(3)
    if tilt:
        cell[1, 0], cell[2, 0], cell[2, 1] = 1.1, -0.7, 0.9
    positions = (grid + 0.5 + rng.uniform(-0.25, 0.25, grid.shape)) / n_side @ cell
    n = len(grid)
    quaternions = rng.normal(size=(n, 4))
    quaternions /= np.linalg.norm(quaternions, axis=1, keepdims=True)
    return Frame(
        cell, (True,) * 3, positions, quaternions, rng.uniform(0.6, 1.6, (n, 3)), rng.integers(1, n_types + 1, n), n_types,
        np.eye(3),
    )  # fmt: skip


def write_data(path: Path, frame: Frame, hybrid: bool = False, without: tuple = ()) -> None:
    """LAMMPS data file for atom_style ellipsoid, or hybrid ellipsoid charge; atoms ``without`` (IDs) are points."""
    n, cell = len(frame.positions), frame.cell
    lines = ["ellipsoids", "", f"{n} atoms", f"{n - len(without)} ellipsoids", f"{frame.n_types} atom types"]
    lines += [f"0 {float(cell[k, k])!r} {a}lo {a}hi" for k, a in enumerate("xyz")]
    if frame.triclinic:
        lines.append(f"{float(cell[1, 0])!r} {float(cell[2, 0])!r} {float(cell[2, 1])!r} xy xz yz")
    lines += ["", "Atoms # " + ("hybrid" if hybrid else "ellipsoid"), ""]
    for i in range(n):
        x = " ".join(repr(float(v)) for v in frame.positions[i])
        flag = 0 if i + 1 in without else 1
        lines.append(
            f"{i + 1} {frame.types[i]} {x} {flag} 1.0 0.0"
            if hybrid
            else f"{i + 1} {frame.types[i]} {flag} 1.0 {x}"
        )
    lines += ["", "Ellipsoids", ""]
    for i in range(n):
        if i + 1 not in without:
            values = [*frame.diameters[i], *frame.quaternions[i]]
            lines.append(f"{i + 1} " + " ".join(repr(float(v)) for v in values))
    path.write_text("\n".join(lines) + "\n")


def isolated(folder: Path) -> Frame:
    """A frame in box.data of the folder whose particles lie 9 or more apart."""
    frame = random_frame(5)
    frame.cell *= 10
    frame.positions *= 10
    write_data(folder / "box.data", frame)
    return frame


def setup(data: str, frame: Frame, ghosts: float, style: str = "ellipsoid", newton: str = "on") -> str:
    """Script lines that read a data file; ghosts reach ``ghosts``."""
    return (
        f"units lj\natom_style {style}\nboundary {frame.boundary}\nnewton {newton}\nneighbor 0.3 bin\n"
        f"comm_modify cutoff {ghosts!r}\nread_data {data}\n"
    )


def run_command(file: str, columns: str) -> str:
    """Script lines of one step that dumps id and columns with all digits, atoms in order."""
    return f"dump d all custom 1 {file} id {columns}\ndump_modify d sort id format float %.17g\nrun 0 post no\nundump d\n"


def dump_command(file: str, columns: str) -> str:
    """Script line that writes id and columns with all digits, atoms in order, after a run."""
    return f"write_dump all custom {file} id {columns} modify sort id format float %.17g\n"


def read_dump(path: Path) -> np.ndarray:
    """Columns behind the id, [n_frames * n, n_columns]; atoms must be 1, 2, ... in order in every frame."""
    rows, expected, reading = [], 0, False
    for line in path.read_text().splitlines():
        if line.startswith("ITEM:"):
            reading, expected = line.startswith("ITEM: ATOMS"), 1
        elif reading:
            words = line.split()
            assert int(words[0]) == expected
            expected += 1
            rows.append([float(word) for word in words[1:]])
    return np.array(rows)


def read_box(path: Path) -> tuple[np.ndarray, np.ndarray]:
    """Origin and cell of a data file that LAMMPS wrote."""
    low, cell = np.zeros(3), np.zeros((3, 3))
    for line in path.read_text().splitlines():
        words = line.split()
        if words[3:] == ["xy", "xz", "yz"]:
            cell[1, 0], cell[2, 0], cell[2, 1] = (float(w) for w in words[:3])
        elif len(words) == 4 and words[2:] in ([f"{a}lo", f"{a}hi"] for a in "xyz"):
            k = "xyz".index(words[2][0])
            low[k], cell[k, k] = float(words[0]), float(words[1]) - float(words[0])
    return low, cell
