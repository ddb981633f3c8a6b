# SPDX-License-Identifier: MIT
"""A model, or a descriptor alone, as a calculator of ASE."""

import os
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import numpy as np
from ase import Atoms
from ase.calculators.calculator import PropertyNotImplementedError, all_changes
from ase.data import atomic_numbers, chemical_symbols
from ase.stress import full_3x3_to_voigt_6_stress

from .. import _core
from ..common.errors import ArgumentError, ArgumentTypeError, message
from ..descriptors.descriptor import Descriptor
from ..frames import bodies
from .bodies_calculator import BodiesCalculator, has_volume
from .model import Model
from .training_range import TrainingRange

_SHAPES = ("atoms", "model", "any")
_PROPERTIES = ("energy", "free_energy", "energies", "forces", "stress", "torques")

ModelLike = Model | _core.Model | Descriptor | Mapping[str, Any] | str | os.PathLike[str]


class AniSOAPCalculator(BodiesCalculator):
    """Energies, forces, stresses, torques, uncertainties and grades of a model for ``ase.Atoms``, and its descriptors.

    Results are in eV and angstrom: a model in `real` units is converted. Those of a model in `lj` units are its own numbers.
    A changed quaternion or diameter computes anew, like a changed position; ASE's own sums and mixtures of calculators do not
    see such a change, and know no torques: ``anisoap_md.SumCalculator`` does.

    - energy, free_energy (the same), energies [n], forces [n, 3];
    - stress [6]: xx yy zz yz xz xy, eV/angstrom^3, the symmetric part of -W/V at fixed orientations; needs three periodic
      directions;
    - torques [n, 3]: eV, space frame; ``get_torques``;
    - uncertainties [n]: eV, standard deviations of the local energies, for models that have them; ``get_uncertainties``;
    - grades [n]: extrapolation grades, for models that were trained with them; ``get_grades``.

    Parameters
    ----------
    source : Model, path, Descriptor or dict
        A model or its file; or a Descriptor, its JSON file, or a dict of its arguments, for descriptors without energies.
    num_threads : int, optional
        Threads of one call, for a source that is read here; None is the OpenMP default.
    device : str
        'cpu', 'auto' or the name of a device, as for ``Descriptor``; for a source that is read here.
    shapes : {'atoms', 'model', 'any'}
        Whose diameters a model sees: those of the atoms, which must be those of its training within a fifth, or whatever they are
        ('any'), or those that all particles of a species had in its training ('model'), so that the atoms' own are free to give
        the right moments of inertia. The first computation warns of bodies that are closer than any of the training.

    Raises
    ------
    ArgumentError
        For a document that is damaged, newer or of another format, and for 'model' where training had several sets of diameters;
        when computing, for diameters of another size than those of the training.
    """

    ignored_changes = {"initial_magmoms", "initial_charges"}

    def __init__(
        self,
        source: ModelLike,
        *,
        num_threads: int | None = None,
        device: str = "cpu",
        shapes: str = "atoms",
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if shapes not in _SHAPES:
            hint = _core.suggestion(shapes, list(_SHAPES)) if isinstance(shapes, str) else ""
            raise ArgumentError("shapes", repr(shapes), "'atoms', 'model' or 'any'", hint)
        made = _opened(source, {"num_threads": num_threads, "device": device})
        self.model: Model | None = None
        self._sizes: np.ndarray | None = None  # [119, 3] by atomic number
        if isinstance(made, Descriptor):
            if shapes == "model":
                raise ArgumentError("shapes", "'model' without a model", "'atoms'")
            self.descriptor = made
            self.implemented_properties: list[str] = []
            return
        self.model = made if made.units == "lj" else made.converted("metal")
        self._sizes = _sizes_of(self.model) if shapes == "model" else None
        self.descriptor = self.model.descriptor
        self.implemented_properties = [*_PROPERTIES]
        if self.model.has_uncertainty:
            self.implemented_properties.append("uncertainties")
        if self.model.has_grade:
            self.implemented_properties.append("grades")
        self._range = TrainingRange(self.model, compares_diameters=shapes != "any")
        if self.model.training.get("prior"):
            warnings.warn(
                "anisoap: the model was trained on what its prior leaves; these energies are without the prior, which "
                "anisoap_md.SumCalculator adds with a PriorCalculator",
                UserWarning,
                stacklevel=2,
            )

    def get_property(self, name: str, atoms: Atoms | None = None, allow_calculation: bool = True) -> Any:
        if name not in self.implemented_properties:
            raise PropertyNotImplementedError(
                message(f"property '{name}'", self._lacks(name), self._offers())
            )
        return super().get_property(name, atoms, allow_calculation)

    def calculate(
        self,
        atoms: Atoms | None = None,
        properties: Any = ("energy",),
        system_changes: Any = all_changes,
    ) -> None:
        if self.model is None:
            raise PropertyNotImplementedError(
                message(f"properties {', '.join(properties)}", self._lacks(""), self._offers())
            )
        super().calculate(atoms, properties, system_changes)
        atoms = cast(Atoms, self.atoms)
        periodic = has_volume(atoms)
        if "stress" in properties and not periodic:
            raise PropertyNotImplementedError(
                message(
                    "stress",
                    f"pbc {atoms.pbc.tolist()}, a cell of rank {atoms.cell.rank}",
                    "a cell periodic in 3D",
                )
            )
        seen = self._seen(atoms)
        self._range.check(seen)
        wanted = {name: name in properties for name in ("uncertainties", "grades")}
        found = self.model.predict(seen, **wanted)
        energy = float(found.energy[0])
        self.results = {
            "energy": energy,
            "free_energy": energy,
            "energies": found.energies,
            "forces": found.forces,
            "torques": found.torques,
        }
        if periodic:
            # Takes the mean of xy and yx: the symmetric part.
            self.results["stress"] = full_3x3_to_voigt_6_stress(-found.virial[0] / atoms.get_volume())
        if found.uncertainties is not None:
            self.results["uncertainties"] = found.uncertainties
        if found.grades is not None:
            self.results["grades"] = found.grades

    def get_uncertainties(self, atoms: Atoms | None = None) -> np.ndarray:
        """Standard deviations [n] of the local energies, eV."""
        return self.get_property("uncertainties", atoms)

    def get_grades(self, atoms: Atoms | None = None) -> np.ndarray:
        """Extrapolation grades [n]: above 1 where the training has not been."""
        return self.get_property("grades", atoms)

    def get_descriptors(self, atoms: Atoms | None = None, symmetric: bool = False) -> np.ndarray:
        """Power spectra [n, n_features] of the particles, as the model sees them: with its `density_scale`."""
        atoms = self.atoms if atoms is None else atoms
        if atoms is None:
            raise ArgumentError("atoms", None, "an ase.Atoms")
        atoms = self._seen(atoms)
        if self.model is not None and self.model.density_scale != 1:
            atoms = bodies.with_diameters(atoms, self.model.density_scale * bodies.diameters(atoms))
        return self.descriptor.power_spectrum(atoms, symmetric=symmetric)

    def _seen(self, atoms: Atoms) -> Atoms:
        """The atoms with the diameters that the model sees."""
        if self._sizes is None:
            return atoms
        return bodies.with_diameters(atoms, self._sizes[atoms.numbers])

    def _lacks(self, name: str) -> str:
        if self.model is None:
            return "a calculator made from hyperparameters alone"
        return "a model without it" if name in ("uncertainties", "grades") else "a calculator without it"

    def _offers(self) -> str:
        return "a model" if self.model is None else f"one of {', '.join(self.implemented_properties)}"


def _sizes_of(model: Model) -> np.ndarray:
    """Diameters [119, 3] of the model's training by atomic number; 1 for elements that it does not know, and refuses."""
    sizes = np.ones((len(chemical_symbols), 3))
    for symbol in model.species:
        if symbol not in model.diameters:
            got = f"'model' with a model that has no diameters of {symbol}"
            raise ArgumentError(
                "shapes", got, "one that was trained on particles of one set of diameters a species"
            )
        sizes[atomic_numbers[symbol]] = model.diameters[symbol]
    return sizes


def _opened(source: ModelLike, how: dict[str, Any]) -> Model | Descriptor:
    if isinstance(source, (Model, Descriptor)):
        return source
    if isinstance(source, _core.Model):
        return Model(source, **how)
    if isinstance(source, Mapping):
        return Descriptor(**{**how, **source})
    if isinstance(source, (str, os.PathLike)):
        data = Path(source).read_bytes()  # a model's document holds a descriptor's
        is_descriptor = b'"anisoap-hypers"' in data and b'"anisoap-model"' not in data
        opened: Any = Descriptor.from_json if is_descriptor else Model.load
        return opened(source, **how)
    raise ArgumentTypeError(
        "source",
        repr(type(source)),
        "a Model, a path, a Descriptor, or a dict of a Descriptor's arguments",
    )
