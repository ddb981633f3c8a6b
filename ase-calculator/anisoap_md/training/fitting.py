# SPDX-License-Identifier: MIT
"""Training: frames with energies, forces, torques and stresses in, a model out."""

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from inspect import signature
from pathlib import Path
from typing import Any

import numpy as np
from ase import Atoms

from .. import __version__, _core
from ..common import checks as _checks
from ..common.json import finite
from ..data import dataset as _dataset
from ..data.dataset import Dataset, Labels, Scales
from ..data.environments import Environments
from ..data.prior import Prior
from ..data.species_pairs import pairs_without_term
from ..descriptors.descriptor import Descriptor
from ..models.model import Model
from . import report as _report
from .evaluation import Errors, Parity, errors, parity, predict, unit_text
from .options import Options
from .problem import empty_model, read_frames, require_same_species, without_prior
from .stages import fill_terms

_REMARK = {"stress": " (virial)"}


@dataclass(repr=False)
class FitResult:
    """A model, and how well it fits. Its text is a table of the errors."""

    model: Model
    training: dict[str, Any]  # what the model's document says about its training
    errors: dict[str, dict[str, Errors]]  # 'train', 'test' -> target -> errors
    learning_curve: list[dict[str, Any]] = field(default_factory=list)
    parity: dict[str, Parity] = field(default_factory=dict)

    def __repr__(self) -> str:
        return "\n".join(
            f"{name:<6}{target:<9}RMSE {e.rmse:.4g} {unit_text(self.model.units, target)}"
            f"{_REMARK.get(target, '')}{e.r2_text('R2', 5)}"
            for name, of in self.errors.items()
            for target, e in of.items()
        )

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes the model's document; the file is replaced as a whole or not at all."""
        self.model.save(path)

    def report(self, path: str | os.PathLike[str]) -> tuple[Path, Path]:
        """Writes PATH.json (errors, learning curve) and PATH.png (parity plots); gives their paths."""
        return _report.write(path, self)


@_checks.suggests_keywords
def fit(
    frames: Atoms | Iterable[Atoms],
    descriptor: Descriptor | None,
    kind: str = "linear",
    *,
    density_scale: float = 1.0,
    units: str = "metal",
    targets: Sequence[str] | None = None,
    keys: Mapping[str, str] | None = None,
    weights: Mapping[str, float] | None = None,
    test: float | Iterable[Atoms] = 0.1,
    seed: int = 0,
    ridge: float | str = "evidence",
    n_folds: int = 5,
    n_points: int = 500,
    selection: str = "fps",
    exponent: int = 2,
    two_body: _core.TwoBody | Mapping[str, Any] | None = None,
    networks: Mapping[str, Any] | None = None,
    prior: Prior | Sequence[str] | None = None,
    allow_discontinuity: bool = False,
    learning_curve: bool = False,
    show_progress: bool = False,
) -> FitResult:
    """Trains a potential.

    Parameters
    ----------
    frames : iterable of ase.Atoms
        With energy and stress in ``info``, forces and torques [n, 3] in ``arrays``, or in the results of a calculator.
        Torques are those about the particles' centres, in the space frame; stresses are ASE's, at fixed orientations.
    descriptor : Descriptor
        Hyperparameters; a cutoff function is required unless `allow_discontinuity`. None beside kind 'none', which has no use
        for them.
    kind : {'linear', 'kernel', 'networks', 'none'}
        Many-body term: Bayesian ridge on the power spectrum, sparse Gaussian process with the kernel (x . z)^exponent, a
        committee of networks, or none beside the two-body term.
    density_scale : float
        Semi-axes of the density as a fraction of the particle's.
    units : {'metal', 'real', 'lj'}
        Unit system of LAMMPS that the labels and positions are in.
    targets : sequence of {'energy', 'forces', 'torques', 'stress'}, optional
        What to train on. None takes all labels of the frames, and refuses forces without torques.
    keys : mapping, optional
        Names of the labels in ``info`` and ``arrays``, such as {'energy': 'dft_energy'}. A label of the stress
        whose name has `virial` in it is read as one: minus stress times volume, an energy.
    weights : mapping, optional
        Weight of each target. Errors are counted in units of the spread of the training labels, energies and virials per
        particle; 1 where not given.
    test : float or iterable of ase.Atoms
        Fraction of the frames that are held out, drawn by `seed`, or frames of their own.
    ridge : {'evidence', 'cv'} or float
        Ridge of the linear kinds, relative to the largest squared singular value: of the largest evidence, of the smallest
        error in `n_folds`-fold cross-validation, or given.
    n_points, selection, exponent
        Kernel: representatives of each species, {'fps', 'cur'} to select them, and the exponent >= 1.
    two_body : mapping or _core.TwoBody, optional
        Options of the two-body term, or a trained one. ``{'kind': 'networks', 'cutoff': ...}`` (options of
        `anisoap_md.training.networks.train.train_two_body`) is trained first, and the many-body term learns what is left.
        ``{'kind': 'networks', 'joint': True, 'cutoff': ..., 'width': 1, 'widths': (64, 64)}`` beside kind 'networks' trains both
        terms at once: one loss, one optimiser. Members, steps and learning rates are those of `networks`; hidden layers
        (widths) are those of either. Uncertainties are the spread of the members' sums.
        ``{'kind': 'polynomial', 'cutoff': ..., 'width': 1, 'powers': (1, 2, 3, 6, 9, 12), 'degree': None}`` is linear in its
        weights: it is solved together with kinds 'linear' and 'none', before the others (and with 'joint': False before a
        linear one). Degree None is 12 for bodies of one axis and 4
        for three different ones (up to 500 weights for a pair of species). Pairs of species that never meet within the cutoff get
        no term, with a warning.
    networks : mapping, optional
        Options of kind 'networks': those of `anisoap_md.training.networks.train.train_committee`.
    prior : Prior or sequence of str, optional
        LAMMPS commands (pair_style, pair_coeff) of a potential that is subtracted from the labels. The model is what is left:
        at run time ``pair_style hybrid/overlay`` adds the prior.
    learning_curve : bool
        Also fits parts of the training frames (kinds 'linear' and 'kernel', or a polynomial alone); beside a polynomial that is
        fitted first the curve is that of the many-body term alone. Without test frames there is none.

    Returns
    -------
    FitResult

    Raises
    ------
    ValueError, TypeError
        For labels that are missing, mixed or not finite, species or units that do not fit, a cutoff without a taper, a singular
        fit with ridge = 0; the text names what is wrong.
    RuntimeError
        For an optional package that is missing.
    """
    options = Options(
        kind,
        ridge,
        n_folds,
        n_points,
        selection,
        exponent,
        networks,
        two_body,
        learning_curve=learning_curve,
        show=show_progress,
    )
    descriptor = _required(descriptor, options.kind)
    units = _dataset.require_units(units)
    seed = _checks.integer("seed", seed)
    train, held, species = read_frames(frames, test, descriptor, seed, targets, keys, units)
    if isinstance(two_body, _core.TwoBody):
        require_same_species(two_body, species)
    model = empty_model(
        descriptor, species, density_scale, allow_discontinuity, units, options.kind != "none"
    )
    chosen = _dataset.read_weights(weights, train.targets)
    scales = Scales.of(train, species)
    baseline = None if prior is None else Prior.of(prior, units, species)
    left, left_held = (without_prior(d, baseline, species, show_progress) for d in (train, held))
    threads = descriptor._num_threads
    environments = Environments(model.hypers, species, model.density_scale, threads)
    facts, curve = fill_terms(model, environments, left, left_held, chosen, scales, seed, options)
    pairs = {"train": _parity(model, train, left, threads)}
    if len(held):
        pairs["test"] = _parity(model, held, left_held, threads)
    found = {name: errors(p) for name, p in pairs.items()}
    model.training = json.dumps(
        {
            "library_version": __version__,
            "kind": options.kind,
            **_facts_of_frames(train, held),
            "seed": seed,
            "targets": list(train.targets),
            "weights": chosen,
            "scales": asdict(scales),
            **facts,
            "two_body": _facts_of_pairs(options, model, species),
            "prior": None if baseline is None else baseline.metadata(),
            "errors": {name: {t: finite(asdict(e)) for t, e in of.items()} for name, of in found.items()},
        },
        default=_plain,
    )
    return FitResult(
        Model(model, num_threads=threads or None), json.loads(model.training), found, curve, pairs
    )


def _required(descriptor: Descriptor | None, kind: str) -> Descriptor:
    if descriptor is None and kind == "none":
        return Descriptor(0, "monomial", 1.0)
    if not isinstance(descriptor, Descriptor):
        raise TypeError(
            _checks.message("descriptor", repr(descriptor), "a Descriptor, or None with kind 'none'")
        )
    return descriptor


def require_options_of_fit(descriptor: Descriptor, given: Mapping[str, Any]) -> None:
    """ValueError or TypeError for arguments of `fit` that no frames can make right; files by name are not looked at."""
    whole = {name: p.default for name, p in signature(fit).parameters.items()} | dict(given)
    options = Options(**{f.name: whole[f.name] for f in fields(Options) if f.name in whole})
    options.require_runnable()
    units = _dataset.require_units(whole["units"])
    for name in whole["targets"] or ():
        _dataset.require_target("targets", name)
    _dataset.read_weights(whole["weights"], whole["targets"] or _dataset.TARGETS)
    seed = _checks.integer("seed", whole["seed"])
    if not isinstance(whole["test"], str):
        _dataset.split(1, whole["test"], seed)
    scale, allowed = whole["density_scale"], whole["allow_discontinuity"]
    empty_model(descriptor, (1,), scale, allowed, units, options.kind != "none")


def _facts_of_frames(train: Dataset, held: Dataset) -> dict[str, int]:
    return {
        "n_frames": len(train),
        "n_test_frames": len(held),
        "n_particles": sum(map(len, train.frames)),
    }


def _facts_of_pairs(options: Options, model: _core.Model, species: Sequence[int]) -> dict[str, Any] | None:
    """Options of the two-body term, and what became of them."""
    if options.polynomial is not None:
        degrees = [pair.polynomial.degree for pair in model.two_body.pairs]
        facts = {
            "kind": "polynomial",
            **asdict(options.polynomial),
            "joint": options.joint,
            "degrees": degrees,
        }
    elif options.pair_networks is not None:
        facts = {"kind": "networks", **options.pair_networks, "joint": options.joint}
    else:
        return None
    return {**facts, "pairs_without_term": pairs_without_term(model.two_body, species)}


def _plain(value: object) -> object:
    """JSON of NumPy's numbers and arrays; text of what has none."""
    return value.tolist() if isinstance(value, (np.generic, np.ndarray)) else str(value)


def _parity(model: _core.Model, whole: Dataset, part: Dataset, threads: int) -> Parity:
    return parity(whole, whole_predictions(model, whole, part, threads))


def whole_predictions(model: _core.Model, whole: Dataset, part: Dataset, threads: int) -> list[Labels]:
    """Of the labels of `whole`; the model predicts those of `part`, the same frames without the prior."""
    found = predict(model, part.frames, part.targets, threads)
    return [p.plus(a.minus(b)) for p, a, b in zip(found, whole.labels, part.labels, strict=True)]
