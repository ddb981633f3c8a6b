# SPDX-License-Identifier: MIT
"""Data file and input of the coarse-grained LAMMPS run."""

import os
from pathlib import Path

import numpy as np
from ase import Atoms

from ..common.errors import ArgumentError
from ..common.files import write_text
from ..frames import bodies as _bodies
from ..frames.species import to_symbols
from ..lammps.data_file import Box, Motion, data_file
from .mapping import TIMES

_SETTINGS = {"real": ("5.0", "100.0", "2.0"), "metal": ("0.005", "0.1", "2.0"), "lj": ("0.002", "1.0", "0.3")}
_INPUT = """# Coarse-grained run of {n} bodies: anisoap-md lmp -in {name}.in -var model model.json -var temperature 300
variable        model index model.json
variable        temperature index {temperature}
variable        steps index 10000

units           {units}
boundary        {boundary}
atom_style      ellipsoid
{box}read_data       {name}.data
{velocities}
pair_style      anisoap{shapes}
pair_coeff      * * ${{model}} {species}
neighbor        {skin} bin

# fix langevin keeps translation and rotation at the temperature. The pressure of fix npt/asphere counts rotations as well.
fix             move all nve/asphere
fix             bath all langevin ${{temperature}} ${{temperature}} {damp} 4711 angmom 3.333
compute         translation all temp
compute         pressure all pressure translation
compute         q all property/atom quatw quati quatj quatk
compute         shape all property/atom shapex shapey shapez
dump            bodies all custom 1000 {name}.dump id type x y z c_q[*] c_shape[*]
dump_modify     bodies sort id
thermo_style    custom step c_translation pe c_pressure density
thermo          100
timestep        {timestep}
run             ${{steps}}
"""


def files_of(name: str | os.PathLike[str]) -> tuple[Path, Path]:
    """NAME.data and NAME.in."""
    return Path(f"{os.fspath(name)}.data"), Path(f"{os.fspath(name)}.in")


def write_run(
    name: str | os.PathLike[str], frame: Atoms, units: str | None, shapes: np.ndarray | None = None
) -> None:
    """Writes both files, for a frame of bodies.

    Parameters
    ----------
    name : path
        Without suffix.
    frame : ase.Atoms
        Masses, orientations and diameters; LAMMPS starts from its momenta and angular momenta, else from random velocities.
    units : {'metal', 'real', 'lj'}
        Of the run.
    shapes : numpy.ndarray, optional
        [n, 3] diameters for LAMMPS, which takes moments of inertia from them, while the model sees those of its training; None
        takes those of the frame.

    Raises
    ------
    ArgumentError
        For units that are not known.
    """
    if units is None:
        raise ArgumentError("units", "None for a LAMMPS run", "'real', 'metal' or 'lj'")
    species = sorted(set(frame.numbers.tolist()))
    motion = _motion(frame, units)
    shaped = frame if shapes is None else _bodies.with_diameters(frame, shapes)
    data, script = files_of(name)
    title = f"{len(frame)} bodies, units {units}, types {' '.join(to_symbols(species))}"
    box = Box.of(frame)
    write_text(data, data_file(shaped, box, species, title, frame.get_masses(), motion))
    write_text(script, _script(Path(name).name, frame, units, box, "" if shapes is None else " shapes model"))


def _motion(frame: Atoms, units: str) -> Motion | None:
    if not frame.has("momenta"):
        return None
    spins = frame.arrays.get(_bodies.ANGULAR_MOMENTA, np.zeros((len(frame), 3)))
    return Motion(frame.get_velocities() * TIMES[units], spins * TIMES[units])


def _script(name: str, frame: Atoms, units: str, box: Box, shapes: str) -> str:
    timestep, damp, skin = _SETTINGS[units]
    return _INPUT.format(
        n=len(frame),
        name=name,
        units=units,
        temperature="1.0" if units == "lj" else "300.0",
        boundary=" ".join("p" if periodic else "f" for periodic in frame.pbc),
        box="box             tilt large\n" if np.tril(box.cell, -1).any() else "",
        velocities="" if frame.has("momenta") else "velocity        all create ${temperature} 4711",
        species=" ".join(_species(frame)),
        shapes=shapes,
        skin=skin,
        damp=damp,
        timestep=timestep,
    )


def _species(frame: Atoms) -> list[str]:
    """Symbols of the types."""
    return to_symbols(sorted(set(frame.numbers.tolist())))
