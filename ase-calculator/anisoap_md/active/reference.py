# SPDX-License-Identifier: MIT
"""Labels of frames by a reference: a LAMMPS pair style or an ASE calculator."""

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
from ase import Atoms
from ase.calculators.singlepoint import SinglePointCalculator
from ase.stress import full_3x3_to_voigt_6_stress

from ..common.errors import ArgumentError, ArgumentTypeError
from ..common.execution import Execution
from ..common.progress import progress
from ..data.dataset import TARGETS, Labels
from ..data.prior import Prior, prior_commands
from ..frames.bodies import diameters, quaternions, rotations
from .config import Config


def bare(atoms: Atoms) -> Atoms:
    """Copy with what models know of a frame: species, positions, cell, c_q and c_diameter."""
    out = Atoms(atoms.numbers, atoms.positions, cell=atoms.cell, pbc=atoms.pbc)
    out.set_array("c_q", quaternions(rotations(atoms)))
    out.set_array("c_diameter", diameters(atoms))
    return out


def with_labels(atoms: Atoms, labels: Labels) -> Atoms:
    """Bare copy whose labels are where training and files look for them."""
    out = bare(atoms)
    if labels.torques is not None:
        out.set_array("torques", labels.torques)
    results: dict[str, Any] = {"energy": labels.energy, "forces": labels.forces}
    if labels.stress is not None:
        results["stress"] = -labels.stress / abs(np.linalg.det(atoms.cell.array))
    out.calc = SinglePointCalculator(out, **{k: v for k, v in results.items() if v is not None})
    return out


class Labeller:
    """Asks the reference of a configuration for labels."""

    def __init__(self, config: Config, species: Sequence[int]) -> None:
        self._config, self._species = config, species
        self._calculator: Any = None
        if config.label.calculator is not None:
            with inside(config.folder):
                self._calculator = _made(config.label.calculator, config.label.arguments)

    def offers(self, frames: Sequence[Atoms]) -> tuple[str, ...]:
        """Targets that the reference knows for all the frames; stresses need cells."""
        known = TARGETS if self._calculator is None else tuple(self._calculator.implemented_properties)
        has_cells = all(atoms.cell.rank == 3 for atoms in frames)
        return tuple(t for t in TARGETS if t in known and (t != "stress" or has_cells))

    def labels(self, frames: Sequence[Atoms], targets: Sequence[str], execution: Execution) -> list[Labels]:
        """Labels of each frame.

        Raises
        ------
        ArgumentError
            For commands that LAMMPS refuses and targets that the calculator does not know.
        """
        with inside(self._config.folder):
            if self._calculator is None:
                return self._by_lammps(frames, targets, execution)
            bar = progress(frames, "labels", "frames", execution.progress)
            return [self._by_calculator(atoms, targets) for atoms in bar]

    def _by_lammps(
        self, frames: Sequence[Atoms], targets: Sequence[str], execution: Execution
    ) -> list[Labels]:
        commands = prior_commands(str(self._config.label.lammps))
        style = Prior.of(commands, self._config.units, self._species, name="label.lammps")
        return style.labels(frames, self._species, targets, execution.progress)

    def _by_calculator(self, atoms: Atoms, targets: Sequence[str]) -> Labels:
        frame = bare(atoms)
        frame.calc = self._calculator
        found: dict[str, Any] = {}
        for name in targets:
            if name not in self._calculator.implemented_properties:
                raise ArgumentError(
                    "label.calculator", f"a calculator without {name}", f"one of {', '.join(targets)}"
                )
            found[name] = np.array(self._calculator.get_property(name, frame), dtype=float)
        if "energy" in found:
            found["energy"] = float(found["energy"])
        if "stress" in found:
            stress = found["stress"]
            voigt = stress if stress.shape == (6,) else full_3x3_to_voigt_6_stress(stress.reshape(3, 3))
            found["stress"] = -frame.get_volume() * voigt
        return Labels(**found)


def _made(name: str, arguments: dict[str, Any]) -> Any:
    """Calculator of 'MODULE:FUNCTION'."""
    module, function = name.split(":")
    try:
        made = getattr(import_module(module), function)(**arguments)
    except (ImportError, AttributeError, TypeError) as error:
        raise ArgumentError(
            "label.calculator", f"'{name}' ({type(error).__name__}: {error})", "'MODULE:FUNCTION'"
        ) from error
    if not hasattr(made, "get_property") or not hasattr(made, "implemented_properties"):
        raise ArgumentTypeError("label.calculator", f"'{name}', which gives {made!r}", "an ASE calculator")
    return made


@contextmanager
def inside(folder: Path) -> Iterator[None]:
    """Relative paths and modules are those of the folder."""
    before = os.getcwd()
    os.chdir(folder)
    sys.path.insert(0, str(folder))
    try:
        yield
    finally:
        sys.path.remove(str(folder))
        os.chdir(before)
