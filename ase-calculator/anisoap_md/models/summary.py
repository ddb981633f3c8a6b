# SPDX-License-Identifier: MIT
"""What a model is, as plain data and as text."""

import json
from collections.abc import Mapping
from typing import Any

from .. import _core
from .model import Model

_UNITS = {
    "metal": "eV, angstrom",
    "real": "kcal/mol, angstrom",
    "lj": "reduced: epsilon, sigma",
}
_FACTS = ("library_version", "kind", "n_frames", "n_test_frames", "n_particles", "seed", "targets", "weights")
_WIDTH = 17  # of the names in the text


def summary(model: Model, document: str | None = None) -> dict[str, Any]:
    """Plain data of a model.

    Parameters
    ----------
    model : Model
    document : str, optional
        JSON text that it was read from; None is that which ``Model.save`` writes.

    Returns
    -------
    dict
        ``file`` (version, library_version, checksum), ``units``, ``species``, ``cutoff``, ``density_scale``,
        ``allow_discontinuity``, ``has_uncertainty``, ``has_grade``, ``hyperparameters`` (empty without a many-body term),
        ``many_body`` (species -> kind and numbers of its parameters), ``two_body`` (None, or cutoff, width, bodies and pairs) and
        ``training``.
    """
    core = model.core
    head = json.loads(model.to_json() if document is None else document)
    hypers = json.loads(core.hypers.to_json())["hypers"] if core.has_many_body else {}
    return {
        "file": {name: head[name] for name in ("version", "library_version", "checksum")},
        "units": model.units,
        "species": model.species,
        "cutoff": model.cutoff,
        "density_scale": model.density_scale,
        "allow_discontinuity": core.allow_discontinuity,
        "has_uncertainty": model.has_uncertainty,
        "has_grade": model.has_grade,
        "hyperparameters": hypers,
        "many_body": {s: _local(one) for s, one in zip(model.species, core.local, strict=True)},
        "two_body": _two_body(core.two_body, model.species) if core.two_body.pairs else None,
        "training": model.training,
    }


def _local(one: _core.LocalEnergy) -> dict[str, Any]:
    found: dict[str, Any] = {"kind": one.kind, "offset": one.offset}
    if one.kind == "linear":
        found["n_weights"] = len(one.weights)
    elif one.kind == "kernel":
        found |= {"n_weights": len(one.weights), "n_features": one.points.shape[1], "exponent": one.exponent}
    elif one.kind == "networks":
        found |= _networks(one.networks)
    return found


def _networks(networks: list[_core.Network]) -> dict[str, Any]:
    return {
        "n_networks": len(networks),
        "widths": networks[0].widths,
        "n_weights": sum(len(net.parameters) for net in networks),
    }


def _two_body(term: _core.TwoBody, species: list[str]) -> dict[str, Any]:
    shapes = {s: _shape(body) for s, body in zip(species, term.species, strict=True)}
    pairs = {"-".join(species[s] for s in pair.species): _pair(pair) for pair in term.pairs}
    return {"cutoff": term.cutoff, "width": term.width, "bodies": shapes, "pairs": pairs}


def _shape(body: _core.TwoBodySpecies) -> str:
    if body.group:
        return body.group
    return body.symmetry if body.symmetry != "uniaxial" else f"uniaxial, axis {'xyz'[body.axis]}"


def _pair(pair: _core.TwoBodyPair) -> dict[str, Any]:
    if pair.symmetric is not None:
        expansion = pair.symmetric
        return {
            "kind": "symmetric",
            "length": pair.length,
            "powers": expansion.gap_powers,
            "distance_powers": expansion.distance_powers,
            "max_degree": int(expansion.terms[:, [1, 3]].max()),
            "n_weights": len(expansion.weights),
        }
    if pair.polynomial is None:
        return {"kind": "networks", "length": pair.length, **_networks(pair.networks)}
    polynomial = pair.polynomial
    return {
        "kind": "polynomial",
        "length": pair.length,
        "powers": polynomial.powers,
        "degree": polynomial.degree,
        "n_weights": len(polynomial.weights),
    }


def lines(found: Mapping[str, Any]) -> list[str]:
    """Text of a ``summary``."""
    file = found["file"]
    return [
        _line("file", f"version {file['version']}, by anisoap-md {file['library_version']}"),
        _line("checksum", file["checksum"]),
        _line("units", f"{found['units']} ({_UNITS[found['units']]})"),
        _line("species", " ".join(found["species"])),
        _line("cutoff", f"{found['cutoff']:g}"),
        _line("density scale", f"{found['density_scale']:g}"),
        _line("uncertainty", "yes" if found["has_uncertainty"] else "no"),
        _line("grade", "yes" if found["has_grade"] else "no"),
        *_hyperparameter_lines(found),
        *(_line(f"many-body {s}", _facts(one)) for s, one in found["many_body"].items()),
        *_two_body_lines(found["two_body"]),
        *_training_lines(found["training"], found["units"]),
    ]


def _line(name: str, text: str) -> str:
    return f"{name:<{_WIDTH}}{text}"


def _hyperparameter_lines(found: Mapping[str, Any]) -> list[str]:
    text = _facts({k: v for k, v in found["hyperparameters"].items() if v is not None})
    if found["allow_discontinuity"]:
        text += ", allow_discontinuity True"
    return [_line("hyperparameters", text)] if text else []


def _two_body_lines(term: Mapping[str, Any] | None) -> list[str]:
    if term is None:
        return [_line("two-body", "none")]
    bodies = "; ".join(f"{s} {shape}" for s, shape in term["bodies"].items())
    return [
        _line("two-body", f"cutoff {term['cutoff']:g}, width {term['width']:g}; {bodies}"),
        *(_line(f"  {pair}", _facts(facts)) for pair, facts in term["pairs"].items()),
    ]


def _training_lines(training: Mapping[str, Any], units: str) -> list[str]:
    """Facts, ranges and errors of a training; those that its writer did not know are left out."""
    facts = {name: training[name] for name in _FACTS if name in training}
    out = [_line("training", _facts(facts) or "unknown")]
    used = training.get("units", units)
    remark = f" ({used})" if used != units else ""
    spans = training.get("ranges", {})
    for name, (low, high) in spans.get("labels", {}).items():
        out.append(_line(f"  {name}", f"{low:.6g} to {high:.6g}{remark}"))
    for species, axes in spans.get("diameters", {}).items():
        out.append(_line(f"  diameters {species}", " x ".join(_span(*axis) for axis in axes)))
    for name in ("n_particles", "number_density"):
        if name in spans:
            out.append(_line(f"  {name}", _span(*spans[name])))
    for part, of in training.get("errors", {}).items():
        text = ", ".join(f"{target} {e['rmse']:.4g}" for target, e in of.items())
        out.append(_line(f"  RMSE {part}", f"{text}{remark}"))
    for species, active_set in training.get("grades", {}).items():
        out.append(_line(f"  grade {species}", _facts(active_set)))
    if training.get("prior"):
        prior = training["prior"]
        out.append(_line("  prior", f"{'; '.join(prior['commands'])} ({prior['units']})"))
    return out


def _span(low: float, high: float) -> str:
    return f"{low:.6g}" if low == high else f"{low:.6g} to {high:.6g}"


def _facts(facts: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} {_value(value)}" for name, value in facts.items())


def _value(value: Any) -> str:
    if isinstance(value, Mapping):
        return " ".join(f"{k}={_value(v)}" for k, v in value.items())
    if isinstance(value, list):
        return " ".join(map(_value, value))
    return f"{value:.6g}" if isinstance(value, float) else str(value)
