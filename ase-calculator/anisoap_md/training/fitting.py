# SPDX-License-Identifier: MIT
"""Training: frames with energies, forces, torques and stresses in, a model out."""

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from ase import Atoms

from .. import __version__, _core
from ..common import checks as _checks
from ..common.documents.json import finite
from ..common.errors import ArgumentError, ArgumentTypeError
from ..common.execution import Execution
from ..common.progress import LOGGER
from ..data import dataset as _dataset
from ..data.dataset import Dataset, Labels
from ..data.labels import require_every_species
from ..data.prior import Prior
from ..data.species_pairs import one_set_of_diameters, pairs_without_term
from ..data.statistics import ranges
from ..descriptors.descriptor import Descriptor
from ..frames import species as _species
from ..models.model import Model
from . import report as _report
from .evaluation import Errors, Parity, Pressure, Unreached, errors, parity, predict, pressures, unit_text
from .grades.active_set import fill_grades
from .grades.active_set import lines as grade_lines
from .grades.options import GradeOptions
from .inverse import InverseFit, inverse_fit, is_poor
from .linear.options import KernelOptions, LinearOptions, PolynomialOptions, SymmetricOptions
from .networks.options import NetworkOptions, PairNetworkOptions
from .options import FitOptions, LabelOptions, ModelOptions, TermOptions
from .problem import Problem
from .setup import (
    empty_model,
    environments_of,
    execution_of,
    placed,
    posed,
    read_frames,
    require_bodies,
    require_same_species,
    symmetries_of,
)
from .stages import fill_terms
from .walls.options import OFF, WallOptions
from .walls.outcome import Outcome

TEST = 0.1  # fraction of the frames that is held out
TwoBodyTerm = _core.TwoBody | PolynomialOptions | SymmetricOptions | PairNetworkOptions | Mapping[str, Any]
_REMARK = {"stress": " (virial)"}


@dataclass(repr=False)
class FitResult:
    """A model, and how well it fits. Its text is a table of the errors."""

    model: Model
    training: dict[str, Any]  # what the model's document says about its training
    errors: dict[str, dict[str, Errors]]  # 'train', 'test' -> target -> errors
    learning_curve: list[dict[str, Any]] = field(default_factory=list)
    parity: dict[str, Parity] = field(default_factory=dict)
    inverse: InverseFit | None = None  # where inverse orientations fit far better
    unreached: Unreached | None = (
        None  # torques that no model of these bodies carries, where labels have some
    )
    walls: Outcome | None = None  # of the two-body polynomials
    pressures: dict[str, Pressure] = field(
        default_factory=dict
    )  # 'train', 'test', where stresses are a target
    grades: dict[str, dict[str, int]] = field(default_factory=dict)  # symbol -> its active set

    def __repr__(self) -> str:
        hint = [] if self.inverse is None else [self.inverse.hint("read_frames(..., quaternions='inverse')")]
        walls = [] if self.walls is None else self.walls.lines()
        return "\n".join([self.table(), *walls, *grade_lines(self.grades), *hint])

    def table(self) -> str:
        """The errors of each target, a line for each."""
        lines = [
            f"{name:<6}{target:<9}RMSE {e.rmse:.4g} {unit_text(self.model.units, target)}"
            f"{_REMARK.get(target, '')}, MAE {e.mae:.4g}{e.r2_text('R2', 5)}"
            for name, of in self.errors.items()
            for target, e in of.items()
        ]
        lines += [p.line(name, self.model.units) for name, p in self.pressures.items()]
        return "\n".join(
            [*lines, *([] if self.unreached is None else self.unreached.lines(self.model.units))]
        )

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes the model's document; the file is replaced as a whole or not at all."""
        self.model.save(path)

    def report(self, path: str | os.PathLike[str]) -> tuple[Path, Path]:
        """Writes PATH.json (errors, learning curve, walls) and PATH.png (parity, energies of approaches); gives their paths."""
        walls = [] if self.walls is None else self.walls.curves
        return _report.write(path, self, _report.document(self), walls)


@_checks.suggests_keywords
def fit(
    frames: Atoms | Iterable[Atoms],
    descriptor: Descriptor | None,
    kind: str = TermOptions.kind,
    *,
    density_scale: float = ModelOptions.density_scale,
    units: str = LabelOptions.units,
    targets: Sequence[str] | None = LabelOptions.targets,
    keys: Mapping[str, str] | None = LabelOptions.keys,
    weights: Mapping[str, float] | None = LabelOptions.weights,
    config_weights: Mapping[str, float] | None = LabelOptions.config_weights,
    config_key: str = LabelOptions.config_key,
    isolated: Mapping[str, float] | None = LabelOptions.isolated,
    test: float | Iterable[Atoms] = TEST,
    split: str = LabelOptions.split,
    seed: int = LabelOptions.seed,
    ridge: float | str = LinearOptions.ridge,
    n_folds: int = LinearOptions.n_folds,
    n_points: int = KernelOptions.n_points,
    selection: str = KernelOptions.selection,
    exponent: int = KernelOptions.exponent,
    two_body: TwoBodyTerm | None = None,
    networks: NetworkOptions | Mapping[str, Any] | None = None,
    prior: Prior | Sequence[str] | None = None,
    allow_discontinuity: bool = ModelOptions.allow_discontinuity,
    walls: str = WallOptions.walls,
    wall_energy: float | None = WallOptions.wall_energy,
    grade: bool = GradeOptions.grade,
    learning_curve: bool = False,
    show_progress: bool = False,
    checkpoint: str | os.PathLike[str] | None = None,
    device: str | None = None,
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
        Weight of each target, 1 where not given. Errors are counted in units of the spread of the training labels, energies and
        virials per particle. Targets of one weight have an equal say in linear kinds and polynomials, however many labels they
        have, of stresses the mean over frames of one cell, composition and type, while a single one has that of one label of a
        force. In networks each label of forces and torques has an equal say.
    config_weights : mapping, optional
        Weight of the errors of frames by their type, ``info[config_key]``, such as {'liquid': 2.0, 'dimer': 0.2}; 1 where not
        given. Frames of weight 0 are left out of the training.
    config_key : str
        Key of ``info`` that holds the type, which also tells states of one cell apart.
    isolated : mapping, optional
        Energies of isolated particles, one for each species, such as {'C': -1.2}: the model has them exactly, and only what the
        particles' surroundings add is fitted. None fits an energy for each species. Beside a many-body term that sees the
        particle itself, the particles of a species have one size.
    test : float or iterable of ase.Atoms
        Fraction of the frames that are held out, drawn by `seed`, or frames of their own.
    split : {'random', 'blocks'}
        How test frames and the folds of cross-validation are drawn: frame by frame, or as blocks of consecutive frames (of 20 in
        all for the test), which are independent where frames of a trajectory resemble the next.
    ridge : {'evidence', 'cv'} or float
        Ridge of the linear kinds, relative to the largest squared singular value: of the largest evidence, with one noise for
        each target, of the smallest error in `n_folds`-fold cross-validation, or given.
    n_points, selection, exponent
        Kernel: representatives of each species, {'fps', 'cur'} to select them, and the exponent >= 1.
    two_body : mapping, PolynomialOptions, SymmetricOptions, PairNetworkOptions or _core.TwoBody, optional
        Options of the two-body term, or a trained one. ``{'kind': 'polynomial', 'cutoff': ...}`` (`PolynomialOptions`) is linear
        in its weights: it is solved together with kinds 'linear' and 'none', before the others (and with 'joint': False before a
        linear one). Pairs of species that never meet within the cutoff get no term, with a warning.
        ``{'kind': 'symmetric', 'cutoff': ..., 'bodies': {'X': {'group': 'D6h'}}}`` (`SymmetricOptions`) is the same for bodies of
        any point group; it has no uncertainty.
        ``{'kind': 'networks', 'cutoff': ...}`` (`PairNetworkOptions`) is trained first; the many-body term learns what is left.
        ``{'kind': 'networks', 'joint': True, 'cutoff': ...}`` beside kind 'networks' trains both terms at once: one loss, one
        optimiser. Members, steps and learning rates are those of `networks`; hidden layers (widths) are those of either.
        Uncertainties are the spread of the members' sums.
    networks : mapping or NetworkOptions, optional
        Options of kind 'networks'.
    prior : Prior or sequence of str, optional
        LAMMPS commands (pair_style, pair_coeff) of a potential that is subtracted from the labels. The model is what is left:
        at run time ``pair_style hybrid/overlay`` adds the prior.
    walls : {'repair', 'off'}
        What becomes of a two-body polynomial that turns attractive at contacts closer than any label: 'repair' moves the weights
        to the nearest ones, in the norm of the fit, with which none of the last 48,000 random approaches of each pair of species
        turns down before `wall_energy`; errors before and after are told. Where that would cost too much the fit is refused, or,
        of fewer than five labels a weight, warned of and left without a repair. 'off', and a `prior`, which has walls of its
        own: nothing is looked at.
    wall_energy : float, optional
        In the units of the labels. None: ten times the root mean square force times the pair's contact length; without forces
        that of the torques, or of the energies.
    grade : bool
        Whether the model gets extrapolation grades (kind 'linear', or 'none' beside a two-body polynomial): its document then
        holds the inverse of an active set of the training rows, up to 40,000 numbers a species; where a species has more than 200
        columns, that of their leading directions.
    learning_curve : bool
        Also fits parts of the training frames (kinds 'linear' and 'kernel', or a polynomial alone), with standard errors over up
        to five blocks of consecutive test frames; beside a polynomial that is
        fitted first the curve is that of the many-body term alone. Without test frames there is none.
    show_progress : bool
        Whether bars are shown.
    checkpoint : path, optional
        File that keeps the state of a training of networks while it runs. Ctrl-C waits for the end of a step; the same call then
        goes on from there, to the bit, and a complete training removes the file.
    device : str, optional
        Of rows of linear systems, derivatives and predictions, as of ``Descriptor``; None is that of the descriptor. 'auto' takes
        the device for frames of 5,000 particles or more in all. Systems are solved, and networks trained, on the processor. The
        model that is returned predicts there too.

    Returns
    -------
    FitResult
        Uniaxial bodies carry no torque about their axes: that part is taken out of labels and errors; `unreached` says how
        large it was, and what the raw errors are.

    Raises
    ------
    ArgumentError
        For labels that are missing, mixed or not finite, species or units that do not fit, a cutoff without a taper, a singular
        fit with ridge = 0, a repair of walls that would cost too much; the text names what is wrong.
    RuntimeError
        For an optional package that is missing.
    """
    options = FitOptions.among(locals())
    options.terms.require_packages()
    descriptor = _required(descriptor, kind)
    execution = execution_of(descriptor, show_progress, device)
    if checkpoint is None:
        return _fitted(frames, test, descriptor, options, prior, execution)
    if not options.terms.trains_networks:
        raise ArgumentError("checkpoint", "a training without networks", "kind 'networks', or None")
    kept = replace(execution, checkpoint=os.fspath(checkpoint))
    result = _fitted(frames, test, descriptor, options, prior, kept)
    Path(checkpoint).unlink(missing_ok=True)
    return result


def _fitted(
    frames: Atoms | Iterable[Atoms],
    test: float | Iterable[Atoms],
    descriptor: Descriptor,
    options: FitOptions,
    prior: Prior | Sequence[str] | None,
    execution: Execution,
) -> FitResult:
    n_folds = options.terms.solver.n_folds
    train, held, species = read_frames(frames, test, descriptor, options.labels, n_folds)
    require_same_species(options.terms.two_body, species)
    asked, execution = execution.device, placed(execution, train)
    model = empty_model(descriptor, species, options)
    baseline = None if prior is None else Prior.of(prior, options.labels.units, species)
    environments = environments_of(model.hypers, species, model.density_scale, execution)
    setup = posed(train, held, environments, options, baseline, execution)
    n, targets = (len(train), len(held)), ", ".join(train.targets)
    LOGGER.info("%s on %d training frames, %d test frames: %s", options.terms.kind, *n, targets)
    # The walls of a model with a prior are those of their sum.
    terms = options.terms if baseline is None else replace(options.terms, walls=WallOptions(OFF))
    facts, curve = fill_terms(model, setup.problem, terms)
    walls: Outcome | None = facts.pop("walls", None)
    grades = fill_grades(model, setup.problem) if options.grades.grade else {}
    predicted = _predictions(model, setup.problem, execution)
    found = _parities(predicted, setup.train, setup.held, setup.problem)
    of_errors = {name: errors(p) for name, p in found.items()}
    of_frames = {"train": setup.train.frames, "test": setup.held.frames}
    of_pressures = pressures(found, of_frames, options.labels.units)
    unreached = None
    if setup.share:
        raw = _parities(predicted, train, held, setup.raw)
        unreached = Unreached(setup.share, {name: errors(p)["torques"] for name, p in raw.items()})
    inverse = None
    if is_poor(of_errors["test" if len(held) else "train"]):
        new_model = partial(empty_model, descriptor, species, options)
        inverse = inverse_fit(setup.raw, train, options.terms, baseline, new_model)
    model.training = json.dumps(
        {
            "library_version": __version__,
            "kind": options.terms.kind,
            "units": options.labels.units,
            **_facts_of_frames(train, held),
            **_facts_of_problem(setup.problem),
            **_facts_of_labels(options.labels),
            "split": options.labels.split,
            "diameters": _diameters(train, species),
            "ranges": ranges(train, species),
            **facts,
            "walls": None if walls is None else walls.facts(),
            "grades": grades,
            "two_body": _facts_of_pairs(options.terms, model, species),
            "prior": None if baseline is None else baseline.metadata(),
            "errors": _report.contents_of(of_errors),
            "unreached_torques": None if unreached is None else unreached.facts(),
            "pressures": {name: finite(asdict(p)) for name, p in of_pressures.items()},
        },
        default=_plain,
    )
    whole = Model(model, num_threads=execution.threads, device=asked)
    return FitResult(
        whole,
        json.loads(model.training),
        of_errors,
        curve,
        found,
        inverse,
        unreached,
        walls,
        of_pressures,
        grades,
    )


def _required(descriptor: Descriptor | None, kind: str) -> Descriptor:
    if descriptor is None and kind == "none":
        return Descriptor(0, "monomial", 1.0)
    if not isinstance(descriptor, Descriptor):
        raise ArgumentTypeError("descriptor", repr(descriptor), "a Descriptor, or None with kind 'none'")
    return descriptor


def require_options_of_fit(descriptor: Descriptor, given: Mapping[str, Any]) -> None:
    """ValueError or TypeError for arguments of `fit` that no frames can make right; files by name are not looked at."""
    test = given.get("test", TEST)
    options = options_among(given)
    options.terms.require_packages()
    if not isinstance(test, str):
        _dataset.split(1, test, options.labels.seed)
    empty_model(descriptor, (1,), options)


def require_options_of_frames(
    frames: Sequence[Atoms], species: Sequence[int], targets: Sequence[str], given: Mapping[str, Any]
) -> None:
    """ArgumentError for arguments of `fit` that frames contradict, whatever their labels will be."""
    options = options_among(given)
    labels = options.labels
    require_bodies(frames, species)
    require_every_species(frames, species)
    _dataset.read_weights(labels.weights, targets)
    _dataset.isolated_energies(labels.isolated, species)
    symmetries_of(options.terms, frames, frames, species)


def options_among(given: Mapping[str, Any]) -> FitOptions:
    """Options of keywords of `fit`, which may hold a test and a prior as well."""
    return FitOptions.of(**{k: v for k, v in given.items() if k not in ("test", "prior")})


def _facts_of_frames(train: Dataset, held: Dataset) -> dict[str, int]:
    return {
        "n_frames": len(train),
        "n_test_frames": len(held),
        "n_particles": sum(map(len, train.frames)),
    }


def _facts_of_labels(options: LabelOptions) -> dict[str, Any]:
    """Weights of frames and energies of isolated particles, where they were given."""
    given = {name: getattr(options, name) for name in ("config_weights", "isolated")}
    return {name: dict(value) for name, value in given.items() if value}


def _diameters(train: Dataset, species: Sequence[int]) -> dict[str, list[float] | None]:
    """Diameters that all particles of a species have in the training frames; None where they differ."""
    return {
        symbol: one_set_of_diameters(train.frames, number)
        for symbol, number in zip(_species.to_symbols(species), species, strict=True)
    }


def _facts_of_problem(problem: Problem) -> dict[str, Any]:
    return {
        "seed": problem.seed,
        "targets": list(problem.data.targets),
        "weights": problem.weights,
        "scales": asdict(problem.scales),
    }


def _facts_of_pairs(
    options: TermOptions, model: _core.Model, species: Sequence[int]
) -> dict[str, Any] | None:
    """Options of the two-body term, and what became of them."""
    facts: dict[str, Any]
    if isinstance(options.two_body, SymmetricOptions):
        facts = {**_without_joint("symmetric", asdict(options.two_body)), "joint": options.joint}
        facts["groups"] = [body.group for body in model.two_body.species]
    elif options.polynomial is not None:
        degrees = [pair.polynomial.degree for pair in model.two_body.pairs if pair.polynomial]
        facts = {**_without_joint("polynomial", asdict(options.polynomial)), "joint": options.joint}
        facts["degrees"] = degrees
    elif options.pair_networks is not None:
        facts = {**_without_joint("networks", options.pair_networks.given), "joint": options.joint}
    else:
        return None
    return {**facts, "pairs_without_term": pairs_without_term(model.two_body, species)}


def _without_joint(kind: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """Kind and options of a two-body term; whether it is joint follows from those of both terms."""
    return {"kind": kind, **{name: value for name, value in given.items() if name != "joint"}}


def _plain(value: object) -> object:
    """JSON of NumPy's numbers and arrays; text of what has none."""
    return value.tolist() if isinstance(value, (np.generic, np.ndarray)) else str(value)


def _predictions(model: _core.Model, problem: Problem, execution: Execution) -> dict[str, list[Labels]]:
    """What the model itself says of the frames of a problem."""
    parts = {"train": problem.data, "test": problem.held}
    return {name: _own_predictions(model, part, execution) for name, part in parts.items() if len(part)}


def _parities(
    predicted: Mapping[str, Sequence[Labels]], train: Dataset, held: Dataset, problem: Problem
) -> dict[str, Parity]:
    """Of whole labels; the problem has those without the prior."""
    parts = {"train": (train, problem.data), "test": (held, problem.held)}
    return {name: parity(parts[name][0], _with_rest(p, *parts[name])) for name, p in predicted.items()}


def whole_predictions(
    model: _core.Model, whole: Dataset, part: Dataset, execution: Execution
) -> list[Labels]:
    """Of the labels of `whole`; the model predicts those of `part`, the same frames without the prior."""
    return _with_rest(_own_predictions(model, part, execution), whole, part)


def _own_predictions(model: _core.Model, part: Dataset, execution: Execution) -> list[Labels]:
    return predict(model, part.frames, part.targets, execution.num_threads, execution.device)


def _with_rest(predicted: Sequence[Labels], whole: Dataset, part: Dataset) -> list[Labels]:
    """Predictions of `part` and what `whole` has beside it."""
    return [p.plus(a.minus(b)) for p, a, b in zip(predicted, whole.labels, part.labels, strict=True)]
