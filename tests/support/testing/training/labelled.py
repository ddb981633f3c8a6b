# SPDX-License-Identifier: MIT
"""Frames that carry the labels of a known model."""

import numpy as np
from anisoap_md import Descriptor, _core
from anisoap_md.data.environments import Environments
from ase import Atoms

from testing.helpers import TRICLINIC, assert_close, random_atoms

SPECIES = ["C", "O"]
NUMBERS = [6, 8]


def small_descriptor(**others) -> Descriptor:
    given = dict(
        radial_gaussian_width=1.1, species=SPECIES, cutoff_function="cosine", cutoff_width=1.0, num_threads=1
    )
    return Descriptor(2, "gto", 3.0, **{**given, **others})


def frames(n: int, seed: int = 0, numbers=(6, 8)) -> list[Atoms]:
    """Periodic frames of 2 to 4 particles, so that the composition varies."""
    return [
        random_atoms(100 * seed + k, 2 + k % 3, 1.2 * TRICLINIC, numbers=numbers, sizes=(1.0, 2.0))
        for k in range(n)
    ]


def linear_model(descriptor: Descriptor, seed: int = 0, units: str = "metal") -> _core.Model:
    """Random weights; offsets -3 and 2."""
    generator = np.random.default_rng(seed)
    model = _core.Model()
    model.hypers = _core.Hypers(species=SPECIES, **descriptor._arguments)
    model.units = units
    local = []
    n = descriptor.n_features_symmetric
    for offset in (-3.0, 2.0):
        one = _core.LocalEnergy()
        one.kind = "linear"
        one.offset = offset
        one.shift, one.scale = np.zeros(n), np.full(n, 100.0)
        one.weights = generator.normal(size=n)
        local.append(one)
    model.local = local
    return model


def label(model: _core.Model, given: list[Atoms]) -> list[Atoms]:
    """Energy, forces, torques and stress of the model, where training looks for them."""
    out = []
    for atoms in given:
        result = _core.Potential(model).compute([atoms], NUMBERS)
        done = atoms.copy()
        done.info["energy"] = float(result["energy"][0])
        done.arrays["forces"], done.arrays["torques"] = result["forces"], result["torques"]
        done.info["stress"] = -(result["virial"][0] + result["virial"][0].T) / 2 / atoms.get_volume()
        out.append(done)
    return out


def total(model: _core.Model, given: list[Atoms]) -> dict[str, np.ndarray]:
    return _core.Potential(model).compute(given, NUMBERS)


def assert_same_potential(got, expected, given, bound, keys=("energy", "forces", "torques", "virial")):
    a, b = total(got, given), total(expected, given)
    for key in keys:
        assert_close(a[key], b[key], bound)


def environments(descriptor) -> Environments:
    return Environments(_core.Hypers(species=SPECIES, **descriptor._arguments), tuple(NUMBERS), 1.0, 1)
