# SPDX-License-Identifier: MIT
"""anisoap-md active-learn: configurations, states and runs that are refused."""

import datetime
import json
import re
import sys

import pytest
from anisoap_md import Model, cli
from anisoap_md.active.config import Config
from anisoap_md.active.learning import active_learn
from anisoap_md.active.resolved import resolved
from testing.training.active_project import (
    CONFIG,
    package_of_these_tests,
    results,
    write_config,
    write_flat_project,
    write_project,
    yaml_text,
)

pytestmark = pytest.mark.usefixtures(package_of_these_tests.__name__)


@pytest.mark.parametrize(
    "change, text",
    [
        ({"fit": {"test": 0.1}}, "key 'fit', got {.*'test': 0.1.*} where the run in .* began with"),
        ({"descriptor": {"max_angular": 3}}, "key 'descriptor'"),
    ],
)
def test_settings_of_steps_that_are_done_may_not_change(tmp_path, change, text):
    active_learn(write_project(tmp_path, rounds=0))
    before = results(tmp_path)
    with pytest.raises(ValueError, match=text):
        active_learn(write_config(tmp_path, rounds=0, **change))
    (tmp_path / "in.label").write_text("pair_style zero 3.0\npair_coeff * *\n")
    with pytest.raises(ValueError, match="file of label.lammps, got other content"):
        active_learn(write_config(tmp_path, rounds=0))
    assert results(tmp_path) == before


def begun_with(folder, change, **sections):
    """A finished round 0 whose state has other options."""
    write_project(folder, rounds=0)
    config = write_config(folder, rounds=0, **sections)
    active_learn(config)
    state = folder / "active/state.json"
    document = json.loads(state.read_text())
    change(document)
    state.write_text(json.dumps(document))
    return config


def test_other_defaults_than_those_of_the_beginning_are_refused_by_their_names(tmp_path):
    def change(document):
        document["options"] |= {"fit.ridge": "cv", "descriptor.basis_tol": 1e-7}

    config = begun_with(tmp_path, change)
    text = (
        'defaults of options, got fit.ridge "evidence", descriptor.basis_tol 1e-08, where the run in .* began '
        'with others; expected fit.ridge: "cv", descriptor.basis_tol: 1e-07 in the file, or another state folder'
    )
    with pytest.raises(ValueError, match=text):
        active_learn(config)
    with pytest.raises(ValueError, match='defaults of options, got fit.ridge "evidence", where'):
        active_learn(write_config(tmp_path, rounds=0, descriptor={"basis_tol": 1e-7}))
    as_it_began = {"fit": {"ridge": "cv"}, "descriptor": {"basis_tol": 1e-7}}
    assert active_learn(write_config(tmp_path, rounds=0, **as_it_began))["finished"] == "all rounds are done"
    with pytest.raises(ValueError, match="key 'fit'"):
        active_learn(write_config(tmp_path, rounds=0, **{**as_it_began, "fit": {"ridge": "evidence"}}))


def test_a_run_whose_defaults_nobody_knows_goes_on_with_a_warning(tmp_path):
    config = begun_with(tmp_path, lambda document: document.pop("options"))
    with pytest.warns(
        UserWarning, match="defaults of options, got .* begun with a version that did not note"
    ):
        active_learn(config)


def test_options_that_the_beginning_did_not_have_are_told(tmp_path):
    config = begun_with(tmp_path, lambda document: document["options"].pop("fit.walls"))
    with pytest.warns(UserWarning, match='defaults of options, got fit.walls "repair", which the version'):
        active_learn(config)


POLYNOMIAL = {"kind": "polynomial", "cutoff": 3.0, "degree": 2, "powers": [1, 2]}


@pytest.mark.parametrize(
    "began, now",
    [
        ({"two_body": POLYNOMIAL}, {}),
        ({}, {"two_body": POLYNOMIAL}),
        ({"two_body": POLYNOMIAL}, {"two_body": {"kind": "networks", "cutoff": 3.0}}),
        ({"two_body": POLYNOMIAL}, {"two_body": {"kind": "symmetric", "cutoff": 3.0}}),
    ],
    ids=["gone", "new", "networks", "symmetric"],
)
def test_another_two_body_term_than_that_of_the_beginning_is_refused(tmp_path, began, now):
    """As errors: a warning fails the test."""
    write_project(tmp_path, rounds=0)
    config = write_config(tmp_path, rounds=0, fit=began)
    active_learn(config)
    before = results(tmp_path)
    with pytest.raises(ValueError, match="key 'fit', got {.*} where the run in .* began with {"):
        active_learn(write_config(tmp_path, rounds=0, fit=now))
    assert results(tmp_path) == before
    assert active_learn(write_config(tmp_path, rounds=0, fit=began))["finished"] == "all rounds are done"


def test_defaults_of_a_two_body_term_may_be_written(tmp_path):
    """Also where the kind was not noted."""
    begun_with(
        tmp_path, lambda document: document["options"].pop("fit.two_body.kind"), fit={"two_body": POLYNOMIAL}
    )
    written = {"two_body": {**POLYNOMIAL, "width": 0.75, "joint": None}}
    for given in (written, {"two_body": POLYNOMIAL}):
        config = write_config(tmp_path, rounds=0, fit=given)
        assert active_learn(config)["finished"] == "all rounds are done"
    with pytest.raises(ValueError, match="key 'fit'"):
        active_learn(write_config(tmp_path, rounds=0, fit={"two_body": {**POLYNOMIAL, "width": 0.5}}))


@pytest.mark.parametrize(
    "options, keys",
    [
        ({}, {"fit.ridge": "evidence", "fit.walls": "repair", "fit.test": 0.2, "descriptor.basis_tol": 1e-8}),
        ({"kind": "networks"}, {"fit.networks.n_networks": 4}),
        (
            {"two_body": {"kind": "polynomial", "cutoff": 3.0}},
            {"fit.two_body.kind": "polynomial", "fit.two_body.width": 0.75},
        ),
        ({"two_body": {"kind": "symmetric", "cutoff": 3.0}}, {"fit.two_body.max_degree": None}),
    ],
)
def test_every_default_is_noted(tmp_path, options, keys):
    found = resolved(Config.load(write_project(tmp_path, fit=options)))
    assert keys.items() <= found.items()
    assert ("fit.networks.steps" in found) == ("kind" in options)


@pytest.mark.parametrize("name", ["model", "threshold", "dump"])
def test_a_script_that_cannot_stop_is_refused(tmp_path, name):
    config = write_project(tmp_path)
    script = tmp_path / "in.explore"
    script.write_text(script.read_text().replace(f"${{{name}}}", "x") + f"# ${{{name}}}\n")
    with pytest.raises(
        ValueError, match=rf"explore.lammps, got a script without \${{{name}}}; expected pair_style"
    ):
        active_learn(config)
    script.write_text(script.read_text() + "include in.more\n")
    Config.load(config)


def test_the_fit_may_change_until_there_is_a_model(tmp_path, monkeypatch):
    config = write_project(tmp_path, rounds=0)
    with monkeypatch.context() as m:
        m.setattr("anisoap_md.active.steps.fit", lambda *a, **k: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            active_learn(config)
    labelled = (tmp_path / "active/round_000/labelled.extxyz").read_bytes()
    for change in ({"targets": ["energy"]}, {"units": "metal"}):
        with pytest.raises(ValueError, match="key 'fit'"):
            active_learn(write_config(tmp_path, rounds=0, fit=change))
    report = active_learn(write_config(tmp_path, rounds=0, fit={"ridge": 1e-3}))
    assert report["finished"] == "all rounds are done"
    assert (tmp_path / "active/round_000/labelled.extxyz").read_bytes() == labelled
    with pytest.raises(ValueError, match="key 'fit'"):
        active_learn(write_config(tmp_path, rounds=0, fit={"ridge": 1e-4}))


PAIRS = {"cutoff": 3.0, "width": 1.0}


@pytest.mark.parametrize(
    "section, given, text",
    [
        ("descriptor", {"species": ["C", "Xe"]}, "descriptor.species, got 'Xe', which no training frame"),
        ("fit", {"isolated": {"Xe": 1.0}}, "fit.isolated, got an energy of 'Xe'; expected one energy for"),
        ("fit", {"isolated": {"C": "low"}}, "fit.isolated.C, got 'low'; expected a number"),
        ("fit", {"weights": {"stress": 2}, "targets": ["energy"]}, "fit.weights, got 'stress'"),
        (
            "fit",
            {"two_body": {"kind": "polynomial", "bodies": {"Xe": "z"}, **PAIRS}},
            "fit.two_body.bodies, got species 'Xe'",
        ),
        (
            "fit",
            {"two_body": {"kind": "networks", "bodies": {"C": "q"}, **PAIRS}},
            "fit.two_body.bodies.C, got 'q'; expected one of sphere",
        ),
        (
            "fit",
            {"two_body": {"kind": "symmetric", "bodies": {"C": {"group": "D7x"}}, **PAIRS}},
            "fit.two_body.bodies.* got .*D7x",
        ),
    ],
)
def test_what_initial_frames_contradict_is_refused_before_they_are_labelled(
    tmp_path, monkeypatch, section, given, text
):
    monkeypatch.setattr(
        "anisoap_md.active.reference.Labeller.labels", lambda *a: pytest.fail("labels were asked for")
    )
    config = write_project(tmp_path, rounds=0)
    write_config(tmp_path, rounds=0, **{section: given})
    with pytest.raises(ValueError, match=text):
        active_learn(config)


@pytest.mark.parametrize("damage", [b"", b"{}", b'{"format": "other", "version": 1}', b"[1, 2", b"null"])
def test_a_damaged_state_is_refused(tmp_path, damage):
    config = write_project(tmp_path, rounds=0)
    (tmp_path / "active").mkdir()
    (tmp_path / "active/state.json").write_bytes(damage)
    with pytest.raises(ValueError, match="state.json'"):
        active_learn(config)


def edited(**changes) -> str:
    return yaml_text({**CONFIG, **changes})


BAD = {
    "unknown key": (edited(round=3), r"key of the configuration, got 'round'; .*did you mean 'rounds'"),
    "unknown in section": (
        edited(explore={"lammps": "in.explore", "run": 3}),
        "key of explore, got 'run'; .*did you mean 'runs'",
    ),
    "unknown in fit": (edited(fit={"riddge": 1}), "key of fit, got 'riddge'; .*did you mean 'ridge'"),
    **{
        f"fit {k}": (edited(fit={"units": "lj", **given}), f"error: fit.{expected}")
        for k, (given, expected) in enumerate(
            [
                ({"ridge": "evidance"}, "ridge, got 'evidance'"),
                ({"n_folds": 1}, "n_folds, got 1"),
                ({"kind": "liner"}, "kind, got 'liner'; .*did you mean 'linear'"),
                (
                    {"two_body": {"kind": "polynomial", "cutof": 4}},
                    "two_body of kind 'polynomial', got option 'cutof'",
                ),
                ({"two_body": {"kind": "polynomial", "cutoff": -4}}, "two_body.cutoff, got -4"),
                ({"two_body": {"kind": "polynomial", "cutoff": 4, "width": 5}}, "two_body.width, got 5"),
                ({"two_body": {"cutoff": 4}}, "two_body, got options without 'kind'"),
                (
                    {"kind": "kernel", "two_body": {"kind": "polynomial", "cutoff": 4, "joint": True}},
                    "two_body.joint, got True beside kind 'kernel'",
                ),
                ({"kind": "networks", "networks": {"steps": 0}}, "networks.steps, got 0"),
                (
                    {"two_body": {"kind": "networks", "cutoff": 4, "learning_rate": -1}},
                    "two_body.learning_rate, got -1",
                ),
                (
                    {"kind": "networks", "networks": {"device": "gpu"}},
                    "networks.device, got 'gpu'; expected one that this torch sees: cpu",
                ),
                (
                    {"two_body": {"kind": "networks", "cutoff": 4, "device": 0}},
                    "two_body.device, got 0; expected one that this torch sees: cpu",
                ),
                ({"targets": ["enrgy"]}, "targets, got 'enrgy'"),
                ({"targets": "energy"}, "targets, got 'energy'; expected a list of some of energy"),
                ({"weights": {"force": 2}}, "weights, got 'force'"),
                ({"weights": {"forces": -2}}, "weights.forces, got -2"),
                ({"test": 1.5}, "test, got 1.5"),
                ({"seed": "one"}, "seed, got 'one'"),
                ({"density_scale": 0}, "density_scale, got 0"),
                ({"learning_curve": "yes"}, "learning_curve, got 'yes'; expected true or false"),
                ({"units": "si"}, "units, got 'si'"),
                ({"prior": "config.yaml"}, "prior, got .*expected LAMMPS commands with a pair_style"),
                ({"weights": 5}, "weights, got 5; expected a mapping"),
                ({"config_weights": 5}, "config_weights, got 5; expected a mapping"),
                ({"isolated": [1.0]}, r"isolated, got \[1.0\]; expected a mapping"),
                ({"prior": 5}, "prior, got 5; expected a list of LAMMPS commands"),
                ({"prior": ["pair_style zero 3", 5]}, r"prior, got \[.*5\]; expected a list of LAMMPS"),
                ({"prior": ["pair_coeff * *"]}, "prior, got .*expected LAMMPS commands with a pair_style"),
            ]
        )
    },
    "descriptor without a taper": (
        edited(descriptor={"max_angular": 2, "radial_basis_name": "monomial", "cutoff_radius": 3.0}),
        "error: descriptor.cutoff_function, got 'none' for .*, or fit.allow_discontinuity: true",
    ),
    "unknown in descriptor": (
        edited(descriptor={**CONFIG["descriptor"], "cutoff_with": 1}),
        "error: key of descriptor, got 'cutoff_with'; .*did you mean 'cutoff_width'",
    ),
    "key of another section": (edited(fit={"keys": {}}), "key of fit, got 'keys'; expected initial: keys"),
    "missing": (edited(explore={"runs": 1}), "explore.lammps, got none"),
    "twice": ("rounds: 1\nrounds: 2\n", "duplicate key .rounds."),
    "number as a key": (edited().replace("max_angular:", "5:"), "key of descriptor, got 5; expected a word"),
    "number as a key of all": (edited() + "5: 3\n", "key of the configuration, got 5; expected a word"),
    "list as a key": (edited() + "? [a]\n: 3\n", "key of the configuration, got \\('a',\\)"),
    "flag as a key": (edited(fit={"weights": {True: 1}}), "key of fit.weights, got True; expected a word"),
    "alias in itself": (edited() + "state: &a [*a]\n", r"state.\[0\], got an alias within itself"),
    "aliases of aliases": (
        edited()
        + "state: ["
        + ", ".join(f"&b{k} [{f'*b{k - 1}, ' * 9 * (k > 0)}x]" for k in range(12))
        + "]\n",
        "'config.yaml', got aliases of aliases; expected at most 100000 values",
    ),
    "merged twice": (edited(fit={}) + "<<: {frames: 0}\n<<: {rounds: 3}\n", "duplicate merge key"),
    "no yaml": ("a: [", "got 'while parsing"),
    "a list": ("[1, 2]", "got list; expected keys and values"),
    "type": (edited(rounds="three"), "rounds, got 'three'; expected an integer"),
    "flag": (edited(initial={"frames": "initial.extxyz", "label": "of course"}), "initial.label, got"),
    "range": (edited(frames=0), "frames, got 0; expected an integer >= 1"),
    "threshold": (edited(threshold={"factor": -1}), "threshold.factor, got -1"),
    "nan": ("threshold: .nan\n" + edited().replace("threshold:\n  factor: 1.15\n", ""), "threshold.absolute"),
    "both": (edited(threshold={"factor": 1, "absolute": 2}), "threshold, got both"),
    "neither": (edited(label={}), "label, got neither; expected either lammps or calculator"),
    "no threshold": (
        edited(threshold={}),
        "threshold, got neither; expected either absolute or factor or grade",
    ),
    "threshold of no grade": (
        edited(threshold={"grade": 2.0}),
        "threshold.grade, got a fit without grades; expected fit.grade: true",
    ),
    "negative grade": (edited(threshold={"grade": -1.0}), "threshold.grade, got -1"),
    "calculator": (edited(label={"calculator": "reference"}), "label.calculator, got 'reference'"),
    "dimension": (edited(dimension=4), "dimension, got 4; expected 2 or 3"),
    "a script of three dimensions": (
        edited(dimension=2),
        "dimension, got 2 beside 'dimension 3' of explore.lammps; expected 3",
    ),
    "device of the descriptor": (
        edited(descriptor={**CONFIG["descriptor"], "device": "cudda"}),
        "error: descriptor.device, got 'cudda'",
    ),
    "checkpoint of the fit": (
        edited(fit={"units": "lj", "checkpoint": "x"}),
        "key of fit, got 'checkpoint'; expected the key state",
    ),
    "diameters": (
        edited(initial={"frames": "initial.extxyz", "diameters": [1, 1, -2]}),
        r"initial.diameters, got \[1.0, 1.0, -2.0\]; expected three finite lengths > 0",
    ),
    "threads of the descriptor": (
        edited(descriptor={**CONFIG["descriptor"], "num_threads": 0}),
        "error: descriptor.num_threads, got 0",
    ),
    "module": (
        edited(label={"calculator": "nowhere:make"}),
        "label.calculator, got 'nowhere:make' .*No module",
    ),
    "variable": (
        edited(explore={"lammps": "in.explore", "variables": {"seed": 3}}),
        "explore.variables, got 'seed'",
    ),
    "date": (edited(fit={"targets": [datetime.date(2026, 1, 1)]}), "date is not JSON serializable"),
    **{
        f"name {name!r}": (edited(state=name), re.escape(f"state, got '{name}'; expected a path of"))
        for name in ("müller", "a$b", "a&", "a#b", "a*", "a%", "a{b}", "a(1)", "a~", "a=b", "a,b")
    },
    "variable's name": (
        edited(explore={"lammps": "in.explore", "variables": {"höhe": 3}}),
        "explore.variables, got 'höhe'; expected names of",
    ),
    "variable's value": (
        edited(explore={"lammps": "in.explore", "variables": {"word": "größe"}}),
        "explore.variables.word, got 'größe'; expected characters",
    ),
    "space": (edited(state="my state"), "state, got 'my state'"),
    "name of a label": (
        edited(initial={"frames": "initial.extxyz", "keys": {"enrgy": "e"}}),
        "error: initial.keys, got 'enrgy'; .*did you mean 'energy'",
    ),
    "file": (
        edited(explore={"lammps": "in.missing"}),
        "explore.lammps, got '.*in.missing', which is no file",
    ),
    "label file": (edited(label={"lammps": "config.yaml"}), "label.lammps, got .*pair_style"),
}


@pytest.mark.parametrize("dimension", [None, 3])
def test_a_script_of_two_dimensions_needs_the_key(tmp_path, dimension):
    """A run in two dimensions leaves frames that look like slabs."""
    with pytest.raises(
        ValueError, match="dimension, got .* beside 'dimension 2' of explore.lammps; expected 2"
    ):
        Config.load(write_flat_project(tmp_path, dimension=dimension))


@pytest.mark.parametrize("name", BAD)
def test_bad_configurations(tmp_path, capsys, name):
    text, expected = BAD[name]
    config = write_project(tmp_path)
    config.write_text(text)
    assert cli.main(["active-learn", str(config), "--quiet"]) == 1
    error = capsys.readouterr().err
    assert error.startswith("anisoap-md: error: ") and "Traceback" not in error
    assert re.search(expected, error), error
    if name not in ("label file", "module"):
        assert not (tmp_path / "active/round_000").exists()  # before anything is labelled


def test_a_model_without_uncertainty_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(Model, "has_uncertainty", False)
    with pytest.raises(ValueError, match="fit, got a model without uncertainty"):
        active_learn(write_project(tmp_path))


def test_numbers_of_yaml_1_2(tmp_path):
    write_project(tmp_path)
    text = (tmp_path / "config.yaml").read_text().replace("factor: 1.15", "absolute: 1e-3")
    (tmp_path / "config.yaml").write_text(text)
    assert Config.load(tmp_path / "config.yaml").threshold.absolute == 1e-3


def test_yaml_is_an_extra(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "ruamel.yaml", None)
    with pytest.raises(
        RuntimeError, match=r"no package 'ruamel.yaml'; expected 'pip install anisoap-md\[active\]'"
    ):
        Config.load(write_project(tmp_path))


def test_keys_merge_and_those_of_the_section_win(tmp_path):
    config = write_project(tmp_path)
    config.write_text(config.read_text() + "<<: {rounds: 9, state: other}\n")
    settings = Config.load(config)
    assert (settings.rounds, settings.state.name) == (2, "other")
