# SPDX-License-Identifier: MIT
"""What fits and tuning begin with: frames in training and test sets, a model without terms, labels without a prior."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from ase import Atoms

from .. import _core
from ..common import checks as _checks
from ..common.errors import ArgumentError
from ..data import dataset as _dataset
from ..data import labels as _labels
from ..data.dataset import Dataset
from ..data.prior import Prior
from ..descriptors.descriptor import Descriptor
from ..frames import batches as _batches
from ..frames import species as _species
from .evaluation import predict


def read_frames(
    frames: Atoms | Iterable[Atoms],
    test: float | Iterable[Atoms],
    descriptor: Descriptor,
    seed: int,
    targets: Sequence[str] | None,
    keys: Mapping[str, str] | None,
    units: str,
) -> tuple[Dataset, Dataset, tuple[int, ...]]:
    """Training frames in random order, test frames, and the species."""
    given = list(_batches.as_iterable(frames))
    species = species_of(descriptor, given)
    data = _labels.read_dataset(given, species, targets, keys, units)
    require_bodies(given, species)
    if isinstance(test, (int, float)):
        chosen, rest = _dataset.split(len(data), test, seed)
        held = data.subset(rest)
    else:
        chosen = list(range(len(data)))
        others = list(_batches.as_iterable(test))
        held = _test_frames(others, species, data.targets, keys, units) if others else data.subset([])
    train = data.subset(np.random.default_rng(seed + 1).permutation(chosen).tolist())
    _labels.require_every_species(train.frames, species)
    return train, held, species


def species_of(descriptor: Descriptor, frames: Sequence[Atoms]) -> tuple[int, ...]:
    """Atomic numbers of a fit: those of the descriptor, or sorted those of the frames."""
    return descriptor._species or _species.of_frames(frames) or (0,)


def require_same_species(two_body: _core.TwoBody, species: Sequence[int]) -> None:
    """ValueError for a two-body term of another number of species; the term knows no names."""
    if len(two_body.species) != len(species):
        raise ValueError(
            _checks.message(
                "two_body", f"a term of {len(two_body.species)} species", f"{len(species)}, those of the fit"
            )
        )


def _test_frames(
    frames: list[Atoms],
    species: Sequence[int],
    targets: Sequence[str],
    keys: Mapping[str, str] | None,
    units: str,
) -> Dataset:
    try:
        data = _labels.read_dataset(frames, species, targets, keys, units)
        require_bodies(frames, species)
    except ArgumentError as error:
        raise error.changed(what=f"test {error.what}") from None
    return data


def require_bodies(frames: Sequence[Atoms], species: Sequence[int]) -> None:
    """ValueError that names the frame and the particle for positions, orientations or diameters that the core refuses."""
    least = _core.Hypers(
        max_angular=0, radial_basis_name="monomial", cutoff_radius=1e-3, species=_species.to_symbols(species)
    )
    reader = _core.Descriptor(least)
    first = 0
    for batch in _batches.split(frames, None):
        reader.compute(batch, species, "symmetric", first_frame=first)
        first += len(batch)


def empty_model(
    descriptor: Descriptor,
    species: Sequence[int],
    density_scale: float,
    allow_discontinuity: bool,
    units: str,
    has_many_body: bool,
) -> _core.Model:
    model = _core.Model()
    model.hypers = _core.Hypers(species=_species.to_symbols(species), **descriptor._arguments)
    model.density_scale = _checks.real("density_scale", density_scale)
    if not 0 < model.density_scale < np.inf:
        raise ValueError(_checks.message("density_scale", density_scale, "a finite number > 0"))
    model.allow_discontinuity = _checks.flag("allow_discontinuity", allow_discontinuity)
    if has_many_body and model.hypers.cutoff_function == "none" and not model.allow_discontinuity:
        raise ValueError(
            _checks.message(
                "cutoff_function",
                "'none' for a potential, whose energy would jump at the cutoff",
                "'cosine' with a cutoff_width, or allow_discontinuity=True",
            )
        )
    model.units = units
    model.local = [_core.LocalEnergy() for _ in species]
    return model


def without_prior(data: Dataset, prior: Prior | None, species: Sequence[int], show: bool) -> Dataset:
    """What the prior leaves of the labels."""
    return data if prior is None else data.minus(prior.labels(data.frames, species, data.targets, show))


def without_two_body(data: Dataset, model: _core.Model, threads: int) -> Dataset:
    """What the two-body term leaves of the labels; the model has no many-body term yet."""
    if not model.two_body.pairs or not len(data):
        return data
    return data.minus(predict(model, data.frames, data.targets, threads))
