# SPDX-License-Identifier: MIT
"""What fits and tuning begin with: frames in training and test sets, a model without terms, labels without a prior."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from ase import Atoms

from .. import _core
from ..common.errors import ArgumentError
from ..common.execution import Execution
from ..data import dataset as _dataset
from ..data import labels as _labels
from ..data.dataset import Dataset, Scales
from ..data.environments import Environments
from ..data.prior import Prior
from ..data.species_pairs import body_names, name_of, seen_body
from ..data.torques import beyond_reach, share_of, without
from ..descriptors.descriptor import Descriptor
from ..frames import batches as _batches
from ..frames import devices
from ..frames import species as _species
from .evaluation import predict
from .linear.options import SymmetricOptions
from .linear.pairs.groups import body_name, groups_of
from .options import FitOptions, LabelOptions, TermOptions
from .problem import Problem


def read_frames(
    frames: Atoms | Iterable[Atoms],
    test: float | Iterable[Atoms],
    descriptor: Descriptor,
    options: LabelOptions,
    n_folds: int,
) -> tuple[Dataset, Dataset, tuple[int, ...]]:
    """Training frames in the order in which parts of them are used, test frames, and the species."""
    given = list(_batches.as_iterable(frames))
    species = species_of(descriptor, given)
    data = _labels.read_dataset(given, species, options.targets, options.keys, options.units)
    require_bodies(given, species)
    weights = _dataset.frame_weights(data.frames, options.config_weights, options.config_key)
    if isinstance(test, (int, float)):
        chosen, rest = _dataset.split(len(data), test, options.seed, options.split == "blocks")
        held = data.subset(rest)
    else:
        chosen = list(range(len(data)))
        others = list(_batches.as_iterable(test))
        held = _test_frames(others, species, data.targets, options) if others else data.subset([])
    if weights is not None:
        chosen = [k for k in chosen if weights[k] > 0]
        data = replace(data, weights=weights)
    data = replace(data, states=_dataset.states_of(data.frames, options.config_key))
    train = data.subset(_ordered(chosen, options, n_folds))
    _labels.require_every_species(train.frames, species)
    return train, held, species


def _ordered(chosen: list[int], options: LabelOptions, n_folds: int) -> list[int]:
    """In random order. With blocks, frame k is of block k mod n_folds in time: folds are those of ``passes.accumulate``."""
    generator = np.random.default_rng(options.seed + 1)
    if options.split == "random":
        return generator.permutation(chosen).tolist()
    parts = [generator.permutation(part).tolist() for part in np.array_split(chosen, n_folds)]
    return [part[k] for k in range(len(parts[0])) for part in parts if k < len(part)]


def species_of(descriptor: Descriptor, frames: Sequence[Atoms]) -> tuple[int, ...]:
    """Atomic numbers of a fit: those of the descriptor, or sorted those of the frames."""
    return descriptor._species or _species.of_frames(frames) or (0,)


def require_same_species(two_body: object, species: Sequence[int]) -> None:
    """ValueError for a trained two-body term of another number of species; the term knows no names."""
    if isinstance(two_body, _core.TwoBody) and len(two_body.species) != len(species):
        raise ArgumentError(
            "two_body", f"a term of {len(two_body.species)} species", f"{len(species)}, those of the fit"
        )


def _test_frames(
    frames: list[Atoms], species: Sequence[int], targets: Sequence[str], options: LabelOptions
) -> Dataset:
    try:
        data = _labels.read_dataset(frames, species, targets, options.keys, options.units)
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


def hypers_of(descriptor: Descriptor, species: Sequence[int]) -> _core.Hypers:
    return _core.Hypers(species=_species.to_symbols(species), **descriptor._arguments)


def empty_model(descriptor: Descriptor, species: Sequence[int], options: FitOptions) -> _core.Model:
    model = _core.Model()
    model.hypers = hypers_of(descriptor, species)
    model.density_scale = options.model.density_scale
    model.allow_discontinuity = options.model.allow_discontinuity
    has_many_body = options.terms.kind != "none"
    if has_many_body and model.hypers.cutoff_function == "none" and not model.allow_discontinuity:
        raise ArgumentError(
            "cutoff_function",
            "'none' for a potential, whose energy would jump at the cutoff",
            "'cosine' with a cutoff_width, or allow_discontinuity=True",
        )
    model.units = options.labels.units
    model.local = [_core.LocalEnergy() for _ in species]
    return model


def environments_of(
    hypers: _core.Hypers, species: tuple[int, ...], density_scale: float, execution: Execution
) -> Environments:
    return Environments(hypers, species, density_scale, execution.num_threads, execution.device)


@dataclass(frozen=True)
class Posed:
    """What a fit solves, and what it was made of.

    Attributes
    ----------
    problem : Problem
        Labels less those of the prior and less torques that the bodies cannot carry.
    raw : Problem
        The same with all torques.
    train, held : Dataset
        Whole labels less torques that the bodies cannot carry.
    share : float
        Of the squared torques of the training frames that the bodies cannot carry; 0 without any.
    """

    problem: Problem
    raw: Problem
    train: Dataset
    held: Dataset
    share: float


def posed(
    train: Dataset,
    held: Dataset,
    environments: Environments,
    options: FitOptions,
    prior: Prior | None,
    execution: Execution,
) -> Posed:
    """Labels less those of the prior; weights and scales are those of whole labels."""
    species = environments.species
    weights, scales = _dataset.read_weights(options.labels.weights, train.targets), Scales.of(train, species)
    left, left_held = (without_prior(d, prior, species, execution.progress) for d in (train, held))
    isolated = _dataset.isolated_energies(options.labels.isolated, species)
    seed = options.labels.seed
    raw = Problem(left, left_held, species, environments, weights, scales, seed, execution, isolated)
    if "torques" not in train.targets:
        return Posed(raw, raw, train, held, 0.0)
    bodies = symmetries_of(options.terms, [*train.frames, *held.frames], train.frames, species)
    parts, parts_held = (beyond_reach(data, species, bodies) for data in (left, left_held))
    share = share_of(parts, left)
    if share == 0:
        return Posed(raw, raw, train, held, 0.0)
    whole, whole_held = without(train, parts), without(held, parts_held)
    problem = replace(
        raw, data=without(left, parts), held=without(left_held, parts_held), scales=Scales.of(whole, species)
    )
    return Posed(problem, raw, whole, whole_held, share)


def symmetries_of(
    terms: TermOptions, frames: Sequence[Atoms], train: Sequence[Atoms], species: Sequence[int]
) -> list[str]:
    """What the terms see of each species: 'sphere', the axis 'x', 'y' or 'z', or 'biaxial'. Diameters act in both terms: the
    two-body term has contact distances from them."""
    of_terms = [[seen_body(frames, z) for z in species]]
    two_body = terms.two_body
    if isinstance(two_body, _core.TwoBody):
        of_terms.append([_seen_by_pairs(body) for body in two_body.species])
    elif isinstance(two_body, SymmetricOptions):
        of_terms.append([body_name(group) for group in groups_of(train, species, two_body.bodies)])
    elif two_body is not None:
        of_terms.append(body_names(train, species, two_body.bodies or {}))
    return [_least_symmetric(names) for names in zip(*of_terms, strict=True)]


def _seen_by_pairs(body: _core.TwoBodySpecies) -> str:
    return body_name(_core.PointGroup(body.group)) if body.group else name_of(body)


def _least_symmetric(bodies: Sequence[str]) -> str:
    axes = {body for body in bodies if body != "sphere"}
    if len(axes) > 1:
        return "biaxial"
    return axes.pop() if axes else "sphere"


def execution_of(descriptor: Descriptor, show_progress: bool, device: str | None = None) -> Execution:
    """The threads are those of the descriptor, and the device, where no other is given."""
    device = descriptor._device if device is None else devices.checked(device)
    return Execution(descriptor._num_threads or None, device, progress=show_progress)


def placed(execution: Execution, data: Dataset) -> Execution:
    """Device 'auto' becomes what takes less time for these frames."""
    n_particles = sum(map(len, data.frames))
    return replace(execution, device=devices.resolved(execution.device, n_particles, devices.AUTO_TRAINING))


def without_prior(data: Dataset, prior: Prior | None, species: Sequence[int], show: bool) -> Dataset:
    """What the prior leaves of the labels."""
    return data if prior is None else data.minus(prior.labels(data.frames, species, data.targets, show))


def without_two_body(problem: Problem, model: _core.Model) -> Problem:
    """What the two-body term leaves of the labels; the model has no many-body term yet."""
    if not model.two_body.pairs:
        return problem
    data, held = (_without_two_body(d, model, problem.execution) for d in (problem.data, problem.held))
    return replace(problem, data=data, held=held)


def _without_two_body(data: Dataset, model: _core.Model, execution: Execution) -> Dataset:
    if not len(data):
        return data
    return data.minus(predict(model, data.frames, data.targets, execution.num_threads, execution.device))
