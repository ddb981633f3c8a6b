# SPDX-License-Identifier: MIT
"""A trained Potential as a model document, which needs no torch."""

import numpy as np
import torch

from .. import _core
from ..models.model import Model
from .potential import Potential


def to_model(potential: Potential, units: str = "metal", *, allow_discontinuity: bool = False) -> Model:
    """Model with the same energies, forces and torques, for ``Model.save``, ASE and LAMMPS.

    Parameters
    ----------
    potential : Potential
    units : {'metal', 'real', 'lj'}
        Of the energies and lengths that it was trained on.
    allow_discontinuity : bool
        True lets a descriptor without a cutoff function through, whose energies jump at the cutoff.

    Raises
    ------
    ArgumentError
        For unknown units, weights that are not finite, and a descriptor without a cutoff function.
    """
    model = _core.Model()
    model.hypers = _core.Hypers.from_json(potential.descriptor.hypers)
    model.density_scale = potential.density_scale
    model.units = units
    model.allow_discontinuity = allow_discontinuity
    model.local = [_local_energy(potential, s) for s in range(len(potential.descriptor.species))]
    return Model(model)


def _local_energy(potential: Potential, s: int) -> _core.LocalEnergy:
    local = _core.LocalEnergy()
    local.kind = "networks"
    local.offset = float(potential.offset[s])
    local.shift, local.scale = _numbers(potential.shift[s]), _numbers(potential.scale[s])
    layers = list(potential.networks[s].layers)
    projection = _numbers(potential.projection[s])  # taken in by the first layer
    matrices = [_numbers(layer.weight) for layer in layers]
    matrices[0] = matrices[0] @ projection.T
    widths = [len(projection), *(layer.out_features for layer in layers)]
    parts = zip(matrices, (_numbers(layer.bias) for layer in layers), strict=True)
    local.networks = [
        _core.Network(widths, np.concatenate([part.ravel() for layer in parts for part in layer]))
    ]
    return local


def _numbers(tensor: torch.Tensor) -> np.ndarray:
    return tensor.detach().cpu().double().numpy()
