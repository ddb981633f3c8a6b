# SPDX-License-Identifier: MIT
"""Report of a fit: errors and learning curve as JSON, parity plots with residuals as PNG."""

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from ..common.documents.json import finite
from ..common.errors import ArgumentError
from ..common.files import require_writable, whole_file, write_text
from ..common.packages import require_package
from ..models.model import Model
from .evaluation import UNIT, Errors, Parity
from .walls.outcome import Curves

if TYPE_CHECKING:
    from .fitting import FitResult

_MOST_POINTS = 20000  # of one target in a plot
_QUANTITY = {"energy": "energy", "forces": "force", "torques": "torque", "stress": "virial"}
_ENERGY_UNIT = {units: of["torques"] for units, of in UNIT.items()}
_COLORS = {"train": "#9aa7b8", "test": "#c2410c"}


class Assessed(Protocol):
    """What a figure shows: errors, and labels with predictions, of each group of frames."""

    @property
    def model(self) -> Model: ...
    @property
    def errors(self) -> Mapping[str, Mapping[str, Errors]]: ...
    @property
    def parity(self) -> Mapping[str, Parity]: ...
    @property
    def training(self) -> Mapping[str, Any]: ...
    @property
    def learning_curve(self) -> list[dict[str, Any]]: ...


def document(result: "FitResult") -> dict[str, Any]:
    """What the JSON file holds."""
    return {
        "training": result.training,
        "units": result.model.units,
        "errors": contents_of(result.errors),
        "unreached_torques": None if result.unreached is None else result.unreached.facts(),
        "learning_curve": result.learning_curve,
        "walls": None if result.walls is None else result.walls.facts(),
        "grades": result.grades,
        "inverse_orientations": None if result.inverse is None else asdict(result.inverse),
    }


_OTHERS = (".pdf", ".svg", ".eps", ".jpg", ".jpeg", ".html", ".csv", ".txt", ".md", ".yaml", ".yml")


def contents_of(errors: Mapping[str, Mapping[str, Errors]]) -> dict[str, Any]:
    """Errors of groups of frames as JSON has them."""
    return {name: {t: finite(asdict(e)) for t, e in of.items()} for name, of in errors.items()}


def paths(path: str | os.PathLike[str]) -> tuple[Path, Path]:
    """PATH.json and PATH.png, where PATH may itself end in one of them.

    Raises
    ------
    ArgumentError
        For the suffix of another kind of file.
    """
    stem = Path(path)
    if stem.suffix.lower() in (".json", ".png"):
        stem = stem.with_suffix("")
    elif stem.suffix.lower() in _OTHERS:
        raise ArgumentError(
            "report", f"'{path}'", "a name without a suffix: NAME.json and NAME.png are written"
        )
    return stem.with_name(stem.name + ".json"), stem.with_name(stem.name + ".png")


def write(
    path: str | os.PathLike[str],
    result: Assessed,
    content: Mapping[str, Any],
    walls: Sequence[Curves] = (),
) -> tuple[Path, Path]:
    """Writes PATH.json, which holds `content`, and PATH.png.

    Raises
    ------
    RuntimeError
        Without matplotlib, before anything is written.
    """
    require_package("matplotlib", "train", "report")
    text, image = paths(path)
    for target in (text, image):
        require_writable(target)
    write_text(text, json.dumps(content, indent=1) + "\n")
    with whole_file(image) as temporary:
        figure_of(result, walls).savefig(temporary, dpi=150)
    return text, image


def curve_lines(result: "FitResult") -> list[str]:
    """The learning curve as text, a line for each number of frames."""
    return [
        f"{point['n_frames']} training frames: test RMSE "
        + ", ".join(f"{target} {value:.4g}{_bar(point, target)}" for target, value in point["rmse"].items())
        for point in result.learning_curve
    ]


def _bar(point: dict[str, Any], target: str) -> str:
    return f"+-{point['standard_error'][target]:.1g}" if "standard_error" in point else ""


def figure_of(result: Assessed, walls: Sequence[Curves] = ()) -> Any:
    """Figure of the object-oriented interface: no window, no global state."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    targets = list(next(iter(result.parity.values())))
    n_panels = len(targets) + len(walls) + bool(result.learning_curve)
    figure = Figure(figsize=(3.4 * n_panels, 5.2), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots(2, n_panels, squeeze=False, height_ratios=(2, 1))
    for k, target in enumerate(targets):
        axes[1, k].sharex(axes[0, k])
        _parity_plot(axes[0, k], axes[1, k], result, target)
    for k, curves in enumerate(walls, len(targets)):
        _wall_plot(axes[0, k], curves, _ENERGY_UNIT[result.model.units])
        axes[1, k].set_axis_off()
    if result.learning_curve:
        _learning_curve(axes[0, -1], result)
        axes[1, -1].set_axis_off()
    return figure


def _parity_plot(parity: Any, residual: Any, result: Assessed, target: str) -> None:
    """Predictions against labels, and below them what they differ by."""
    low, high = np.inf, -np.inf
    unit = UNIT[result.model.units][target]
    for k, (name, of_targets) in enumerate(result.parity.items()):
        labels, predictions = of_targets[target]
        step = max(1, len(labels) // _MOST_POINTS)
        found = result.errors[name][target]
        label = f"{name}: RMSE {found.rmse:.3g} {unit}{found.r2_text('R²', 4)}"
        dots = {"ms": 2, "color": _COLORS.get(name, f"C{k}"), "rasterized": True}
        parity.plot(labels[::step], predictions[::step], ".", label=label, **dots)
        residual.plot(labels[::step], (predictions - labels)[::step], ".", label=name, **dots)
        low, high = min(low, labels.min()), max(high, labels.max())
    margin = 0.05 * (high - low) or 1.0
    ends = [low - margin, high + margin]
    parity.plot(ends, ends, "-", lw=0.8, color="black", label="model = label")
    residual.axhline(0, lw=0.8, color="black")
    parity.set(ylabel=f"model ({unit})", title=_QUANTITY[target])
    parity.tick_params(labelbottom=False)
    residual.set(xlabel=f"label ({unit})", ylabel=f"model - label\n({unit})")
    parity.legend(fontsize=6, loc="upper left", markerscale=3)


def _wall_plot(axis: Any, curves: Curves, unit: str) -> None:
    """Energies of two bodies on their way towards each other, those before a repair in grey."""
    from matplotlib.collections import LineCollection

    shown = [(curves.after, _COLORS["test"], "random approaches")]
    if not np.array_equal(curves.before, curves.after):
        shown.insert(0, (curves.before, _COLORS["train"], "before the repair"))
    for energies, color, label in shown:
        lines = [np.column_stack([curves.gap, e]) for e in energies]
        axis.add_collection(LineCollection(lines, colors=color, linewidths=0.5, label=label))
    axis.axvline(curves.closest, lw=0.8, ls=":", color="black", label="closest label")
    axis.axhline(curves.barrier, lw=0.8, color="black", label="wall energy")
    least = curves.barrier / 20
    axis.set_yscale("symlog", linthresh=least)
    ticks = [-20 * least, -least, 0, least, 20 * least, 200 * least]
    axis.set_yticks(ticks, [f"{tick:.3g}" for tick in ticks])
    axis.minorticks_off()
    axis.set(xlim=(curves.gap[-1], -curves.gap[-1]), ylim=(-2 * curves.barrier, 10 * curves.barrier))
    axis.set(xlabel="gap between the surfaces", ylabel=f"pair energy ({unit})")
    axis.set_title(f"walls {'-'.join(curves.names)}")
    axis.legend(fontsize=6)


def _learning_curve(axis: Any, result: Assessed) -> None:
    sizes = [point["n_frames"] for point in result.learning_curve]
    scales = result.training["scales"]
    for target in result.learning_curve[0]["rmse"]:
        values = np.array([point["rmse"][target] for point in result.learning_curve]) / scales[target]
        errors = [point.get("standard_error", {}).get(target, 0.0) for point in result.learning_curve]
        band = np.array(errors) / scales[target]
        (line,) = axis.loglog(sizes, values, "o-", ms=4, label=_QUANTITY[target])
        axis.fill_between(sizes, values - band, values + band, color=line.get_color(), alpha=0.2, lw=0)
    axis.set_xticks(sizes, [str(n) for n in sizes])
    axis.minorticks_off()
    axis.set(xlabel="training frames", ylabel="test RMSE / spread of the labels", title="learning curve")
    axis.legend(fontsize=7)
