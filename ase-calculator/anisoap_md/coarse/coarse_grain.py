# SPDX-License-Identifier: MIT
"""``coarse_grain``: frames of bodies of frames of atoms."""

import os
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from ase import Atoms

from .. import _core
from ..common.checks import flag, suggests_keywords
from ..common.errors import ArgumentError, message
from ..common.progress import progress
from ..frames import bodies as _bodies
from ..frames.type_names import TypeNames
from . import mapping, references
from .averages import averaged as averaged_labels
from .bodies import body_kinds
from .lammps_run import write_run
from .mapping import Body, Partition, Wanted, body_frame
from .molecules.atoms import AtomTable, table_of
from .molecules.kinds import molecule_kinds
from .molecules.sources import Reading, Source, open_source
from .orientation import Turns, principal, turned
from .rigidity import Rigidity
from .sizes import diameters_of, shape_of_moments

SHAPES = ("frame", "inertia")
ORIENTATIONS = ("reference", "principal")


@suggests_keywords
def coarse_grain(
    source: Any,
    *,
    index: str | int = ":",
    format: str | None = None,
    type_names: TypeNames | None = None,
    topology: str | os.PathLike[str] | None = None,
    units: str | None = None,
    molecules: Any = None,
    masses: Mapping[Any, float] | None = None,
    bodies: Any = None,
    species: Mapping[str, str] | None = None,
    reference: Any = "first",
    orientation: str = "reference",
    mirrored: bool = False,
    diameters: Any = "vdw",
    energy: bool = False,
    stress_column: str | None = None,
    groups: Any = None,
    show_progress: bool = False,
) -> "CoarseGrained":
    """Bodies in place of molecules: centres of mass, orientations, diameters, net forces and torques of all-atom frames.

    Parameters
    ----------
    source : path, ase.Atoms, iterable of ase.Atoms, MDAnalysis.Universe or AtomGroup
        A LAMMPS dump or data file, extended XYZ or whatever ASE reads. Every frame has the same atoms in one order (a dump with a
        column id is sorted by it). Forces are those of the dump's columns fx fy fz or of the frame's results.
    index, format, type_names
        As in ``iread``. A dump with types alone needs `type_names`, a `topology` with masses or `masses`.
    topology : path, optional
        LAMMPS data file of the same atoms: types, masses, molecules, bonds.
    units : {'metal', 'real', 'lj'}, optional
        Of the source. None takes what a dump says (``dump_modify units yes``), metal for what ASE reads, real for MDAnalysis.
    molecules : {'mol', 'bonds', 'connectivity'}, array_like or sequence of sequences, optional
        Column ``mol`` (or the ids of the topology), bonds of the topology, atoms closer than 1.2 times their covalent radii, ids
        [n_atoms], or lists of atoms. None takes the first that is there. Molecules that boundaries cut are made whole.
    masses : mapping, optional
        Chemical symbol, or number of type of a dump with types alone -> mass.
    bodies : mapping, optional
        Bodies of a molecule: name -> places of its atoms in the molecule, from 0, or a list of such lists for several like
        bodies; with unlike molecules formula -> such a mapping. None makes each molecule one body.
    species : mapping, optional
        Name of a body (the formula of a molecule that is one body) -> chemical symbol that stands for it. A name that is a
        symbol stands for itself; else it is the most frequent element, hydrogen last.
    reference : {'first', 'average'}, ase.Atoms, array_like [n, 3], path, or mapping of names of bodies to them
        What bodies are turned onto; 'average' is the mean of up to 100 frames, which are read twice. Its principal axes are the
        body axes: z that of the moment of inertia that differs most from the others (see ``Reference``).
    orientation : {'reference', 'principal'}
        Best rotation of the reference, weighted by mass, without reflection; or the principal axes of each body, for bodies
        that bend, refused where moments of inertia agree within 5 %. A linear molecule gets the shortest turn from z, a single
        atom none.
    mirrored : bool
        True takes mirror images of the reference as poor fits; False refuses them.
    diameters : {'vdw', 'gyration', 'inertia'}, sequence of three lengths, or mapping of names of bodies to them
        Box of the van der Waals spheres, or solid ellipsoid with the radii of gyration or the moments of inertia; full lengths
        along the body axes. Those of axes with moments of inertia that agree within 5 % are averaged.
    energy : bool
        Whether the atoms' energy becomes a label. Where bodies leave degrees of freedom out it is no energy of theirs.
    stress_column : str, optional
        Array of LAMMPS's ``compute s all stress/atom NULL pair ...`` in the dump ('c_s'): the terms that make fx fy fz. Frames
        with a stress need none.
    groups : int, str or sequence of int, optional
        Averages labels over samples of one configuration of bodies: frames a group, key of ``info``, or group of each frame.
    show_progress : bool

    Returns
    -------
    CoarseGrained
        Iterable of frames for ``fit`` and ``write_frames``.

    Raises
    ------
    ArgumentError
        For what does not fit together; see the arguments.
    OSError
        For a file that is missing.
    """
    if orientation not in ORIENTATIONS:
        hint = _core.suggestion(orientation, list(ORIENTATIONS)) if isinstance(orientation, str) else ""
        raise ArgumentError("orientation", repr(orientation), "'reference' or 'principal'", hint)
    read = open_source(source, Reading(index, format, type_names, topology, units))
    wanted = Wanted(read.units, flag("energy", energy), stress_column)
    table = table_of(read, masses)
    kinds = molecule_kinds(table, read.first, molecules)
    partition = Partition(kinds, body_kinds(table, kinds, bodies, species), read.first)
    chosen = _references(read, partition, reference)
    made = [
        Body(kind, one, diameters_of(kind, one, diameters))
        for kind, one in zip(partition.bodies, chosen, strict=True)
    ]
    how = How(
        wanted,
        orientation == "principal",
        flag("mirrored", mirrored),
        groups,
        flag("show_progress", show_progress),
    )
    return CoarseGrained(read, table, partition, made, how)


def require_shapes(shapes: object) -> None:
    if shapes not in SHAPES:
        hint = _core.suggestion(shapes, list(SHAPES)) if isinstance(shapes, str) else ""
        raise ArgumentError("shapes", repr(shapes), "'frame' or 'inertia'", hint)


def _references(read: Source, partition: Partition, reference: Any) -> list[Any]:
    found = partition.bodies_of(read.first, "frame 0")
    chosen = references.references_of(partition.bodies, found, reference)
    if not (isinstance(reference, str) and reference == "average"):
        return chosen
    if not read.can_repeat:
        raise ArgumentError(
            "reference", "'average' for frames that are read once", "a file or a list of frames"
        )
    return references.averaged(partition, chosen, read.frames())


@dataclass(frozen=True)
class How:
    """What happens to each frame."""

    wanted: Wanted
    principal: bool
    mirrored: bool
    groups: Any
    show_progress: bool


@dataclass
class CoarseGrained:
    """Frames of bodies, made while they are asked for.

    Iterating reads the source, again and again where it is a file or a list. A frame has the species of its bodies, centres of
    mass as positions, ``c_q`` (w, x, y, z), ``c_diameter`` [n, 3], masses and ``mol``; where the atoms have them, forces and
    torques in ``arrays`` and the stress in ``info``, in the units of the source, momenta and ``angular_momenta`` in ASE's.

    Attributes
    ----------
    bodies : list of Body
        Kind, reference (positions in body axes, masses, principal moments) and diameters of each kind of body.
    rigidity : dict
        Symbol -> Rigidity of the frames read last: how far bodies are from their reference.
    """

    _source: Source = field(repr=False)
    _table: AtomTable = field(repr=False)
    partition: Partition = field(repr=False)
    bodies: list[Body]
    _how: How = field(repr=False)
    rigidity: dict[str, Rigidity] = field(default_factory=dict)

    def __iter__(self) -> Iterator[Atoms]:
        frames = self._frames()
        return frames if self._how.groups is None else averaged_labels(frames, self._how.groups)

    @property
    def units(self) -> str | None:
        """Of the labels; None where nothing said."""
        return self._how.wanted.units

    def _frames(self) -> Iterator[Atoms]:
        self.rigidity = {body.kind.symbol: Rigidity(body.reference.radius) for body in self.bodies}
        self._warn_of_units()
        for k, atoms in enumerate(
            progress(self._source.frames(), "bodies", "frames", self._how.show_progress)
        ):
            yield self._frame(atoms, f"frame {k}")
        for body in self.bodies:
            self.rigidity[body.kind.symbol].warn(body.kind.label())

    def _warn_of_units(self) -> None:
        if self.units is None and mapping.has_velocities(self._source.first):
            text = message(
                "units", "None for frames with velocities, which are left out", "'real', 'metal' or 'lj'"
            )
            warnings.warn(text, stacklevel=3)

    def _frame(self, atoms: Atoms, where: str) -> Atoms:
        found = self.partition.bodies_of(atoms, where)
        rotations = []
        for body, one in zip(self.bodies, found, strict=True):
            turns = turned(one.arms, body.reference)
            self._require_same_hand(body, turns, where)
            self.rigidity[body.kind.symbol].add(turns.deviations)
            rotations.append(
                principal(one.arms, body.reference, turns.rotations)
                if self._how.principal
                else turns.rotations
            )
        return body_frame(self.partition, self.bodies, atoms, found, rotations, self._how.wanted, where)

    def _require_same_hand(self, body: Body, turns: Turns, where: str) -> None:
        poor = turns.deviations > Rigidity.LIMIT * body.reference.radius
        wrong = poor & (turns.mirrored < 0.5 * turns.deviations)
        if self._how.mirrored or not wrong.any():
            return
        k = int(np.argmax(wrong))
        got = f"{wrong.sum()} mirror images of the reference, the first deviates by {turns.deviations[k]:.3g}"
        expected = f"bodies of one hand (mirrored, it deviates by {turns.mirrored[k]:.3g}), or mirrored=True"
        raise ArgumentError(f"{where}: bodies {body.kind.label()}", got, expected)

    def to_atoms(self, frame: Atoms) -> Atoms:
        """Atoms of a frame of bodies, each as its rigid reference, in the order of the source.

        Parameters
        ----------
        frame : ase.Atoms
            One that this made, or of the same bodies in the same order, such as one of the coarse-grained run.

        Raises
        ------
        ArgumentError
            For other bodies.
        """
        order, n = self.partition.order, len(self.partition.order)
        expected = self.partition.merged(
            [np.full(len(m), b.kind.species) for m, b in zip(self.partition.atoms, self.bodies, strict=True)]
        )
        if len(frame) != n or not np.array_equal(frame.numbers, expected):
            raise ArgumentError(
                "frame", f"{len(frame)} bodies of other species", f"the {n} bodies of this mapping"
            )
        positions, rotations = np.empty((n, 3)), _bodies.rotations(frame)
        positions[order] = frame.positions
        place = np.argsort(order)
        atoms = np.empty((len(self._table), 3))
        start = 0
        for members, body in zip(self.partition.atoms, self.bodies, strict=True):
            chosen = slice(start, start + len(members))
            atoms[members] = references.restored(positions[chosen], rotations[place[chosen]], body.reference)
            start += len(members)
        return Atoms(
            numbers=self._table.numbers,
            positions=atoms,
            masses=self._table.masses,
            cell=frame.cell,
            pbc=frame.pbc,
        )

    def write_lammps(self, name: str | os.PathLike[str], frame: Atoms, shapes: str = "frame") -> None:
        """Writes NAME.data and NAME.in of the coarse-grained run, which starts at a frame of bodies.

        Masses, shapes, quaternions and, where the atoms have velocities, velocities and angular momenta of the frame.

        Parameters
        ----------
        name : path
            Without suffix.
        frame : ase.Atoms
            One that this made.
        shapes : {'frame', 'inertia'}
            Shapes in LAMMPS, which takes moments of inertia from them: the frame's diameters, or solid ellipsoids with the
            bodies' moments of inertia (no diameter below a tenth of the largest), with ``pair_style anisoap shapes model``.

        Raises
        ------
        ArgumentError
            Where the units are not known, and for other words.
        OSError
            For a folder that is missing or not writable.
        """
        require_shapes(shapes)
        write_run(name, frame, self.units, None if shapes == "frame" else self._shapes_of_moments(frame))

    def _shapes_of_moments(self, frame: Atoms) -> np.ndarray:
        """[n, 3] by species."""
        by_species = {body.kind.species: shape_of_moments(body.reference) for body in self.bodies}
        return np.array([by_species[number] for number in frame.numbers.tolist()])

    def summary(self) -> str:
        """Bodies and, once frames were read, how rigid they are, a line for each kind."""
        return "\n".join(
            self._described(body, len(members))
            for body, members in zip(self.bodies, self.partition.atoms, strict=True)
        )

    def _described(self, body: Body, n: int) -> str:
        words = lambda values: " ".join(f"{v:.4g}" for v in values)  # noqa: E731
        text = f"{n} {body.kind.label()}: mass {body.reference.mass:.6g}, moments of inertia {words(body.reference.moments)}"
        text += f", diameters {words(body.diameters)}"
        rigidity = self.rigidity.get(body.kind.symbol)
        return f"{text}, {rigidity}" if rigidity is not None and rigidity.n else text
