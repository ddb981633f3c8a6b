# SPDX-License-Identifier: MIT
"""anisoap-md active-learn: what it learns, that a killed run resumes with nothing lost, its errors."""

import json
import re
import shutil
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
from anisoap_md import Model, _core, cli, read_frames, write_frames
from anisoap_md.active.config import Config
from anisoap_md.active.learning import active_learn
from anisoap_md.active.state import State
from anisoap_md.common.documents.yaml import read_yaml
from anisoap_md.data.prior import Prior
from testing.helpers import ROOT, assert_close
from testing.lmp.gay_berne import GayBerne
from testing.training.active_project import (
    EXPLORE,
    LABEL,
    WELLS,
    initial_frames,
    package_of_these_tests,
    results,
    write_config,
    write_flat_project,
    write_project,
    yaml_text,
)

pytestmark = pytest.mark.usefixtures(package_of_these_tests.__name__)
COMMAND = [sys.executable, "-m", "anisoap_md", "active-learn"]
CALCULATOR = "from testing.lmp.gay_berne import GayBerne\n\n\ndef make(cls=GayBerne):\n    return cls()\n"
BROKEN = """
from testing.lmp.gay_berne import GayBerne


class Broken(GayBerne):
    count = 0

    def calculate(self, *args):
        super().calculate(*args)
        Broken.count += 1
        if Broken.count == 7:
            self.results["forces"][0, 0] = float("nan")


def broken():
    return Broken()
"""


class Killed(Exception):
    pass


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """Folder and report of an uninterrupted run."""
    folder = tmp_path_factory.mktemp("whole")
    return folder, active_learn(write_project(folder))


def test_every_round_adds_what_the_model_was_uncertain_about(finished):
    folder, report = finished
    assert report["finished"] == "all rounds are done"
    first, *others = report["rounds"]
    n = first["n_training_frames"]
    assert n == 6 and first["n_runs"] == 0 and len(others) == 2
    for k, row in enumerate(others, start=1):
        n += row["n_labelled"]
        assert row["n_training_frames"] == n and row["n_labelled"] == row["n_collected"] == 2
        assert row["n_stopped"] == 3 and row["n_failed"] == 0
        assert row["threshold"] == 1.15 * report["rounds"][k - 1]["typical_uncertainty"]
        model = Model.load(folder / f"active/round_{k - 1:03d}/model.json")
        assert model.training["n_frames"] + model.training["n_test_frames"] == n - row["n_labelled"]
        most = {}
        for dump in sorted(folder.glob(f"active/round_{k:03d}/run_*/uncertain.dump")):
            (atoms,) = read_frames(dump)
            most[int(dump.parent.name[4:])] = model.predict(atoms, uncertainties=True).uncertainties.max()
        frames = read_frames(folder / f"active/round_{k:03d}/collected.extxyz")
        assert [a.info["run"] for a in frames] == sorted(most, key=most.get)[:0:-1]
        assert min(most.values()) > row["threshold"]
        assert row["max_uncertainty"] == pytest.approx(max(most.values()), rel=1e-9)
    assert json.loads((folder / "active/report.json").read_text()) == report
    last = (folder / "active/round_002/model.json").read_bytes()
    assert (folder / "active/model.json").read_bytes() == last


@pytest.mark.parametrize("stops, action", [(True, "stop"), (True, "warn"), (False, "stop")])
def test_the_largest_uncertainty_that_runs_reached_is_shown(tmp_path, capsys, stops, action):
    """Oracle: the model on the only configuration of each run."""
    threshold = {"threshold": 1e-9 if stops else 1e6}
    config = write_project(tmp_path, rounds=1, explore={"runs": 2, "variables": {"steps": 0}}, **threshold)
    (tmp_path / "in.explore").write_text(EXPLORE.replace("} stop dump", f"}} {action} dump"))
    assert cli.main(["active-learn", str(config), "--quiet"]) == 0
    row = json.loads((tmp_path / "active/report.json").read_text())["rounds"][1]
    assert row["n_stopped"] == (2 if stops else 0)
    frames = [read_frames(tmp_path / f"active/round_001/run_00{k}/end.data")[0] for k in range(2)]
    for atoms in frames:
        atoms.numbers[:] = 6
    model = Model.load(tmp_path / "active/round_000/model.json")
    most = model.predict(frames, uncertainties=True).uncertainties.max()
    assert row["largest_uncertainty"] == pytest.approx(most, rel=1e-9)
    lines = capsys.readouterr().out.splitlines()
    assert lines[2].split()[4] == f"{most:.3g}"
    assert f"the runs reached {most:.3g}, threshold" in lines[-1] or stops


def test_grades_stop_runs_and_choose_frames(tmp_path, capsys):
    grade = {"threshold": {"factor": None, "grade": 1.5}, "fit": {"grade": True}}
    assert cli.main(["active-learn", str(write_project(tmp_path, rounds=1, **grade)), "--quiet"]) == 0
    report = json.loads((tmp_path / "active/report.json").read_text())
    first, row = report["rounds"]
    assert report["measure"] == "grade" and row["threshold"] == 1.5
    assert row["n_stopped"] == 3 and row["n_labelled"] == 2
    assert 0.5 < first["typical_uncertainty"] <= 1.5  # of test frames too
    model = Model.load(tmp_path / "active/round_000/model.json")
    dumped = [read_frames(dump)[0] for dump in tmp_path.glob("active/round_001/run_*/uncertain.dump")]
    most = sorted((model.predict(atoms, grades=True).grades.max() for atoms in dumped), reverse=True)
    assert most[-1] > 1.5 and row["largest_uncertainty"] == pytest.approx(most[0], rel=1e-9)
    collected = read_frames(tmp_path / "active/round_001/collected.extxyz")
    found = [model.predict(atoms, grades=True).grades.max() for atoms in collected]
    assert found == pytest.approx(most[:2], rel=1e-9)
    assert "threshold, largest none" in capsys.readouterr().out


def test_a_run_without_a_threshold_is_an_error(tmp_path):
    """A script that includes others is not read before it runs."""
    config = write_project(tmp_path, rounds=1, explore={"runs": 1})
    (tmp_path / "in.pair").write_text("pair_style anisoap\n")
    line = next(line for line in EXPLORE.splitlines() if line.startswith("pair_style"))
    (tmp_path / "in.explore").write_text(EXPLORE.replace(line, "include in.pair"))
    with pytest.raises(RuntimeError, match="round 1, run 0: LAMMPS, got a run without a threshold; expected"):
        active_learn(config)


def test_two_dimensions(tmp_path):
    """Frames of runs, of files and with labels have no images along z; the reference labels without them."""
    report = active_learn(write_flat_project(tmp_path))
    assert report["rounds"][1]["n_labelled"] > 0
    files = sorted(tmp_path.glob("active/round_*/*.extxyz"))
    assert len(files) == 3
    for path in files:
        for atoms in read_frames(path):
            assert atoms.pbc.tolist() == [True, True, False]
    labelled = read_frames(tmp_path / "active/round_000/labelled.extxyz")[0]
    thick = labelled.copy()
    thick.cell[2, 2] = 50.0
    weak = LABEL.replace(WELLS, "0.2 0.6 1.0").splitlines()
    (other,) = Prior.of(weak, "lj", (6,)).labels([thick], (6,), ["energy", "forces"])
    assert labelled.get_potential_energy() == pytest.approx(other.energy, rel=1e-10)
    assert_close(labelled.get_forces(), other.forces, 1e-9)


def test_collected_frames_are_where_the_runs_stopped(finished):
    folder, _ = finished
    for k in (1, 2):
        frames = read_frames(folder / f"active/round_{k:03d}/collected.extxyz")
        for atoms in frames:
            run = folder / f"active/round_{k:03d}/run_{atoms.info['run']:03d}"
            step = atoms.info["timestep"]
            log = (run / "log.lammps").read_text()
            assert f"at timestep {step}; the run ends here" in log
            assert f" for {step} steps with 8 atoms" in log
            end = (run / "end.data").read_text()
            rows = re.search(r"Atoms # ellipsoid\n\n(.*?)\n\n", end, re.S)[1].splitlines()
            ends = {int(r.split()[0]): [float(x) for x in r.split()[4:7]] for r in rows}
            edge = atoms.cell.lengths()
            offset = atoms.positions - np.array([ends[i] for i in range(1, 9)])
            assert np.abs(offset - edge * np.round(offset / edge)).max() < 1e-6


def test_a_configuration_that_two_runs_left_counts_once(tmp_path):
    config = write_project(tmp_path, rounds=1)
    (tmp_path / "in.explore").write_text(EXPLORE.replace("${seed}", "7"))
    row = active_learn(config)["rounds"][1]
    assert (row["n_stopped"], row["n_collected"]) == (3, 1)


def test_runs_have_seeds_of_their_own(finished):
    folder, _ = finished
    runs = sorted(folder.glob("active/round_*/run_*/run.json"))
    assert [json.loads(p.read_text())["seed"] for p in runs] == list(range(11, 17))


def test_labels_are_those_of_the_reference(finished):
    """Oracle: the same pair style in a LAMMPS of its own, by another road."""
    folder, report = finished
    for k in range(3):
        for atoms in read_frames(folder / f"active/round_{k:03d}/labelled.extxyz"):
            other = atoms.copy()
            other.calc = GayBerne()
            assert abs(atoms.get_potential_energy() / other.get_potential_energy() - 1) < 1e-10
            assert_close(atoms.get_forces(), other.get_forces(), 1e-9)
            assert_close(atoms.arrays["torques"], other.calc.get_property("torques", other), 1e-9)
            assert_close(
                atoms.get_stress()[:3], other.get_stress()[:3], 1e-6
            )  # the others are not symmetrised
            assert np.isfinite(atoms.get_stress()).all()


@pytest.mark.parametrize("k", [1, 2])
def test_errors_before_are_those_of_the_model_that_ran(finished, k):
    folder, report = finished
    model = Model.load(folder / f"active/round_{k - 1:03d}/model.json")
    frames = read_frames(folder / f"active/round_{k:03d}/labelled.extxyz")
    forces = np.concatenate([a.get_forces() for a in frames])
    rmse = np.sqrt(np.mean((model.predict(frames).forces - forces) ** 2))
    assert report["rounds"][k]["errors_before"]["forces"]["rmse"] == pytest.approx(rmse, rel=1e-10)


def test_errors_before_count_the_prior(tmp_path):
    """The runs and the errors are those of the model and the prior together."""
    weak = "0.2 0.2 0.2"
    style = "pair_style hybrid/overlay gayberne 1.0 1.0 1.0 3.2 anisoap threshold"
    both = f"pair_coeff * * gayberne 1.0 1.0 {weak} {weak}\npair_modify shift yes\npair_coeff * * anisoap "
    explore = EXPLORE.replace("pair_style anisoap threshold", style).replace("pair_coeff * * ", both)
    prior = LABEL.replace(WELLS, weak)
    config = write_project(tmp_path, rounds=1, fit={"prior": "prior.lmp"}, explore={"runs": 1})
    (tmp_path / "in.explore").write_text(explore)
    (tmp_path / "prior.lmp").write_text(prior)
    report = active_learn(config)
    frames = read_frames(tmp_path / "active/round_001/labelled.extxyz")
    assert frames
    model = Model.load(tmp_path / "active/round_000/model.json")
    extra = Prior.of(prior.splitlines(), "lj", (6,)).labels(frames, (6,), ["forces"])
    predicted = model.predict(frames).forces + np.concatenate([x.forces for x in extra])
    difference = predicted - np.concatenate([a.get_forces() for a in frames])
    found = report["rounds"][1]["errors_before"]["forces"]["rmse"]
    assert found == pytest.approx(np.sqrt(np.mean(difference**2)), rel=1e-10)


def killed_at(step: tuple[int, str], after_mark: bool, monkeypatch) -> None:
    """The state's next `step` dies, before or after it is marked as done."""
    original = State.finish

    def finish(self, number, name, facts):
        if (number, name) != step:
            return original(self, number, name, facts)
        if after_mark:
            original(self, number, name, facts)
        raise Killed

    monkeypatch.setattr(State, "finish", finish)


@pytest.mark.parametrize("after_mark", [False, True], ids=["before the mark", "after the mark"])
def test_a_run_that_dies_at_every_step_ends_like_one_that_does_not(
    finished, tmp_path, monkeypatch, after_mark
):
    folder, report = finished
    config = write_project(tmp_path)
    steps = [(s["round"], s["step"]) for s in json.loads((folder / "active/state.json").read_text())["steps"]]
    assert len(steps) == 2 + 2 * 4
    for step in steps:
        with monkeypatch.context() as patch:
            killed_at(step, after_mark, patch)
            with pytest.raises(Killed):
                active_learn(config)
    assert active_learn(config) == report
    assert results(tmp_path) == results(folder)


def test_a_run_that_dies_between_lammps_runs_keeps_those_that_are_done(finished, tmp_path, monkeypatch):
    from anisoap_md.active import explore as _active_explore

    folder, report = finished
    config = write_project(tmp_path)
    original = _active_explore._run

    def run(config, state, number, k):
        if k == 1:
            raise Killed
        original(config, state, number, k)

    with monkeypatch.context() as patch:
        patch.setattr(_active_explore, "_run", run)
        with pytest.raises(Killed):
            active_learn(config)
    log = tmp_path / "active/round_001/run_000/log.lammps"
    before = log.stat().st_mtime_ns
    assert active_learn(config) == report
    assert log.stat().st_mtime_ns == before
    assert results(tmp_path) == results(folder)


def wait_for(condition, process) -> None:
    end = time.monotonic() + 60
    while not condition():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < end
        time.sleep(0.002)


def test_a_process_that_is_killed_in_a_lammps_run_resumes(finished, tmp_path):
    folder, report = finished
    config = write_project(tmp_path)
    process = subprocess.Popen(
        [*COMMAND, config, "--quiet"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    wait_for(lambda: list(tmp_path.glob("active/round_001/.run_001*")), process)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert list(tmp_path.glob("active/round_001/.run_*"))
    done = subprocess.run([*COMMAND, config, "--quiet"], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith("all rounds are done\n") and done.stderr == ""
    assert results(tmp_path) == results(folder)


def test_a_finished_run_changes_nothing_when_it_is_called_again(finished):
    folder, report = finished
    before = results(folder)
    assert active_learn(folder / "config.yaml") == report
    assert results(folder) == before


def test_further_rounds_go_on_as_if_they_had_been_asked_for(finished, tmp_path):
    folder, report = finished
    active_learn(write_project(tmp_path, rounds=1))
    assert active_learn(write_config(tmp_path, rounds=2)) == report
    assert results(tmp_path) == results(folder)


def test_two_processes_do_not_share_a_folder(tmp_path):
    config = write_project(tmp_path)
    with State.opened(Config.load(config)), pytest.raises(RuntimeError, match="another process is using"):
        active_learn(config)
    active_learn(write_config(tmp_path, rounds=0))


def test_a_run_ends_when_no_lammps_run_meets_the_threshold(tmp_path, capsys):
    config = write_project(tmp_path, threshold=1e6, explore={"runs": 1, "variables": {"steps": 5}})
    assert cli.main(["active-learn", str(config), "--quiet"]) == 0
    captured = capsys.readouterr()
    *_, why, compared = captured.out.splitlines()
    assert why == "no run met the threshold"
    typical = json.loads((tmp_path / "active/report.json").read_text())["rounds"][0]["typical_uncertainty"]
    assert (
        f"threshold 1e+06, median of the largest uncertainties of the training frames {typical:.3g}: "
        in compared
    )
    report = json.loads((tmp_path / "active/report.json").read_text())
    assert [r["n_collected"] for r in report["rounds"]] == [None, 0]
    assert (tmp_path / "active/model.json").read_bytes() == (
        tmp_path / "active/round_000/model.json"
    ).read_bytes()
    assert active_learn(config) == report


def test_a_device_learns_and_predicts(tmp_path, monkeypatch, device):
    """What runs there; the models are those of the processor to rounding, after which explorations may differ."""
    used = []
    for name in ("DeviceJacobian", "DevicePotential"):
        whole = getattr(_core, name)
        monkeypatch.setattr(_core, name, lambda *a, n=name, w=whole: used.append(n) or w(*a))
    config = write_project(tmp_path, rounds=1, explore={"runs": 1})
    assert cli.main(["active-learn", str(config), "--quiet", "--device", device]) == 0
    assert set(used) == {"DeviceJacobian", "DevicePotential"}
    there = Model.load(tmp_path / "active/round_000/model.json")
    other = tmp_path / "other"
    other.mkdir()
    active_learn(write_project(other, rounds=0, explore={"runs": 1}))
    here = Model.load(other / "active/round_000/model.json")
    frames = read_frames(tmp_path / "active/round_000/labelled.extxyz")
    assert_close(there.predict(frames).forces, here.predict(frames).forces, 1e-6)


def test_an_ase_calculator_labels_too(finished, tmp_path):
    """The same potential as a calculator, exploration on two ranks."""
    (tmp_path / "reference.py").write_text(CALCULATOR)
    label = {"calculator": "reference:make", "lammps": None}
    config = write_project(tmp_path, label=label, rounds=1, explore={"runs": 1, "ranks": 2})
    report = active_learn(config)
    assert report["rounds"][1]["n_labelled"] == 1
    assert " on 2 procs for " in (tmp_path / "active/round_001/run_000/log.lammps").read_text()
    ours, theirs = (read_frames(f / "active/round_000/labelled.extxyz") for f in (tmp_path, finished[0]))
    for a, b in zip(ours, theirs, strict=True):
        assert_close(a.get_forces(), b.get_forces(), 1e-9)
        assert_close(a.arrays["torques"], b.arrays["torques"], 1e-9)
        assert_close(a.get_stress()[:3], b.get_stress()[:3], 1e-6)  # the helper's others are not symmetrised


def test_initial_frames_with_labels_of_other_names(finished, tmp_path):
    """Later labels have the targets of the first ones."""
    from ase.io import write

    frames = read_frames(finished[0] / "active/round_000/labelled.extxyz")
    config = write_project(
        tmp_path, rounds=1, initial={"label": False, "keys": {"energy": "e", "forces": "f", "torques": "t"}}
    )
    for atoms in frames:
        atoms.info["e"], atoms.arrays["f"] = atoms.get_potential_energy(), atoms.get_forces()
        atoms.arrays["t"] = atoms.arrays.pop("torques")
        atoms.calc = None
    write(tmp_path / "initial.extxyz", frames)
    active_learn(config)
    state = json.loads((tmp_path / "active/state.json").read_text())
    assert state["steps"][0]["facts"]["targets"] == ["energy", "forces", "torques"]
    model = Model.load(tmp_path / "active/model.json")
    assert model.training["targets"] == ["energy", "forces", "torques"]


def test_frames_whose_labels_are_not_finite_are_left_out(tmp_path):
    (tmp_path / "broken.py").write_text(BROKEN)
    config = write_project(tmp_path, label={"calculator": "broken:broken", "lammps": None}, rounds=1)
    row = active_learn(config)["rounds"][1]
    assert (row["n_collected"], row["n_labelled"], row["n_training_frames"]) == (2, 1, 7)


def test_a_round_without_any_label_does_not_end_the_run(tmp_path):
    """The seventh label and all behind it are not finite; the next round explores again, with seeds of its own."""
    (tmp_path / "dead.py").write_text(BROKEN.replace("== 7", ">= 7"))
    report = active_learn(write_project(tmp_path, label={"calculator": "dead:broken", "lammps": None}))
    assert [r["n_labelled"] for r in report["rounds"]] == [6, 0, 0]
    assert [r["n_training_frames"] for r in report["rounds"]] == [6, 6, 6]
    assert report["finished"] == "all rounds are done"


def test_a_lammps_run_that_fails_says_why_and_can_be_mended(finished, tmp_path):
    config = write_project(tmp_path)
    (tmp_path / "in.explore").write_text(
        EXPLORE.replace("pair_coeff * * ${model} C", "pair_coeff * * ${model}")
    )
    with pytest.raises(
        RuntimeError, match=r"round 1, run 0: LAMMPS, got 'ERROR: Pair_coeff anisoap: .* \(log in "
    ):
        active_learn(config)
    (tmp_path / "in.explore").write_text(EXPLORE)
    assert active_learn(config) == finished[1]
    assert results(tmp_path) == results(finished[0])


def test_a_lammps_run_that_fails_behind_its_configuration_counts(tmp_path):
    config = write_project(tmp_path, rounds=1, explore={"runs": 2})
    (tmp_path / "in.explore").write_text(EXPLORE.replace("write_data", "wrong_command"))
    row = active_learn(config)["rounds"][1]
    assert (row["n_runs"], row["n_stopped"], row["n_failed"], row["n_labelled"]) == (2, 2, 2, 2)


def test_more_runs_and_another_threshold_between_two_calls(tmp_path):
    """Seeds do not come twice; a run without a run before it starts anew."""
    active_learn(write_project(tmp_path, rounds=1, explore={"runs": 1}))
    (tmp_path / "in.explore").write_text(EXPLORE + "print ${previous} append previous.txt\n")
    active_learn(write_config(tmp_path, rounds=2, explore={"runs": 2}, threshold=1e-9))
    runs = [json.loads(p.read_text()) for p in sorted(tmp_path.glob("active/round_*/run_*/run.json"))]
    assert [r["seed"] for r in runs] == [11, 12, 13]
    assert [r["threshold"] == 1e-9 for r in runs] == [False, True, True]
    assert (tmp_path / "previous.txt").read_text().split() == ["active/round_001/run_000", "none"]


def test_files_of_fit(finished, tmp_path):
    """Test frames and a prior; the working folder of the tests is another one than that of the configuration."""
    config = write_project(tmp_path, rounds=0, fit={"test": "test.extxyz", "prior": "prior.lmp"})
    frames = read_frames(finished[0] / "active/round_001/labelled.extxyz")
    write_frames(tmp_path / "test.extxyz", frames)
    prior = LABEL.replace(WELLS, "0.2 0.2 0.2")
    (tmp_path / "prior.lmp").write_text(f"# weaker\n{prior}")
    report = active_learn(config)
    model = Model.load(tmp_path / "active/model.json")
    assert model.training["prior"]["commands"] == prior.splitlines()
    assert (model.training["n_frames"], model.training["n_test_frames"]) == (6, len(frames))
    assert report["rounds"][0]["errors"]["test"]["energy"]["n"] == len(frames)


def test_the_example_runs(tmp_path):
    """Shortened, and with a linear model in place of networks."""
    for file in (ROOT / "examples/04_active_learning").iterdir():
        if file.is_file():
            shutil.copy(file, tmp_path)
    short = ["-var", "melt", "200", "-var", "squeeze", "300", "-var", "every", "10"]
    start = [*COMMAND[:3], "lmp", "-in", "in.start", *short, "-screen", "none"]
    subprocess.run(start, cwd=tmp_path, check=True, timeout=120)
    config = read_yaml(tmp_path / "config.yaml", "active", "active-learn")
    config.update(rounds=2, fit={"units": "lj", "test": 0}, threshold={"factor": 1.02})
    config["descriptor"]["max_angular"] = 1
    config["explore"].update(runs=1, variables={"T": 3.0, "steps": 100})
    (tmp_path / "config.yaml").write_text(yaml_text(config))
    rounds = active_learn(tmp_path / "config.yaml")["rounds"]
    assert [r["n_training_frames"] for r in rounds] == [10, 11, 12]
    assert (
        "read_data active/round_001/run_000/end.data"
        in (tmp_path / "active/round_002/run_000/log.lammps").read_text()
    )


def test_the_frames_of_the_project_differ():
    """Guards the tests above: equal frames would hide a mix-up."""
    frames = initial_frames()
    assert len({f.positions.tobytes() for f in frames}) == len(frames)
