# SPDX-License-Identifier: MIT
"""anisoap-md train from a YAML file, and its log."""

import logging
import re

import pytest
from anisoap_md import Model, cli, write_frames
from testing.training.labelled import frames, label, linear_model, small_descriptor

CONFIG = """
input: [a.xyz, b.xyz]        # files of frames
output: model.json
max-angular: 2
cutoff_radius: 3.0           # underscores as in Python
radial-gaussian-width: 1.1
max-radial: [0, 0, 0]
cutoff-function: cosine
cutoff-width: 1
kind: linear
two-body: {kind: polynomial, cutoff: 2.9, degree: 2, powers: [1, 4], joint: false}
weights: {forces: 2, energy: 0.5}
targets: [energy, forces, torques]
test: 0.2
learning-curve: true
walls: "off"                 # labels of a model without any
allow-discontinuity: false
ridge: 1.0e-6
species: null
threads: 1
quiet: true
"""
TYPED = """train a.xyz b.xyz -o typed.json --max-angular 2 --cutoff-radius 3 --radial-gaussian-width 1.1 --max-radial 0 0 0
--cutoff-function cosine --cutoff-width 1 --two-body kind=polynomial cutoff=2.9 degree=2 powers=1,4 joint=false --weights forces=2
energy=0.5 --targets energy forces torques --test 0.2 --learning-curve --walls off --ridge 1e-6 --threads 1 --quiet"""


def run(*arguments) -> int:
    return cli.main([str(a) for a in arguments])


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    given = label(linear_model(small_descriptor()), frames(10))
    write_frames("a.xyz", given[:6])
    write_frames("b.xyz", given[6:])
    (tmp_path / "train.yaml").write_text(CONFIG)
    return tmp_path


def test_a_file_trains_what_the_flags_train(folder, capsys):
    assert run("train", "--config", "train.yaml") == 0
    printed = capsys.readouterr().out
    assert run(*TYPED.split()) == 0
    assert capsys.readouterr().out == printed.replace("model.json", "typed.json")
    assert (folder / "model.json").read_text() == (folder / "typed.json").read_text()
    assert " training frames: test RMSE " in printed and "train energy   RMSE" in printed
    assert re.search(r"^train forces   RMSE \S+ eV / angstrom, MAE \S+, R2 ", printed, re.M)


def test_what_is_typed_counts_instead(folder):
    typed = ["--kind=none", "--weights", "torques=3", "--test", "0", "-o", "other.json"]
    (folder / "train.yaml").write_text(
        CONFIG.replace(", joint: false", "").replace("learning-curve: true", "")
    )
    assert run("train", "b.xyz", "--config=train.yaml", *typed) == 0
    training = Model.load("other.json").training
    assert training["kind"] == "none" and training["n_frames"] == 4 and not (folder / "model.json").exists()
    assert training["weights"] == {"energy": 1.0, "forces": 1.0, "torques": 3.0}


BAD = {
    "key": (
        "max-angulr: 2",
        "'train.yaml', got key 'max-angulr'; expected options of train, did you mean 'max-angular'",
    ),
    "list": ("max-angular: [2, 3]", "'train.yaml': max-angular, got a list of 2; expected one value"),
    "mapping": ("kind: {a: 1}", "'train.yaml': kind, got a mapping; expected a value"),
    "no mapping": ("weights: 2", "'train.yaml': weights, got 2; expected a mapping of names and values"),
    "switch": ("quiet: 3", "'train.yaml': quiet, got 3; expected true or false"),
    "three": ("diameters: [1, 2]", "'train.yaml': diameters, got a list of 2; expected 3 values"),
    "yaml": ("a: [", "'train.yaml', got '"),
    "no keys": ("[1, 2]", "'train.yaml', got list; expected keys and values"),
    "value of the fit": (
        CONFIG.replace("kind: linear", "kind: linar"),
        "--kind, got 'linar'; .*did you mean 'linear'",
    ),
    "itself": ("config: other.yaml", "got key 'config'; expected options of train"),
}


@pytest.mark.parametrize("name", BAD)
def test_files_that_cannot_be_used(folder, capsys, name):
    text, expected = BAD[name]
    (folder / "train.yaml").write_text(text)
    assert run("train", "a.xyz", "-o", "m.json", "--config", "train.yaml") == 1
    assert re.search(expected, capsys.readouterr().err)
    assert not (folder / "m.json").exists()


def test_missing_files_and_words(folder, capsys):
    assert run("train", "--config", "missing.yaml") == 1
    assert "missing.yaml" in capsys.readouterr().err
    (folder / "train.yaml").write_text("max-angular: two")
    for words, text in (
        (("-o", "m.json"), "IN"),
        (("a.xyz", "-o", "m.json"), "--max-angular: invalid int value: 'two'"),
    ):
        with pytest.raises(SystemExit):
            run("train", *words, "--config", "train.yaml")
        assert text in capsys.readouterr().err


def test_the_log_tells_what_was_printed(folder, capsys, monkeypatch):
    monkeypatch.setattr("sys.argv", ["anisoap-md", "train", "--config", "train.yaml"])
    assert run("train", "--config", "train.yaml", "--log", "train.log") == 0
    lines = (folder / "train.log").read_text().splitlines()
    stamp = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} "
    assert all(re.match(stamp, line) for line in lines)
    messages = [re.sub(f"^{stamp}", "", line) for line in lines]
    assert re.fullmatch(r"anisoap-md \S+, train --config train.yaml", messages[0])
    assert messages[1] == "linear on 8 training frames, 2 test frames: energy, forces, torques"
    assert messages[2:-1] == capsys.readouterr().out.splitlines() and messages[-1] == "finished"
    assert not logging.getLogger("anisoap_md").handlers


def test_the_log_of_networks_has_their_errors_and_how_it_ended(folder, capsys):
    networks = ["--kind", "networks", "--networks", "steps=50", "widths=[4]", "n_networks=2", "num_threads=1"]
    config = CONFIG.replace("two-body", "#").replace("learning-curve: true", "").replace("ridge", "#")
    (folder / "train.yaml").write_text(config)
    assert run("train", "--config", "train.yaml", *networks, "--log", "train.log") == 0
    steps = re.findall(
        r"network (\d) of 2: step (\d+), training \S+ %, held out \S+ %$",
        (folder / "train.log").read_text(),
        re.M,
    )
    assert steps[-1] == ("2", "50") and len(steps) == 50
    assert (
        run("train", "--config", "train.yaml", "--kind", "kernel", "--points", "0", "--log", "train.log") == 1
    )
    assert (
        (folder / "train.log")
        .read_text()
        .splitlines()[-1]
        .endswith("ended by ArgumentError: anisoap: n_points, got 0; expected an integer >= 1")
    )


@pytest.mark.parametrize(
    "options, text",
    [
        (["--log", "a.xyz"], "output file, got 'a.xyz', the same file as the input"),
        (["--log", "model.json"], "--log, got 'model.json', the same file as another output"),
        (["--log", "no/l.log"], "output file, got 'no/l.log' in a folder that does not exist"),
    ],
)
def test_logs_replace_nothing(folder, capsys, options, text):
    before = sorted(folder.iterdir())
    assert run("train", "--config", "train.yaml", *options) == 1
    assert text in capsys.readouterr().err and sorted(folder.iterdir()) == before
