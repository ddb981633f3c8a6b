# SPDX-License-Identifier: MIT
"""What an active-learning run did, round by round."""

import json
from typing import Any

from ..common.files import write_text
from ..training.evaluation import unit_text
from .config import Config
from .state import State

_MANY = {"uncertainty": "uncertainties", "grade": "grades"}
_COLUMNS = "round runs stopped threshold largest frames training energy forces torques"
_NOTE = (
    "largest: uncertainty, or grade, that the runs reached; energy (per particle), forces, torques: RMSE on the collected frames",
    "of the model that met them (round 0: of the first model on its training frames)",
)


def report(config: Config, state: State) -> dict[str, Any]:
    """Facts of the rounds, and why the run ended (None: it has not)."""
    last = state.steps[-1]["round"] if state.steps else -1
    rounds = [_round(state, k) for k in range(last + 1)]
    finished = None
    if state.next_step(config.rounds) is None:
        finished = "no run met the threshold" if rounds[-1]["n_collected"] == 0 else "all rounds are done"
    return {
        "finished": finished,
        "model": "model.json",
        "measure": config.threshold.measure,
        "units": config.units,
        "rounds": rounds,
    }


def _round(state: State, number: int) -> dict[str, Any]:
    explored, collected = state.facts(number, "explore"), state.facts(number, "collect")
    labelled, trained = state.facts(number, "label"), state.facts(number, "train")
    runs = explored.get("runs", [])
    return {
        "round": number,
        "threshold": runs[-1]["threshold"] if runs else None,
        "n_runs": len(runs),
        "n_stopped": sum(r["stopped"] for r in runs),
        "n_failed": sum(r["failed"] for r in runs),
        "n_collected": collected.get("n_frames"),
        "largest_uncertainty": _largest(runs),
        "max_uncertainty": max(collected.get("uncertainties", []), default=None),
        "n_labelled": labelled.get("n_frames", 0),
        "errors_before": labelled.get("errors_before"),
        "n_training_frames": trained.get("n_frames"),
        "typical_uncertainty": trained.get("typical_uncertainty"),
        "errors": trained.get("errors"),
    }


def write_report(config: Config, state: State) -> None:
    """report.json of the state folder."""
    text = json.dumps(report(config, state), indent=1, allow_nan=False)
    write_text(state.folder / "report.json", text + "\n")


def lines(content: dict[str, Any]) -> list[str]:
    """A table, one line a round."""
    head = _COLUMNS.split()
    table = [head, *(_row(r) for r in content["rounds"])]
    widths = [max(len(row[k]) for row in table) for k in range(len(head))]
    out = ["  ".join(cell.rjust(w) for cell, w in zip(row, widths, strict=True)) for row in table]
    return [*out, *_NOTE, _units(content), content["finished"], *_unmet(content)]


def _units(content: dict[str, Any]) -> str:
    """Of the table."""
    units = content["units"]
    of_errors = ", ".join(f"{t} {unit_text(units, t)}" for t in ("energy", "forces", "torques"))
    of_measure = "none" if content["measure"] == "grade" else unit_text(units, "torques")
    return f"units: {of_errors}; threshold, largest {of_measure}"


def _unmet(content: dict[str, Any]) -> list[str]:
    """What a threshold that no run met is to be compared with."""
    rounds, measure = content["rounds"], content["measure"]
    if rounds[-1]["n_collected"] != 0:
        return []
    last, before = rounds[-1], rounds[-2]
    threshold, typical = _number(last["threshold"]), _number(before["typical_uncertainty"])
    return [
        f"largest {measure} that the runs reached {_number(last['largest_uncertainty'])}, "
        f"threshold {threshold}, median of the largest {_MANY[measure]} of the training frames {typical}: to go on, lower the "
        "threshold or make the runs longer or hotter, in another state folder"
    ]


def _row(r: dict[str, Any]) -> list[str]:
    found = r["errors_before"] or (r["errors"] or {}).get("train") or {}
    shown = found if r["errors_before"] or r["round"] == 0 else {}
    rmse = [_number((shown.get(t) or {}).get("rmse")) for t in ("energy", "forces", "torques")]
    return [
        str(r["round"]),
        str(r["n_runs"]),
        str(r["n_stopped"]),
        _number(r["threshold"]),
        _number(r["largest_uncertainty"] or r["max_uncertainty"]),
        str(r["n_labelled"]),
        "-" if r["n_training_frames"] is None else str(r["n_training_frames"]),
        *rmse,
    ]


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.3g}"


def _largest(runs: list[dict[str, Any]]) -> float | None:
    """Uncertainty that the runs of a round reached; states of older versions do not know it."""
    found = [r.get("largest_uncertainty") for r in runs]
    return max((x for x in found if x is not None), default=None)
