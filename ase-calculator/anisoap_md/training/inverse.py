# SPDX-License-Identifier: MIT
"""Whether labels follow the inverse orientations: files of some programs hold quaternions from space to body."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from .. import _core
from ..common.errors import ArgumentError
from ..data.dataset import Dataset
from ..data.labels import require_every_species
from ..data.prior import Prior
from ..data.species_pairs import pairs_may_lack
from ..frames import bodies
from .evaluation import Errors
from .linear.options import LinearPairOptions, PolynomialOptions
from .networks.options import PairNetworkOptions
from .options import TermOptions
from .problem import Problem
from .setup import without_prior
from .stages import errors_of_one_system

_POOR = 0.9  # R2 of a target below which the question is asked
_FAR_BETTER = 2.0  # ratio of losses; those of some dozen frames differ by a fifth by chance, those of wrong orientations by more
_EXPLAINED = 0.7  # loss of a fit that explains half of the variance
_MOST_LABELS, _MOST_PARTICLES = 1500, 2000  # of the frames that are fitted again
_SAME = 1e-6  # radians


@dataclass(frozen=True)
class InverseFit:
    """Cross-validated losses of some training frames, as they are and with inverse orientations.

    The loss of one target is its RMSE / spread of the labels; that of all, the root of the mean over the targets of
    (weight x RMSE / spread)^2.
    """

    n_frames: int
    loss: float
    inverse_loss: float
    target: str = "all"  # whose loss it is

    def hint(self, option: str) -> str:
        """For the user; `option` is what reads the inverse quaternions."""
        labels = "labels" if self.target == "all" else self.target
        return (
            f"with inverse orientations the {labels} fit far better (loss {self.loss:.2g} -> {self.inverse_loss:.2g} in "
            f"cross-validation, {self.n_frames} frames): the file may hold quaternions from space to body, see {option}"
        )


def is_poor(errors: Mapping[str, Errors]) -> bool:
    """Whether some target is poorly explained; equal labels do not count."""
    return any(e.r2 < _POOR for e in errors.values())


def inverse_fit(
    problem: Problem,
    whole: Dataset,
    terms: TermOptions,
    prior: Prior | None,
    new_model: Callable[[], _core.Model],
) -> InverseFit | None:
    """Losses where those of inverse orientations are far smaller; `whole` are the training frames with labels of the prior.

    Two small fits of a linear form of the terms. Where energies hardly depend on orientations the loss of torques tells, then
    that of forces. None for spheres, and for labels that no such fit takes.
    """
    chosen = _some_frames(whole)
    given = problem.data.subset(chosen)
    turned = _inverted(whole.subset(chosen))
    if turned is None or len(chosen) < 2:
        return None
    try:
        require_every_species(given.frames, problem.species)
        turned = without_prior(turned, prior, problem.species, False)
        as_given, inverse = (
            _losses(replace(problem, data=data), _linear_form(terms), new_model()) for data in (given, turned)
        )
    except ArgumentError:
        return None
    found = (InverseFit(len(chosen), as_given[t], inverse[t], t) for t in as_given)
    return next((f for f in found if f.inverse_loss < min(_EXPLAINED, f.loss / _FAR_BETTER)), None)


def _losses(problem: Problem, terms: TermOptions, model: _core.Model) -> dict[str, float]:
    """Of all targets, and of those that orientations change most."""
    quiet = replace(problem, execution=replace(problem.execution, progress=False))
    with pairs_may_lack():
        found = errors_of_one_system(model, quiet, terms)
    alone = [t for t in ("torques", "forces") if problem.weights.get(t)]
    return {"all": float(found["loss"]), **{t: found["rmse"][t] / getattr(problem.scales, t) for t in alone}}


def _linear_form(terms: TermOptions) -> TermOptions:
    """Terms that one linear system solves, in place of kernels and networks."""
    two_body = terms.two_body
    if isinstance(two_body, PairNetworkOptions):
        two_body = PolynomialOptions(cutoff=two_body.cutoff, width=two_body.width, bodies=two_body.bodies)
    elif isinstance(two_body, LinearPairOptions):
        two_body = replace(two_body, joint=None)
    return TermOptions("none" if terms.kind == "none" else "linear", two_body=two_body)


def _some_frames(data: Dataset) -> list[int]:
    """The first, which are in random order, up to a number of labels and of particles."""
    sizes = np.cumsum([len(atoms) for atoms in data.frames])
    per_particle = 3 * len({"forces", "torques"} & set(data.targets))
    per_frame = ("energy" in data.targets) + 6 * ("stress" in data.targets)
    labels = per_particle * sizes + per_frame * np.arange(1, len(sizes) + 1)
    within = (labels <= _MOST_LABELS) & (sizes <= _MOST_PARTICLES)
    return list(range(max(2, int(within.sum()))))[: len(data)]


def _inverted(data: Dataset) -> Dataset | None:
    """The same labels of inverse orientations; None where no body is turned by that."""
    frames, is_other = [], False
    for atoms in data.frames:
        frame = atoms.copy()
        if any(name in atoms.arrays for name in bodies.QUATERNIONS):
            rotations, sizes = bodies.rotations(atoms), bodies.diameters(atoms)
            twice = (rotations * rotations).magnitude()
            is_other |= bool((twice[np.ptp(sizes, axis=1) > _SAME * sizes.max(axis=1)] > _SAME).any())
            bodies.set_rotations(frame, rotations.inv())
        frames.append(frame)
    return replace(data, frames=frames) if is_other else None
