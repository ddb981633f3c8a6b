# SPDX-License-Identifier: MIT
"""Report of a fit: errors and learning curve as JSON, parity plots as PNG."""

import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..common.files import require_writable, whole_file, write_text
from ..common.json import finite
from ..common.packages import require_package

if TYPE_CHECKING:
    from .fitting import FitResult

_MOST_POINTS = 20000  # of one target in a plot
_QUANTITY = {"energy": "energy", "forces": "force", "torques": "torque", "stress": "virial"}
_UNITS = {
    "metal": {"energy": "eV / particle", "forces": "eV / Å", "torques": "eV", "stress": "eV / particle"},
    "real": {
        "energy": "kcal/mol / particle",
        "forces": "kcal/mol / Å",
        "torques": "kcal/mol",
        "stress": "kcal/mol / particle",
    },
    "lj": {"energy": "ε / particle", "forces": "ε / σ", "torques": "ε", "stress": "ε / particle"},
}
_COLORS = {"train": "#9aa7b8", "test": "#c2410c"}


def document(result: "FitResult") -> dict[str, Any]:
    """What the JSON file holds."""
    return {
        "training": result.training,
        "units": result.model.units,
        "errors": {name: {t: finite(asdict(e)) for t, e in of.items()} for name, of in result.errors.items()},
        "learning_curve": result.learning_curve,
    }


def paths(path: str | os.PathLike[str]) -> tuple[Path, Path]:
    """PATH.json and PATH.png, where PATH may itself end in one of them."""
    stem = Path(path)
    if stem.suffix in (".json", ".png"):
        stem = stem.with_suffix("")
    return stem.with_name(stem.name + ".json"), stem.with_name(stem.name + ".png")


def write(path: str | os.PathLike[str], result: "FitResult") -> tuple[Path, Path]:
    """Writes PATH.json and PATH.png.

    Raises
    ------
    RuntimeError
        Without matplotlib, before anything is written.
    """
    require_package("matplotlib", "train", "report")
    text, image = paths(path)
    for target in (text, image):
        require_writable(target)
    write_text(text, json.dumps(document(result), indent=1) + "\n")
    with whole_file(image) as temporary:
        _figure(result).savefig(temporary, dpi=150)
    return text, image


def curve_lines(result: "FitResult") -> list[str]:
    """The learning curve as text, a line for each number of frames."""
    return [
        f"{point['n_frames']} training frames: test RMSE "
        + ", ".join(f"{target} {value:.4g}" for target, value in point["rmse"].items())
        for point in result.learning_curve
    ]


def _figure(result: "FitResult") -> Any:
    """Figure of the object-oriented interface: no window, no global state."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    targets = list(next(iter(result.parity.values())))
    n_panels = len(targets) + bool(result.learning_curve)
    figure = Figure(figsize=(3.4 * n_panels, 3.5), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots(1, n_panels, squeeze=False)[0]
    for axis, target in zip(axes, targets, strict=False):
        _parity_plot(axis, result, target)
    if result.learning_curve:
        _learning_curve(axes[-1], result)
    return figure


def _parity_plot(axis: Any, result: "FitResult", target: str) -> None:
    low, high = np.inf, -np.inf
    for name, pairs in result.parity.items():
        labels, predictions = pairs[target]
        step = max(1, len(labels) // _MOST_POINTS)
        found = result.errors[name][target]
        label = f"{name}: RMSE {found.rmse:.3g}{found.r2_text('R²', 4)}"
        axis.plot(
            labels[::step],
            predictions[::step],
            ".",
            ms=2,
            color=_COLORS[name],
            label=label,
            rasterized=True,
        )
        low, high = min(low, labels.min()), max(high, labels.max())
    margin = 0.05 * (high - low) or 1.0
    axis.plot([low - margin, high + margin], [low - margin, high + margin], "-", lw=0.8, color="black")
    unit = _UNITS[result.model.units][target]
    axis.set(xlabel=f"label ({unit})", ylabel=f"model ({unit})", title=_QUANTITY[target])
    axis.legend(fontsize=7, loc="upper left", markerscale=3)


def _learning_curve(axis: Any, result: "FitResult") -> None:
    sizes = [point["n_frames"] for point in result.learning_curve]
    scales = result.training["scales"]
    for target in result.learning_curve[0]["rmse"]:
        values = [point["rmse"][target] / scales[target] for point in result.learning_curve]
        axis.loglog(sizes, values, "o-", ms=4, label=_QUANTITY[target])
    axis.set(xlabel="training frames", ylabel="test RMSE / spread of the labels", title="learning curve")
    axis.legend(fontsize=7)
