# SPDX-License-Identifier: MIT
"""Figures of a table: which there are, and what each shows. Colours are Okabe and Ito's, which the colour-blind tell apart."""

from collections.abc import Callable, Sequence
from typing import Any

from .roofline import ns_a_pair
from .table import Row

_COLOURS = (
    "#0072b2",
    "#d55e00",
    "#009e73",
    "#cc79a7",
    "#e69f00",
    "#56b4e9",
    "#000000",
    "#999999",
    "#f0e442",
)
_MARKERS = "osD^v<>PX"


def _timed(rows: Sequence[Row], sweep: str) -> list[Row]:
    return [row for row in rows if row["sweep"] == sweep and row["status"] == "done"]


def _names(rows: Sequence[Row], column: str) -> list[str]:
    return list(dict.fromkeys(row[column] for row in rows))


def _is_on_device(row: Row) -> bool:
    return row["backend"].partition(":")[2] in ("cuda", "hip", "sycl", "mps")


def _lines(axes: Any, rows: Sequence[Row], x: str, y: Callable[[Row], float | None]) -> None:
    """A line for each backend, and quantity where there are several."""
    quantities = _names(rows, "quantity")
    groups: dict[str, list[tuple[float, float]]] = {}
    for row in rows:
        value = y(row)
        if value is not None and row[x] is not None:
            name = row["backend"] + (f", {row['quantity'].replace('_', ' ')}" if len(quantities) > 1 else "")
            groups.setdefault(name, []).append((row[x], value))
    for k, (name, points) in enumerate(groups.items()):
        style = {"color": _COLOURS[k % len(_COLOURS)], "marker": _MARKERS[k % len(_MARKERS)]}
        axes.plot(*zip(*sorted(points), strict=True), label=name, **style)


def _bars(axes: Any, rows: Sequence[Row], y: Callable[[Row], float | None]) -> None:
    """Groups by system, a bar for each backend."""
    systems, backends = _names(rows, "system"), _names(rows, "backend")
    width = 0.8 / len(backends)
    for k, backend in enumerate(backends):
        of_backend = [(systems.index(row["system"]), y(row)) for row in rows if row["backend"] == backend]
        shown = [(place, value) for place, value in of_backend if value is not None]
        places = [place + (k - (len(backends) - 1) / 2) * width for place, _ in shown]
        axes.bar(places, [v for _, v in shown], width, color=_COLOURS[k % len(_COLOURS)], label=backend)
    axes.set_xticks(range(len(systems)), [name.replace("_", " ") for name in systems])
    axes.set_yscale("log")


def _microseconds(row: Row) -> float:
    return 1e6 * row["min"] / row["frames"]


def wall_time(figure: Any, rows: Sequence[Row]) -> bool:
    """Time a pair by system and backend."""
    shown = [_told(row) for row in rows if row["sweep"] == "" and row["ns_a_pair"] is not None]
    if not shown:
        return False
    axes = figure.subplots()
    _bars(axes, shown, lambda row: row["ns_a_pair"])
    axes.set_ylabel("ns a pair")
    return True


def _told(row: Row) -> Row:
    """Says of a time that it is not of this run."""
    return {**row, "backend": f"{row['backend']} (quoted)"} if row["status"] == "quoted" else row


def speed_up(figure: Any, rows: Sequence[Row]) -> bool:
    """How many times faster than the reference, where its time is known."""
    table = [row for row in rows if row["sweep"] == "" and row["ns_a_pair"] is not None]
    of_reference = {row["system"]: row["ns_a_pair"] for row in table if row["backend"] == "reference"}
    shown = [row for row in table if row["system"] in of_reference and row["backend"] != "reference"]
    if not shown:
        return False
    axes = figure.subplots()
    _bars(axes, shown, lambda row: of_reference[row["system"]] / row["ns_a_pair"])
    axes.set_ylabel("times the reference")
    return True


def species(figure: Any, rows: Sequence[Row]) -> bool:
    """Time and time/N^2 against the number of species, of the same particles."""
    shown = _timed(rows, "species")
    if not shown:
        return False
    left, right = figure.subplots(1, 2)
    _lines(left, shown, "n_species", _microseconds)
    left.set(ylabel="us a frame", yscale="log")
    _lines(right, shown, "n_species", lambda row: 1e9 * row["seconds_by_n2"])
    right.set(ylabel="time/N$^2$, ns", yscale="log")
    for axes in (left, right):
        axes.set(xlabel="species", xticks=range(1, 5))
    return True


def threads(figure: Any, rows: Sequence[Row]) -> bool:
    """Speed-up by threads, by ranks for LAMMPS."""
    shown = [{**row, "workers": row["threads"] * row["ranks"]} for row in _timed(rows, "threads")]
    alone = {(row["system"], row["backend"]): row["min"] for row in shown if row["workers"] == 1}
    shown = [row for row in shown if (row["system"], row["backend"]) in alone]
    if not shown:
        return False
    axes = figure.subplots()
    _lines(axes, shown, "workers", lambda row: alone[row["system"], row["backend"]] / row["min"])
    most = max(row["workers"] for row in shown)
    axes.plot([1, most], [1, most], color="#999999", linestyle=":", zorder=0)
    axes.set(xlabel="threads (lammps: ranks)", ylabel="speed-up")
    return True


def batch(figure: Any, rows: Sequence[Row]) -> bool:
    """Time a frame by how many frames a call has."""
    return _one(figure, _timed(rows, "batch"), "batch", "frames a call", ("us a frame", _microseconds))


def precision(figure: Any, rows: Sequence[Row]) -> bool:
    """Time and error in double and single precision."""
    shown = [{**row, "system": row["precision"]} for row in _timed(rows, "precision")]
    if not shown:
        return False
    left, right = figure.subplots(1, 2)
    _bars(left, shown, lambda row: row["ns_a_pair"])
    left.set_ylabel("ns a pair")
    _bars(right, shown, lambda row: row["error"])
    right.set_ylabel("largest error / largest entry")
    return True


def neighbors(figure: Any, rows: Sequence[Row]) -> bool:
    """Time a pair by neighbours of a centre, beside the roofline."""
    shown = _timed(rows, "neighbors")
    if not _one(figure, shown, "neighbors", "neighbours of a centre", _A_PAIR):
        return False
    _roofline(figure.axes[0], shown, "neighbors")
    return True


def size(figure: Any, rows: Sequence[Row]) -> bool:
    """Time a pair by particles of a frame."""
    return _one(figure, _timed(rows, "size"), "particles", "particles of a frame", _A_PAIR)


def l_max(figure: Any, rows: Sequence[Row]) -> bool:
    """Time a pair by l_max, beside the roofline."""
    shown = _timed(rows, "lmax")
    if not _one(figure, shown, "l_max", "l_max", _A_PAIR):
        return False
    figure.axes[0].set(xscale="linear", xticks=sorted({row["l_max"] for row in shown}))
    _roofline(figure.axes[0], shown, "l_max")
    return True


def _roofline(axes: Any, rows: Sequence[Row], x: str) -> None:
    """The least that the operations of a pair's moments take at the measured peak, where that is known."""
    peak = max((row["peak_gflops"] or 0.0) for row in rows)
    if peak > 0:
        bound = sorted({(row[x], ns_a_pair(int(row["l_max"]), peak)) for row in rows})
        label = f"moments at {peak:.0f} GFLOP/s"
        axes.plot(*zip(*bound, strict=True), color="#999999", linestyle=":", label=label)


def devices(figure: Any, rows: Sequence[Row]) -> bool:
    """Device against the fastest of the processor, by particles of a frame."""
    shown = _timed(rows, "size")
    places = {row["particles"] for row in shown}
    of_cpu = {n: _fastest([r for r in shown if r["particles"] == n and not _is_on_device(r)]) for n in places}
    on_device = [row for row in shown if _is_on_device(row) and of_cpu[row["particles"]]]
    if not on_device:
        return False
    ratio = ("times the processor", lambda row: of_cpu[row["particles"]] / row["min"])
    return _one(figure, on_device, "particles", "particles of a frame", ratio)


def _fastest(rows: Sequence[Row]) -> float | None:
    return min((row["min"] for row in rows), default=None)


_A_PAIR = ("ns a pair", lambda row: row["ns_a_pair"])


def _one(
    figure: Any,
    rows: Sequence[Row],
    x: str,
    label: str,
    y: tuple[str, Callable[[Row], float | None]],
) -> bool:
    """One pair of logarithmic axes; False where there is nothing to show."""
    if not rows:
        return False
    axes = figure.subplots()
    _lines(axes, rows, x, y[1])
    axes.set(xlabel=label, ylabel=y[0], xscale="log", yscale="log")
    return True


FIGURES: dict[str, Callable[[Any, Sequence[Row]], bool]] = {
    function.__name__: function
    for function in (
        wall_time,
        speed_up,
        species,
        threads,
        batch,
        precision,
        neighbors,
        size,
        l_max,
        devices,
    )
}
