# SPDX-License-Identifier: MIT
"""Errors of finished models on frames with labels: `evaluate` and anisoap-md evaluate."""

import csv
import json
import re

import numpy as np
import pytest
from anisoap_md import Model, _core, cli, evaluate, fit, write_frames
from testing.potentials import KINDS, random_model
from testing.training.labelled import frames, label, linear_model, small_descriptor

KCAL = 23.060549  # kcal/mol of one eV


@pytest.fixture(scope="module")
def data():
    given = label(linear_model(small_descriptor()), frames(9))
    for k, atoms in enumerate(given):
        if k < 7:
            atoms.info["config_type"] = "liquid" if k % 2 else "dimer"
    return given


def run(*arguments) -> int:
    return cli.main([str(a) for a in arguments])


def differences(model: Model, given) -> dict[str, np.ndarray]:
    """Predictions less labels; energies and virials per particle."""
    found = model.predict(given)
    sizes = np.array([len(a) for a in given])
    virial = (found.virial + found.virial.transpose(0, 2, 1)) / 2
    labels = [-a.info["stress"] * a.get_volume() for a in given]
    upper = np.array([0, 1, 2, 1, 0, 0]), np.array([0, 1, 2, 2, 2, 1])
    return {
        "energy": (found.energy - [a.info["energy"] for a in given]) / sizes,
        "forces": (found.forces - np.concatenate([a.arrays["forces"] for a in given])).ravel(),
        "torques": (found.torques - np.concatenate([a.arrays["torques"] for a in given])).ravel(),
        "stress": np.array(
            [(v - w)[upper] / n for v, w, n in zip(virial, labels, sizes, strict=True)]
        ).ravel(),
    }


@pytest.mark.parametrize("kind", KINDS)
def test_errors_are_those_of_the_predictions(data, kind):
    model = random_model(**KINDS[kind])
    found = evaluate(model, data, group_by="config_type")
    assert found.n_frames == {"dimer": 4, "liquid": 3, "no config_type": 2, "all": 9}
    groups = {
        "dimer": [a for k, a in enumerate(data) if k < 7 and k % 2 == 0],
        "liquid": [a for k, a in enumerate(data) if k < 7 and k % 2],
        "no config_type": data[7:],
        "all": data,
    }
    for group, given in groups.items():
        for target, d in differences(model, given).items():
            e = found.errors[group][target]
            assert e.rmse == pytest.approx(np.sqrt(np.mean(d**2)), rel=1e-9), (group, target)
            assert e.mae == pytest.approx(np.abs(d).mean(), rel=1e-9)
            assert e.n == len(d)
    energies = [a.info["energy"] / len(a) for a in data]
    relative = found.errors["all"]["energy"].rmse / np.std(energies)
    assert found.errors["all"]["energy"].relative == pytest.approx(relative, rel=1e-9)


def test_it_measures_what_a_fit_measures(data):
    result = fit(data, small_descriptor(max_radial=0), test=data[:3], ridge=1e-3)
    found = evaluate(result.model, data[:3])
    assert found.errors == {"all": result.errors["test"]} and found.n_frames == {"all": 3}


def test_a_prior_is_added_in_the_units_of_the_labels():
    given = frames(8)
    for atoms in given:
        for k, d in enumerate((1.0, 1.3, 1.7), start=1):
            atoms.arrays[f"c_diameter[{k}]"][:] = d
    given = label(linear_model(small_descriptor()), given)
    commands = ["pair_style gayberne 1 1 1 4.0", "pair_coeff * * 0.1 1.0 1 1 0.2 1 1 0.2"]
    result = fit(given, small_descriptor(max_radial=0), test=0, ridge=1e-3, prior=commands)
    found = evaluate(result.model, given).errors["all"]
    for target, e in result.errors["train"].items():
        assert found[target].rmse == pytest.approx(e.rmse, rel=1e-9), target
        assert e.rmse > 1e-3
    assert evaluate(result.model, given, targets=["energy"]).errors["all"].keys() == {"energy"}
    for atoms in given:
        atoms.info["energy"] *= KCAL
        atoms.info["stress"] *= KCAL
        for name in ("forces", "torques"):
            atoms.arrays[name] *= KCAL
    found = evaluate(result.model, given, units="real").errors["all"]
    for target, e in result.errors["train"].items():
        assert found[target].rmse == pytest.approx(KCAL * e.rmse, rel=1e-9), target


@pytest.fixture
def files(data, tmp_path):
    random_model("linear").save(tmp_path / "m.json")
    write_frames(tmp_path / "a.xyz", data[:5])
    write_frames(tmp_path / "b.xyz", data[5:])
    return tmp_path


def test_the_command_prints_and_writes_tables(data, files, capsys, monkeypatch):
    monkeypatch.chdir(files)
    options = ["--group-by", "config_type", "--report", "r", "--threads", 1, "--quiet"]
    assert run("evaluate", "m.json", "a.xyz", "b.xyz", "-o", "t.csv", *options) == 0
    printed = capsys.readouterr()
    expected = evaluate(Model.load("m.json"), data, group_by="config_type")
    assert printed.out == repr(expected) + "\n" and printed.err == ""
    assert len(printed.out.splitlines()) == 1 + 4 * 4
    with open("t.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(r["group"], r["target"]) for r in rows[::4]] == [
        (g, "energy") for g in ("dimer", "liquid", "no config_type", "all")
    ]
    for row in rows:
        e = expected.errors[row["group"]][row["target"]]
        assert float(row["rmse"]) == e.rmse and float(row["mae"]) == e.mae
        assert float(row["relative"]) == e.rmse / e.spread and int(row["n_labels"]) == e.n
    assert rows[0]["unit"] == "eV / particle" and rows[1]["unit"] == "eV / angstrom"
    assert run("evaluate", "m.json", "a.xyz", "b.xyz", "-o", "t.json", "--targets", "torques") == 0
    (row,) = json.loads((files / "t.json").read_text())
    assert row["rmse"] == expected.errors["all"]["torques"].rmse
    report = json.loads((files / "r.json").read_text())
    assert report["errors"]["liquid"]["forces"]["mae"] == expected.errors["liquid"]["forces"].mae
    assert (files / "r.png").read_bytes().startswith(b"\x89PNG")


def test_each_group_has_its_colour(data):
    from anisoap_md.training import report

    found = evaluate(random_model("linear"), data, group_by="config_type")
    figure = report.figure_of(found)
    axes = np.array(figure.axes).reshape(2, -1)
    lines = axes[0, 1].lines[:3]
    assert len({line.get_color() for line in lines}) == 3
    for line, group in zip(lines, ("dimer", "liquid", "no config_type"), strict=True):
        assert line.get_label().startswith(f"{group}: RMSE ")
        np.testing.assert_array_equal(line.get_xdata(), found.parity[group]["forces"][0])
    assert axes[0, 1].get_ylabel() == "model (eV / Å)"


def test_equal_labels_have_no_relative_error(data):
    found = evaluate(random_model("linear"), data[0], targets=["energy"])
    assert np.isnan(found.errors["all"]["energy"].relative)
    assert re.search(r"energy +\S+ +\S+ +- +eV / particle$", repr(found))


ERRORS = {
    "key": (
        ["--group-by", "config_typ"],
        "--group-by, got 'config_typ', which no frame has; .*'config_type'",
    ),
    "suffix": (["-o", "t.txt"], "suffix of the table, got '.txt'; expected .csv or .json"),
    "table": (["-o", "a.csv/t.csv"], "'a.csv/t.csv' in a folder that does not exist"),
    "input": (["-o", "m.json"], "--output, got 'm.json', the same file as the model"),
    "report": (["--report", "m"], "--report, got 'm.json', the same file as the model"),
    "both": (["-o", "r.json", "--report", "r"], "--report, got 'r.json', the same file as --output"),
    "units": (["--units", "lj"], "--units of the model, got 'metal' where 'lj' is used"),
    "targets": (["--targets", "dipole"], "--targets, got 'dipole'; expected one of energy"),
    "keys": (["--keys", "energy=dft"], "frame 0: energy, got none; expected dft=... in the comment line"),
    "device": (["--device", "gpu"], "--device, got 'gpu'"),
    "index": (["--index", "7:"], "--index, got '7:', which no frame of 'a.xyz' matched"),
}


@pytest.mark.parametrize("name", ERRORS)
def test_errors_of_the_command(files, monkeypatch, capsys, name):
    monkeypatch.chdir(files)
    options, text = ERRORS[name]
    before = sorted(files.iterdir())
    assert run("evaluate", "m.json", "a.xyz", *options, "--quiet") == 1
    assert re.search(text, capsys.readouterr().err)
    assert sorted(files.iterdir()) == before


def test_species_that_the_model_does_not_know_are_told(files, monkeypatch, capsys):
    monkeypatch.chdir(files)
    random_model("linear", species=("C",)).save("c.json")
    assert run("evaluate", "c.json", "a.xyz") == 1
    assert "frame 0: species, got 'O'; expected one of C" in capsys.readouterr().err
    with pytest.raises(TypeError, match="model, got .*expected a Model or its file"):
        evaluate(_core.Model(), [])
