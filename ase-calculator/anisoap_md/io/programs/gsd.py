# SPDX-License-Identifier: MIT
"""GSD files of HOOMD-blue, by the package gsd: positions, orientations, and shapes of types.

Lengths, masses and velocities are in the units of the file. Logged quantities, such as forces, are left out.
"""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from ase import Atoms

from ...common.errors import ArgumentError
from ...common.packages import require_package
from .ovito import symbols_of

_MAGIC = (0x65DF65DF65DF65DF).to_bytes(8, "little")
_SHAPES = "type_shapes of Ellipsoid (a, b, c) or Sphere (diameter)"


def is_gsd(path: Path) -> bool:
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(8) == _MAGIC


def read(path: Path, types: dict[str, int]) -> Iterator[Atoms]:
    """Frames one at a time: `c_q`, `c_diameter` where the types have shapes, masses, `velocity`, info timestep.

    Raises
    ------
    PackageMissing
        Without gsd.
    ArgumentError
        For a file that gsd does not read, another schema than hoomd's, and shapes that are no ellipsoids.
    """
    require_package("gsd", "gsd", f"GSD file '{path}'")
    import gsd.hoomd

    with contextlib.ExitStack() as stack:
        with _errors(f"file '{path}'"):
            trajectory = stack.enter_context(gsd.hoomd.open(str(path), "r"))
        for k in range(len(trajectory)):
            where = f"frame {k} of '{path}'"
            with _errors(where):
                frame = trajectory[k]
            yield _atoms(frame, where, types)


@contextlib.contextmanager
def _errors(where: str) -> Iterator[None]:
    """What gsd says of a damaged file."""
    try:
        yield
    except (RuntimeError, OSError, ValueError, KeyError) as error:
        if isinstance(error, FileNotFoundError):
            raise
        raise ArgumentError(where, f"{type(error).__name__}: {error}", "a whole GSD file of HOOMD") from error


def _atoms(frame: Any, where: str, types: dict[str, int]) -> Atoms:
    particles = frame.particles
    names = list(particles.types)
    kinds = np.asarray(particles.typeid, dtype=int)
    if kinds.size and not (0 <= kinds.min() and kinds.max() < len(names)):
        raise ArgumentError(f"{where}: typeid", f"{kinds.max()}", f"numbers of the {len(names)} types")
    used = [names[k] for k in np.unique(kinds)]
    symbols = symbols_of(used, where, types)
    cell = _cell(frame.configuration.box)
    atoms = Atoms(
        [symbols[names[k]] for k in kinds],
        positions=np.asarray(particles.position, dtype=float),
        masses=np.asarray(particles.mass, dtype=float),
        cell=cell,
        celldisp=-0.5 * cell.sum(axis=0),
        pbc=[True, True, frame.configuration.dimensions != 2],
        info={"timestep": int(frame.configuration.step)},
    )
    atoms.set_array("c_q", np.asarray(particles.orientation, dtype=float))
    atoms.set_array("velocity", np.asarray(particles.velocity, dtype=float))
    sizes = _diameters(particles, names, used, where)
    if sizes is not None:
        atoms.set_array("c_diameter", sizes[kinds])
    return atoms


def _cell(box: Any) -> np.ndarray:
    """Vectors as rows. HOOMD's tilt factors count in lengths of the direction that they lean on."""
    lx, ly, lz, xy, xz, yz = (float(v) for v in box)
    return np.array([[lx, 0, 0], [xy * ly, ly, 0], [xz * lz, yz * lz, lz]])


def _diameters(particles: Any, names: list[str], used: list[str], where: str) -> np.ndarray | None:
    """[n_types, 3] full diameters, 0 for types without a shape; None where no type that is used has one."""
    shapes = dict(zip(names, particles.type_shapes, strict=False))
    given = {name: shapes[name] for name in used if shapes.get(name)}
    if not given:
        return None
    sizes = np.zeros((len(names), 3))
    for name, shape in given.items():
        sizes[names.index(name)] = _of_shape(shape, f"{where}: shape of type '{name}'")
    return sizes


def _of_shape(shape: dict[str, Any], what: str) -> list[float]:
    try:
        if shape.get("type") == "Ellipsoid":
            return [2 * float(shape[axis]) for axis in "abc"]
        if shape.get("type") == "Sphere":
            return [float(shape["diameter"])] * 3
    except (KeyError, TypeError, ValueError):
        pass
    raise ArgumentError(what, shape, f"{_SHAPES}, or none and the option diameters")
