# SPDX-License-Identifier: MIT
"""A training of networks that was interrupted goes on to the bit."""

import os
import signal
import threading

import pytest
import torch
from anisoap_md import cli, fit, write_frames
from anisoap_md.training.networks.trainer import Trainer
from testing.training.labelled import frames, label, linear_model, small_descriptor

NETWORKS = {
    "steps": 30,
    "widths": (4,),
    "n_networks": 2,
    "validation": 0.2,
    "batch_particles": 6,
    "components": 5,
    "num_threads": 1,
}
PAIRS = {
    "kind": "networks",
    "cutoff": 2.9,
    "widths": (4,),
    "steps": 30,
    "n_networks": 2,
    "batch_particles": 6,
    "num_threads": 1,
}
KINDS = {
    "many-body": {"kind": "networks", "networks": NETWORKS},
    "many-body in double": {
        "kind": "networks",
        "networks": {**NETWORKS, "dtype": "float64", "validation": 0.0},
    },
    "pairs": {"kind": "none", "two_body": PAIRS},
    "pairs first": {"kind": "networks", "networks": NETWORKS, "two_body": PAIRS},
    "joint": {
        "kind": "networks",
        "networks": NETWORKS,
        "two_body": {"kind": "networks", "cutoff": 2.9, "widths": (4,), "joint": True},
    },
}
pytestmark = pytest.mark.filterwarnings("ignore:anisoap. two_body, no . and . within the cutoff")


@pytest.fixture(scope="module")
def data():
    return label(linear_model(small_descriptor()), frames(9))


def trained(data, kind, **others):
    about = {**KINDS[kind], "test": 0, **others}
    return fit(data, small_descriptor(max_radial=0), about.pop("kind"), **about)


@pytest.fixture(scope="module")
def whole(data):
    """Documents of trainings that nothing interrupted."""
    return {kind: trained(data, kind).model.to_json() for kind in KINDS}


class Stopped(Exception):
    pass


@pytest.fixture
def stop_at(monkeypatch):
    """Stops trainings within a step, counted from the call through all members: by a signal, or as a crash would."""
    original, handler = Trainer._take_step, signal.getsignal(signal.SIGINT)
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job has it ignored

    def arrange(number, stop):
        count = 0

        def step(self, *arguments):
            nonlocal count
            count += 1
            if count == number:
                stop()
            original(self, *arguments)

        monkeypatch.setattr(Trainer, "_take_step", step)

    yield arrange
    signal.signal(signal.SIGINT, handler)


def interrupt():
    os.kill(os.getpid(), signal.SIGINT)


def crash():
    raise Stopped


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("steps", [(1, 59), (37, 1)])
def test_an_interrupted_training_equals_a_whole_one(data, whole, tmp_path, stop_at, monkeypatch, kind, steps):
    path = tmp_path / "state"
    for number in steps:
        stop_at(number, interrupt)
        try:
            trained(data, kind, checkpoint=path)
        except KeyboardInterrupt:
            assert path.exists()
        monkeypatch.undo()
    assert trained(data, kind, checkpoint=path).model.to_json() == whole[kind]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("number", [2, 61, 90])
def test_a_crash_loses_the_steps_since_the_last_check_alone(data, tmp_path, stop_at, monkeypatch, number):
    path, options = tmp_path / "state", {"two_body": {**PAIRS, "steps": 60}}
    whole = trained(data, "pairs", **options).model.to_json()
    stop_at(number, crash)
    with pytest.raises(Stopped):
        trained(data, "pairs", checkpoint=path, **options)
    assert path.exists() == (number > 2)
    monkeypatch.undo()
    counted = []
    original = Trainer._take_step
    monkeypatch.setattr(Trainer, "_take_step", lambda self, *a: (counted.append(1), original(self, *a)))
    assert trained(data, "pairs", checkpoint=path, **options).model.to_json() == whole
    assert 0 <= len(counted) - (120 - number + 1) <= 1  # there is a check every second step


def test_ctrl_c_waits_for_the_end_of_a_step_and_handlers_stay(data, tmp_path, stop_at):
    before = [signal.getsignal(n) for n in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)]
    stop_at(10, interrupt)
    with pytest.raises(KeyboardInterrupt):
        trained(data, "pairs", checkpoint=tmp_path / "state")
    state = torch.load(tmp_path / "state", weights_only=True)
    assert state["phases"]["two-body network"]["running"]["step"] == 10
    assert [signal.getsignal(n) for n in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)] == before


def test_a_second_ctrl_c_does_not_wait(data, tmp_path, stop_at):
    def twice():
        interrupt()
        interrupt()

    stop_at(10, twice)
    with pytest.raises(KeyboardInterrupt):
        trained(data, "pairs", checkpoint=tmp_path / "state")
    state = torch.load(tmp_path / "state", weights_only=True)
    assert state["phases"]["two-body network"]["running"]["step"] < 10


def test_threads_keep_a_checkpoint_too(data, whole, tmp_path):
    found = []
    thread = threading.Thread(
        target=lambda: found.append(trained(data, "pairs", checkpoint=tmp_path / "state").model.to_json())
    )
    thread.start()
    thread.join()
    assert found == [whole["pairs"]]


@pytest.fixture
def state(data, tmp_path, stop_at, monkeypatch):
    """The file of an interrupted training of kind 'many-body'."""
    stop_at(20, interrupt)
    with pytest.raises(KeyboardInterrupt):
        trained(data, "many-body", checkpoint=tmp_path / "state")
    monkeypatch.undo()
    return tmp_path / "state"


def test_the_state_of_another_training_is_refused(data, state):
    before = state.read_bytes()
    changed = [a.copy() for a in data]
    for a, b in zip(changed, data, strict=True):
        a.info.update(b.info)
    changed[3].arrays["forces"][0, 1] += 1e-9
    others = [
        (data, {"networks": {**NETWORKS, "steps": 61}}),
        (data, {"networks": {**NETWORKS, "widths": (5,)}}),
        (data, {"weights": {"forces": 2}}),
        (data, {"seed": 1}),
        (data[:-1], {}),
        (changed, {}),
    ]
    for given, options in others:
        with pytest.raises(
            ValueError, match="checkpoint, got '.*state', which a training with other frames or options"
        ):
            trained(given, "many-body", checkpoint=state, **options)
    assert state.read_bytes() == before


@pytest.mark.parametrize("content", [b"", b"text", None])
def test_files_that_are_no_checkpoints_are_refused(data, tmp_path, content):
    path = tmp_path / "state"
    if content is None:
        torch.save({"format": "other"}, path)
    else:
        path.write_bytes(content)
    with pytest.raises(ValueError, match="file '.*state', got .*; expected a checkpoint"):
        trained(data, "many-body", checkpoint=path)


def test_places_and_kinds_without_checkpoints(data, tmp_path):
    with pytest.raises(FileNotFoundError, match="in a folder that does not exist"):
        trained(data, "many-body", checkpoint=tmp_path / "no" / "state")
    with pytest.raises(
        ValueError, match="checkpoint, got a training without networks; expected kind 'networks', or None"
    ):
        fit(data, small_descriptor(), "linear", checkpoint=tmp_path / "state")


BASIS = [
    "--max-angular",
    2,
    "--cutoff-radius",
    3,
    "--radial-gaussian-width",
    1.1,
    "--max-radial",
    0,
    "--species",
    "C",
    "O",
]
BASIS += ["--cutoff-function", "cosine", "--cutoff-width", 1, "--threads", 1, "--quiet", "--test", 0]
OPTIONS = [
    "--kind",
    "networks",
    "--networks",
    *(f"{k}={list(v) if isinstance(v, tuple) else v}" for k, v in NETWORKS.items()),
]


@pytest.mark.parametrize("number, status", [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_the_same_command_goes_on(data, tmp_path, monkeypatch, stop_at, capsys, number, status):
    monkeypatch.chdir(tmp_path)
    write_frames("a.xyz", data)

    def run(*words):
        return cli.main([str(w) for w in ("train", "a.xyz", "-o", *words, *BASIS, *OPTIONS)])

    assert run("whole.json") == 0
    capsys.readouterr()
    stop_at(40, lambda: os.kill(os.getpid(), number))
    assert run("m.json") == status
    assert "m.json.checkpoint: the same command goes on from here\n" in capsys.readouterr().err
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.xyz", "m.json.checkpoint", "whole.json"]
    monkeypatch.undo()
    monkeypatch.chdir(tmp_path)
    assert run("m.json", "--seed", 1) == 1
    assert "--checkpoint, got 'm.json.checkpoint', which a training with other" in capsys.readouterr().err
    assert run("m.json") == 0
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.xyz", "m.json", "whole.json"]
    assert (tmp_path / "m.json").read_text() == (tmp_path / "whole.json").read_text()
    assert run("m.json", "--checkpoint", "a.xyz") == 1
    assert "output file, got 'a.xyz', the same file as the input" in capsys.readouterr().err
