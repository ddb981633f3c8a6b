# SPDX-License-Identifier: MIT
"""Steps of a round. Each writes files into the round's folder and returns facts about them; repeating one gives the same."""

import os
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from ase import Atoms

from ..common.documents.json import finite
from ..common.errors import ArgumentError
from ..common.execution import Execution
from ..data.dataset import Dataset, Labels
from ..data.labels import read_dataset
from ..data.prior import Prior, prior_commands
from ..descriptors.descriptor import Descriptor
from ..frames import species as _species
from ..frames.bodies import frames_with_diameters
from ..io.frames import read_frames, write_frames
from ..models.model import Model
from ..training.evaluation import Errors, errors, parity
from ..training.fitting import fit, require_options_of_frames, whole_predictions
from ..training.setup import without_prior
from .config import Config
from .explore import DUMP, explore, run_folder
from .reference import Labeller, bare, inside, with_labels
from .state import State

COLLECTED, LABELLED = "collected.extxyz", "labelled.extxyz"


def run_step(config: Config, state: State, number: int, step: str, execution: Execution) -> dict[str, Any]:
    """Facts of the step, for the state."""
    functions = {"explore": explore, "collect": _collect, "label": _label, "train": _train}
    with config.words():
        if step == "label" and number == 0:
            return _first_labels(config, state, execution)
        return functions[step](config, state, number, execution)


def _first_labels(config: Config, state: State, execution: Execution) -> dict[str, Any]:
    """Initial frames, with their own labels or those of the reference."""
    given = config.initial
    read = read_frames(given.frames, given.index, format=given.format, dimension=config.dimension)
    frames = list(frames_with_diameters(read, given.diameters))
    if not frames:
        raise ArgumentError("initial.index", f"'{given.index}', which no frame matched", "a frame")
    species = Descriptor(**config.descriptor)._species or _species.of_frames(frames)
    targets = config.fit.get("targets")
    if given.label:
        labeller = Labeller(config, species)
        targets = labeller.offers(frames) if targets is None else tuple(targets)
        require_options_of_frames(frames, species, targets, config.fit)
        labelled = _labelled(labeller, frames, targets, execution)
    else:
        data = read_dataset(frames, species, targets, given.keys, config.units)
        labelled, targets = _frames_of(data), data.targets
    if len(labelled) < len(frames):
        raise ArgumentError(
            "labels of initial.frames", "numbers that are not finite", "a reference that knows them"
        )
    write_frames(state.round_folder(0) / LABELLED, labelled)
    return {
        "n_frames": len(labelled),
        "species": _species.to_symbols(species),
        "targets": list(targets),
    }


def _frames_of(data: Dataset) -> list[Atoms]:
    return [with_labels(*pair) for pair in zip(data.frames, data.labels, strict=True)]


def _labelled(
    labeller: Labeller, frames: Sequence[Atoms], targets: Sequence[str], execution: Execution
) -> list[Atoms]:
    """Frames whose labels are finite; others say nothing that a model can learn."""
    found = labeller.labels(frames, targets, execution)
    return [with_labels(a, x) for a, x in zip(frames, found, strict=True) if _is_finite(x)]


def _is_finite(labels: Labels) -> bool:
    return all(np.isfinite(v).all() for v in asdict(labels).values() if v is not None)


def _collect(config: Config, state: State, number: int, execution: Execution) -> dict[str, Any]:
    """The configurations of the largest uncertainty, or grade, among those that the runs left, each once."""
    found: dict[bytes, Atoms] = {}
    for k in range(config.explore.runs):
        dump = run_folder(state, number, k) / DUMP
        for atoms in read_frames(dump, dimension=config.dimension) if dump.exists() else []:
            frame = bare(atoms)
            frame.info.update(round=number, run=k, timestep=atoms.info["timestep"])
            found.setdefault(frame.positions.tobytes() + frame.arrays["c_q"].tobytes(), frame)
    frames = list(found.values())
    model = Model.load(state.model_file(number - 1), device=execution.device)
    most = _largest(model, frames, config.threshold.measure)
    kept = np.argsort(-most, kind="stable")[: config.frames]
    write_frames(state.round_folder(number) / COLLECTED, [frames[k] for k in kept])
    return {
        "n_found": len(frames),
        "n_frames": len(kept),
        "uncertainties": [float(most[k]) for k in kept],
        "sources": [{name: frames[k].info[name] for name in ("run", "timestep")} for k in kept],
    }


def _largest(model: Model, frames: Sequence[Atoms], measure: str) -> np.ndarray:
    """Largest uncertainty, or grade, [n_frames] of the particles of each frame."""
    if not frames:
        return np.empty(0)
    found = model.predict(frames, uncertainties=measure == "uncertainty", grades=measure == "grade")
    of_particles = found.grades if measure == "grade" else found.uncertainties
    assert of_particles is not None
    return np.array([values.max() for values in found.per_frame(of_particles)])


def _label(config: Config, state: State, number: int, execution: Execution) -> dict[str, Any]:
    """Labels of the collected frames, and how wrong the model was there before it learns them."""
    facts = state.facts(0, "label")
    species, targets = _species.to_numbers(facts["species"]), facts["targets"]
    frames = read_frames(state.round_folder(number) / COLLECTED)
    labelled = _labelled(Labeller(config, species), frames, targets, execution)
    write_frames(state.round_folder(number) / LABELLED, labelled)
    if not labelled:
        return {"n_frames": 0, "errors_before": None}
    data = read_dataset(labelled, species, targets, units=config.units)
    model = Model.load(state.model_file(number - 1))
    with inside(config.folder):
        left = without_prior(data, _prior_of(model), species, execution.progress)
    found = whole_predictions(model.core, data, left, execution)
    return {"n_frames": len(labelled), "errors_before": _plain(errors(parity(data, found)))}


def _prior_of(model: Model) -> Prior | None:
    """What was subtracted from the labels that the model learned."""
    known = model.training.get("prior")
    return known and Prior(tuple(known["commands"]), known["units"], len(model.species))


def _plain(found: dict[str, Errors]) -> dict[str, Any]:
    return {name: finite(asdict(e)) for name, e in found.items()}


def _train(config: Config, state: State, number: int, execution: Execution) -> dict[str, Any]:
    """Model of the labelled frames of all rounds so far, and its uncertainty, or grade, there."""
    facts = state.facts(0, "label")
    species, targets = facts["species"], facts["targets"]
    rounds = [k for k in range(number + 1) if state.facts(k, "label")["n_frames"]]
    frames = [a for k in rounds for a in read_frames(state.round_folder(k) / LABELLED)]
    descriptor = Descriptor(**{**config.descriptor, "species": species, "device": execution.device})
    with inside(config.folder):
        options = _fit_options(config, _species.to_numbers(species), targets)
        result = fit(frames, descriptor, **options, show_progress=execution.progress)
    measure = config.threshold.measure
    if measure == "uncertainty" and not result.model.has_uncertainty:
        raise ArgumentError(
            "fit",
            "a model without uncertainty",
            "kind linear or kernel, or at least two networks (n_networks)",
        )
    typical = float(np.median(_largest(result.model, frames, measure)))
    if config.threshold.factor is not None and not 0 < typical < np.inf:
        raise ArgumentError("uncertainty of the training frames", typical, "a number > 0, or threshold: X")
    result.save(state.model_file(number))
    result.save(state.folder / "model.json")
    return {
        "n_frames": len(frames),
        "typical_uncertainty": typical,
        "errors": {name: _plain(of) for name, of in result.errors.items()},
    }


def _fit_options(config: Config, species: Sequence[int], targets: Sequence[str]) -> dict[str, Any]:
    """Arguments of fit; files are read."""
    options = {**config.fit, "targets": targets}
    if isinstance(options.get("prior"), str):
        options["prior"] = prior_commands(options["prior"])
    if isinstance(options.get("test"), str):
        held = read_dataset(
            _test_frames(config, options["test"]), species, targets, config.initial.keys, config.units
        )
        options["test"] = _frames_of(held)
    return options


def _test_frames(config: Config, path: str | os.PathLike[str]) -> list[Atoms]:
    read = read_frames(Path(path), dimension=config.dimension)
    return list(frames_with_diameters(read, config.initial.diameters))
