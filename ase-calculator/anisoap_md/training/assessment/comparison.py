# SPDX-License-Identifier: MIT
"""How two models differ: in what they are, and in what they predict."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ase import Atoms

from ...common.errors import ArgumentError
from ...data.dataset import TARGETS, Dataset
from ...frames.batches import as_iterable
from ...models.model import Model
from ...models.summary import summary
from ..evaluation import Errors, as_labels, errors, parity, unit_text

_OF_TRAINING = ("kind", "n_frames", "n_test_frames", "split", "seed", "targets", "weights")


@dataclass(frozen=True, repr=False)
class Comparison:
    """Differences of two models.

    Attributes
    ----------
    settings : dict
        Dotted name -> values of the first and of the second model, where they differ; None for what a model does not have.
    predictions : dict
        Target -> errors of the second model where the first one gives the labels; empty without frames.
    units : str
        Of the predictions: those of the first model.
    """

    settings: dict[str, tuple[Any, Any]]
    predictions: dict[str, Errors]
    units: str

    def __repr__(self) -> str:
        width = max(map(len, self.settings), default=0)
        out = [f"{name:<{width}}  {_text(a)} | {_text(b)}" for name, (a, b) in self.settings.items()]
        return "\n".join([*(out or ["the same settings"]), *map(self._line, self.predictions)])

    def _line(self, target: str) -> str:
        e, unit = self.predictions[target], unit_text(self.units, target)
        return f"{target:<8} RMSE {e.rmse:.4g}, MAE {e.mae:.4g}, spread {e.spread:.4g} {unit}"


def compare(a: Model, b: Model, frames: Atoms | Iterable[Atoms] | None = None) -> Comparison:
    """Differences of settings and, on frames, of predictions in the units of `a`.

    Raises
    ------
    ArgumentError
        For frames without particles or with species that a model does not know, and for units of models that do not convert.
    """
    settings = _differences(_settings(a), _settings(b))
    if frames is None:
        return Comparison(settings, {}, a.units)
    held = list(as_iterable(frames))
    if not any(map(len, held)):
        raise ArgumentError("frames", "no particle", "at least one frame with particles")
    held = [atoms for atoms in held if len(atoms)]
    first, second = (as_labels(m.predict(held), TARGETS) for m in (a, b.converted(a.units)))
    return Comparison(settings, errors(parity(Dataset(held, first, TARGETS), second)), a.units)


def _settings(model: Model) -> dict[str, Any]:
    """Of a model, by dotted names; weights and offsets are no settings."""
    found = summary(model)
    training = found.pop("training")
    del found["file"]
    found["training"] = {name: training[name] for name in _OF_TRAINING if name in training}
    return {k: v for k, v in _flat(found).items() if not k.endswith(".offset")}


def _flat(values: Mapping[str, Any], start: str = "") -> dict[str, Any]:
    out: dict[str, Any] = {}
    for name, value in values.items():
        if isinstance(value, Mapping):
            out |= _flat(value, f"{start}{name}.")
        else:
            out[start + name] = value
    return out


def _differences(a: Mapping[str, Any], b: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    names = [*a, *(name for name in b if name not in a)]
    return {name: (a.get(name), b.get(name)) for name in names if a.get(name) != b.get(name)}


def _text(value: Any) -> str:
    if value is None:
        return "-"
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)
