# SPDX-License-Identifier: MIT
"""Figures of a table, as files: SVG, PDF and PNG."""

import os
from collections.abc import Sequence
from pathlib import Path

from ... import _core
from ...common.errors import ArgumentError
from ...common.files import whole_file
from ...common.packages import require_package
from . import figures
from .table import Row, read_csv

FORMATS = ("svg", "pdf", "png")
_SETTINGS = {
    "svg.hashsalt": "anisoap-md",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "font.size": 9,
}
_WIDTH, _WIDE = 5.5, 8.0  # inches; of figures with two panels
_COLUMNS = {_WIDTH: 3, _WIDE: 4}  # of the legend
_TWO_PANELS = ("species", "precision")
_UNDATED = {"svg": {"Date": None}, "pdf": {"CreationDate": None}, "png": {}}


def plot(
    table: str | os.PathLike[str], folder: str | os.PathLike[str], names: Sequence[str] | None = None
) -> list[Path]:
    """Writes the figures for which the table has data, FOLDER/NAME.svg, .pdf and .png; returns the paths.

    Parameters
    ----------
    table : path
        CSV of ``aggregate``.
    folder : path
        Made where it is missing.
    names : sequence of str, optional
        Of ``figures.FIGURES``; None takes all.

    Raises
    ------
    ArgumentError
        For another file, a name that is not known, and a table without data for any figure.
    PackageMissing
        Without matplotlib.
    """
    require_package("matplotlib", "bench", "bench plot")
    wanted = list(figures.FIGURES) if names is None else list(names)
    for name in wanted:
        if name not in figures.FIGURES:
            hint = _core.suggestion(name, list(figures.FIGURES))
            raise ArgumentError("figure", f"'{name}'", f"one of {', '.join(figures.FIGURES)}", hint)
    rows = read_csv(table)
    place = Path(folder)
    place.mkdir(parents=True, exist_ok=True)
    written = [path for name in wanted for path in _draw(name, rows, place)]
    if not written:
        raise ArgumentError(f"table '{table}'", "no data for a figure", f"data for {', '.join(wanted)}")
    return written


def _draw(name: str, rows: list[Row], folder: Path) -> list[Path]:
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    width = _WIDE if name in _TWO_PANELS else _WIDTH
    with rc_context(_SETTINGS):
        figure = Figure(figsize=(width, 3.6), layout="constrained")
        if not figures.FIGURES[name](figure, rows):
            return []
        handles, labels = figure.axes[0].get_legend_handles_labels()
        where = {"loc": "outside upper center", "ncols": _COLUMNS[width]}
        figure.legend(handles, labels, frameon=False, fontsize=8, **where)
        paths = [folder / f"{name}.{suffix}" for suffix in FORMATS]
        for path in paths:
            with whole_file(path) as temporary:
                figure.savefig(temporary, dpi=150, metadata=_UNDATED[path.suffix[1:]])
    return paths
