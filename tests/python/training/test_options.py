# SPDX-License-Identifier: MIT
"""Options as dataclasses: they give what mappings give, take what is in range and name what is not."""

import json
from dataclasses import MISSING, FrozenInstanceError, fields, replace
from inspect import signature
from pathlib import Path

import pytest
from anisoap_md import (
    ArgumentError,
    NetworkOptions,
    PairNetworkOptions,
    PolynomialOptions,
    SymmetricOptions,
    fit,
    tune,
)
from anisoap_md.common.execution import Execution
from anisoap_md.training import fitting
from anisoap_md.training.grades.options import GradeOptions
from anisoap_md.training.linear.options import KernelOptions, LinearOptions
from anisoap_md.training.options import FitOptions, LabelOptions, ModelOptions, TermOptions
from testing.training.labelled import frames, label, linear_model, small_descriptor

POLYNOMIAL = {"cutoff": 2.9, "powers": (1, 4), "degree": 2}
ALL = (
    LinearOptions,
    KernelOptions,
    PolynomialOptions,
    SymmetricOptions,
    NetworkOptions,
    PairNetworkOptions,
    ModelOptions,
    LabelOptions,
    GradeOptions,
)
OF_FIT = (LinearOptions, KernelOptions, ModelOptions, LabelOptions)
COLUMNS = [  # of the table in docs/potentials.md
    PolynomialOptions,
    SymmetricOptions,
    PairNetworkOptions,
    NetworkOptions,
]


@pytest.fixture(scope="module")
def data():
    return label(linear_model(small_descriptor()), frames(14))


@pytest.mark.parametrize("kind", ["linear", "none"])
def test_a_polynomial_is_that_of_the_mapping(data, kind):
    given = {"kind": "polynomial", **POLYNOMIAL}
    by_mapping = fit(data, small_descriptor(), kind, two_body=given, walls="off")
    by_options = fit(data, small_descriptor(), kind, two_body=PolynomialOptions(**POLYNOMIAL), walls="off")
    assert by_mapping.model.core.to_json() == by_options.model.core.to_json()


def test_networks_are_those_of_the_mappings(data):
    pairs = {"cutoff": 2.9, "widths": (4,), "steps": 2}
    rest = {"components": 4, "widths": (4,), "steps": 2, "n_networks": 2}
    mapped = fit(data, small_descriptor(), "networks", two_body={"kind": "networks", **pairs}, networks=rest)
    given = {"two_body": PairNetworkOptions(**pairs), "networks": NetworkOptions(**rest)}
    made = fit(data, small_descriptor(), "networks", **given)
    assert (
        mapped.model.core.to_json().split('"training"')[0] == made.model.core.to_json().split('"training"')[0]
    )
    assert mapped.training["networks"] == {**rest, "widths": [4]}  # what was given
    assert made.training["networks"]["learning_rate"] == NetworkOptions.learning_rate  # and all


def _rows_of_the_table_of_options():
    """One for each option: name, cells of polynomials, expansions, pair networks, networks."""
    text = (Path(__file__).parents[3] / "docs/potentials.md").read_text(encoding="utf-8")
    lines = text.partition("## Options of the terms")[2].partition("\n## ")[0].splitlines()
    for line in [s for s in lines if s.startswith("| `")]:
        names, *cells = [cell.strip() for cell in line.strip("|").split("|")][:5]
        names = [name.strip("`") for name in names.split(", ")]
        # one value for each option of the line, a list for one option alone
        values = [c.split(", ") if len(names) > 1 and c != "-" else [c] * len(names) for c in cells]
        yield from zip(names, *values, strict=True)


@pytest.mark.parametrize("options", COLUMNS)
def test_documented_options_are_those_of_the_dataclasses(options):
    column = COLUMNS.index(options)
    cells = {name: values[column] for name, *values in _rows_of_the_table_of_options() if name != "kind"}
    documented = {name: cell for name, cell in cells.items() if cell != "-"}
    assert set(documented) == {f.name for f in fields(options)}
    for f in fields(options):
        cell = documented[f.name]
        if f.default is MISSING:
            assert cell == "required", f.name
        elif isinstance(f.default, tuple):
            assert json.loads(f"[{cell}]") == list(f.default), f.name
        elif f.default is not None:  # what None stands for is told in words
            assert cell == f.default or float(cell) == f.default, f.name


def test_tune_searches_options(data):
    options = PolynomialOptions(**POLYNOMIAL)
    found = tune(data, small_descriptor(), {"degree": (1, 2)}, "none", two_body=options, n_folds=2)
    degree = found.parameters["degree"]
    assert found.fit_arguments == {"two_body": replace(options, degree=degree)}
    mapped = {"kind": "polynomial", **POLYNOMIAL}
    assert (
        found.loss
        == tune(data, small_descriptor(), {"degree": (1, 2)}, "none", two_body=mapped, n_folds=2).loss
    )


@pytest.mark.parametrize("function", [fit, tune])
def test_defaults_stand_once(function):
    defaults = {name: p.default for name, p in signature(function).parameters.items()}
    for part in OF_FIT:
        for f in fields(part):
            assert defaults[f.name] == f.default == getattr(part, f.name)
    assert defaults["kind"] == TermOptions.kind == "linear"


def test_every_option_of_a_fit_arrives(monkeypatch):
    monkeypatch.setattr(fitting, "_fitted", lambda frames, test, descriptor, options, *rest: options)
    given = {
        **{"ridge": 0.1, "n_folds": 3, "n_points": 7, "selection": "cur", "exponent": 3},
        **{"density_scale": 0.5, "allow_discontinuity": True, "seed": 4, "units": "lj", "split": "blocks"},
        **{"targets": ("energy",), "keys": {"energy": "e"}, "weights": {"energy": 2.0}},
        **{"config_weights": {"a": 2.0}, "config_key": "phase", "isolated": {"C": -1.0}},
    }
    assert set(given) == {f.name for part in OF_FIT for f in fields(part)}
    for kind, others in (
        ("kernel", {"two_body": PolynomialOptions(**POLYNOMIAL), "learning_curve": True}),
        ("networks", {"networks": NetworkOptions(steps=3)}),
    ):
        made = fit([], small_descriptor(), kind, **given, **others)
        parts = (made.terms.solver, made.terms.kernel, made.model, made.labels)
        assert given == {name: value for part in parts for name, value in vars(part).items()}
        assert made.terms.kind == kind and {name: getattr(made.terms, name) for name in others} == others


@pytest.mark.parametrize("options", ALL)
def test_every_option_is_described(options):
    for f in fields(options):
        described = options.__doc__ + (NetworkOptions.__doc__ if "NetworkOptions" in options.__doc__ else "")
        assert f.metadata["text"] and f.name in described, f.name


def test_options_are_frozen_and_read_once():
    options = PolynomialOptions(**POLYNOMIAL)
    with pytest.raises(FrozenInstanceError):
        options.degree = 3
    assert TermOptions.of("none", two_body=options).two_body is options
    with pytest.raises(TypeError, match="unexpected keyword argument 'cutof'"):
        PolynomialOptions(cutof=3.0)


@pytest.mark.parametrize(
    "options, given, text",
    [
        (
            LinearOptions,
            {"ridge": -1.0},
            "ridge, got -1.0; expected 'evidence', 'cv' or a finite number >= 0",
        ),
        (LinearOptions, {"n_folds": 1}, "n_folds, got 1; expected an integer >= 2"),
        (
            KernelOptions,
            {"selection": "fpss"},
            "selection, got 'fpss'; expected one of fps, cur.*did you mean 'fps'",
        ),
        (
            PolynomialOptions,
            {"cutoff": 3.0, "width": 4.0},
            "width, got 4.0; expected a length > 0 and <= the cutoff 3.0",
        ),
        (
            PolynomialOptions,
            {"cutoff": 3.0, "degree": 65},
            "degree, got 65; expected an integer from 0 to 64",
        ),
        (PolynomialOptions, {"cutoff": 3.0, "powers": (2, 1)}, "powers, got .*ascending"),
        (NetworkOptions, {"validation": float("nan")}, "validation, got nan; expected a number >= 0 and < 1"),
        (NetworkOptions, {"largest_gradient": 0}, "largest_gradient, got 0; expected a finite number > 0"),
        (PairNetworkOptions, {"cutoff": -1.0}, "cutoff, got -1.0; expected a finite length > 0"),
        (ModelOptions, {"density_scale": 0.0}, "density_scale, got 0.0; expected a finite number > 0"),
        (
            LabelOptions,
            {"weights": {"forces": -1}},
            r"weights\['forces'\], got -1; expected a finite number >= 0",
        ),
        (
            LabelOptions,
            {"targets": ["force"]},
            "targets, got 'force'; expected one of .*did you mean 'forces'",
        ),
        (Execution, {"device": 0}, "device, got 0; expected"),
        (Execution, {"threads": 0}, "num_threads, got 0; expected None or an integer from 1"),
        (Execution, {"precision": "float16"}, "dtype, got 'float16'; expected 'float64' or 'float32'"),
    ],
)
def test_values_out_of_range_are_named(options, given, text):
    with pytest.raises(ValueError, match=text):
        options(**given)


def test_a_joint_training_has_one_schedule():
    pairs = PairNetworkOptions(cutoff=3.0, joint=True, widths=(4,))
    assert TermOptions.of("networks", two_body=pairs).joint
    with pytest.raises(
        ValueError, match="two_body with 'joint' .*, got option 'steps'; expected some of bodies"
    ):
        TermOptions.of("networks", two_body=replace(pairs, steps=3))
    with pytest.raises(ValueError, match="beside kind 'linear'; expected kind 'networks'"):
        TermOptions.of("linear", two_body=pairs)


def test_the_nearest_name_is_a_field_of_the_error():
    with pytest.raises(ArgumentError) as error:
        KernelOptions(selection="fpss")
    assert (error.value.expected, error.value.hint) == ("one of fps, cur", "did you mean 'fps'?")


def test_unknown_keywords_of_a_fit_are_named():
    with pytest.raises(ValueError, match="fit, got option 'riddge'; expected some of .*did you mean 'ridge'"):
        FitOptions.of(riddge=1.0)
