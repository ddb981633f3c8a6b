# SPDX-License-Identifier: MIT
"""Runs: what is kept of a case, numbers that are wrong, interruptions, files that cannot be gone on with."""

import json
import os
import re
import shutil
import subprocess
from dataclasses import replace
from sysconfig import get_path

import numpy as np
import pytest
from anisoap_md import ArgumentError
from anisoap_md.backends import Prepared, numpy_oracle
from anisoap_md.bench import checkpoint, machine, runner, timing
from anisoap_md.bench.backends import get
from anisoap_md.bench.cases import cases_of
from anisoap_md.bench.inputs import Inputs, count_pairs
from anisoap_md.bench.studies import Hypers, Study, Sweep
from anisoap_md.bench.systems import System, make
from testing.helpers import ROOT, skip

pytestmark = pytest.mark.skipif(numpy_oracle.missing() is not None, reason=str(numpy_oracle.missing()))

ELLIPSOIDS = System("ellipsoids", 3)


def study(**given) -> Study:
    settings = {"repeat": 2, "seconds": 1.0, "hypers": Hypers(3, 5.0), "check_centres": 3}
    return Study(**{"systems": (ELLIPSOIDS,), "backends": ("cpp",), **settings, **given})


def measured(given: Study, folder, case=None):
    """Of the first case, in this process."""
    case = case or cases_of(given)[0]
    inputs = Inputs(folder, given.check_centres)
    with np.load(inputs.expected_file(case)) as arrays:
        expected = timing.Expected(arrays["rows"], arrays["centres"])
    frames, species = inputs.frames(case.system), inputs.species(case.system)
    return timing.measure(case, frames, species, expected, given.repeat, given.seconds)


@pytest.fixture(scope="module")
def document(tmp_path_factory):
    """Of a run with a case of each status but failed."""
    path = tmp_path_factory.mktemp("run") / "out.json"
    backends = ("cpp", "numpy", "reference", "featomic")
    given = study(backends=backends, hypers=Hypers(), sweeps={"threads": Sweep((2,), (), ("cpp",))})
    runner.run(given, path, "anisoap-md bench")
    return json.loads(path.read_text())


def test_what_a_run_keeps(document):
    assert document["complete"] and document["command"] == "anisoap-md bench"
    assert document["machine"]["processor"] and document["machine"]["peak_gflops"] > 0
    assert set(document["versions"]) >= {"python", "numpy", "anisoap-md"}
    assert re.fullmatch(r"[0-9a-f]{40}\+?|unknown", document["revision"])
    results = list(document["results"].values())
    assert {r["status"] for r in results} >= {"done", "quoted"}
    (system,) = document["systems"].values()
    frames = make(ELLIPSOIDS)
    pairs = sum(
        len(list(numpy_oracle.neighbours(numpy_oracle.as_dict(atoms), i, {"cutoff_radius": 7.0})))
        for atoms in frames
        for i in range(len(atoms))
    )
    assert (system["centres"], system["sum_n2"], system["seed"]) == (6, 12, 0)
    for result in results:
        assert (result["pairs"], result["centres"], result["frames"]) == (pairs, 6, 3)
        assert result["checksum"] == system["checksum"]
    for result in (r for r in results if r["status"] == "done"):
        assert len(result["times"]) == len(result["cpu_times"]) == 2
        assert min(result["times"] + result["cpu_times"]) > 0
        assert result["features"] == 44 and result["peak_bytes"] > 10e6
        assert result["check"]["centres"] == 3 and result["check"]["error"] < 1e-8
        assert set(result["threads"]) > set(machine.THREAD_VARIABLES)
        assert set(result["threads"].values()) == {str(result["case"]["threads"])}


def test_two_runs_have_the_same_inputs(document, tmp_path):
    again = runner.run(study(hypers=Hypers()), tmp_path / "again.json")
    one, other = (next(iter(d["systems"].values()))["checksum"] for d in (document, again))
    assert one == other


@pytest.mark.parametrize("factor, good", [(1 + 1e-9, True), (1 + 1e-5, False), (np.nan, False)])
def test_wrong_numbers_get_no_time(tmp_path, monkeypatch, factor, good):
    prepare = type(get("cpp")).prepare

    def wrong(self, frames, options):
        right = prepare(self, frames, options)
        return Prepared(lambda _: [rows * factor for rows in right()])

    monkeypatch.setattr(type(get("cpp")), "prepare", wrong)
    result = measured(study(), tmp_path)
    assert result["status"] == ("done" if good else "failed")
    assert good or ("against the oracle" in result["reason"] and "times" not in result)


def test_rows_of_another_shape_fail(tmp_path, monkeypatch):
    monkeypatch.setattr(
        type(get("cpp")), "prepare", lambda self, f, o: Prepared(lambda _: [np.zeros((6, 2))])
    )
    assert "rows of shape (3, 2)" in measured(study(), tmp_path)["reason"]


@pytest.mark.parametrize("backend, variant", [("cpp", "x86_64_v9"), ("torch", "mps"), ("kokkos", "sycl")])
def test_what_a_machine_has_not_is_absent(tmp_path, backend, variant):
    result = measured(study(), tmp_path, replace(cases_of(study())[0], backend=backend, variant=variant))
    assert result["status"] == "absent" and result["reason"]


@pytest.mark.parametrize("backend, package", [("featomic",) * 2, ("dscribe",) * 2, ("reference", "anisoap")])
def test_packages_that_are_not_installed_are_absent(tmp_path, monkeypatch, backend, package):
    """The time of the reference is quoted at the settings that it is known for, and nowhere else."""
    monkeypatch.setattr("anisoap_md.common.packages.find_spec", lambda _: None)
    given = study(backends=(backend,))
    result = measured(given, tmp_path)
    assert result["status"] == "absent" and f"no package '{package}'" in result["reason"]
    at_known = measured(study(backends=(backend,), hypers=Hypers()), tmp_path)
    assert at_known["status"] == ("quoted" if backend == "reference" else "absent")
    assert "times" not in at_known and at_known.get("ns_a_pair") == (
        111e3 if backend == "reference" else None
    )


def test_torch_that_is_not_installed_is_absent(tmp_path, monkeypatch):
    monkeypatch.setattr("anisoap_md.common.packages.find_spec", lambda _: None)
    for backend in ("torch", "torch_mixed"):
        result = measured(study(backends=(backend,)), tmp_path)
        assert result["status"] == "absent"
        assert "no package 'torch'; expected 'pip install anisoap-md[torch]'" in result["reason"]


def test_the_error_of_single_precision_is_reported(tmp_path):
    case = replace(cases_of(study())[0], precision="float32")
    assert 1e-9 < measured(study(), tmp_path, case)["check"]["error"] < 1e-4


@pytest.mark.parametrize("quantity", ["power_spectrum", "coefficients"])
@pytest.mark.parametrize("batch", [None, 2])
def test_batches_and_quantities(tmp_path, quantity, batch):
    case = replace(cases_of(study())[0], quantity=quantity, batch=batch)
    assert measured(study(), tmp_path, case)["check"]["error"] < 1e-10


def test_a_backends_own_clock_counts(tmp_path, monkeypatch):
    prepare = type(get("cpp")).prepare

    def clocked(self, frames, options):
        right = prepare(self, frames, options)

        def run(prepared):
            prepared.own_seconds, prepared.conversion_seconds = 7.0, 0.5
            return right()

        return Prepared(run)

    monkeypatch.setattr(type(get("cpp")), "prepare", clocked)
    result = measured(study(), tmp_path)
    assert (
        result["times"] == [7.0] * len(result["times"])
        and result["cpu_times"] == []
        and result["conversion_seconds"] == 0.5
    )


def test_an_interrupted_run_goes_on(tmp_path, monkeypatch):
    path, given = tmp_path / "out.json", study(backends=("cpp", "numpy"))
    count, real = [], runner._in_a_process

    def interrupted(*words):
        if len(count) == 1:
            raise KeyboardInterrupt
        count.append(words)
        return real(*words)

    monkeypatch.setattr(runner, "_in_a_process", interrupted)
    with pytest.raises(KeyboardInterrupt):
        runner.run(given, path)
    first = checkpoint.read(path)
    assert not first["complete"] and len(first["results"]) == 1
    monkeypatch.setattr(runner, "_in_a_process", lambda *words: count.append(words) or real(*words))
    whole = runner.run(given, path)
    assert whole["complete"] and len(whole["results"]) == len(cases_of(given)) == len(count)
    key = next(iter(first["results"]))
    assert whole["results"][key] == first["results"][key]


def test_rounds_take_turns_and_go_on(tmp_path, monkeypatch):
    """Repetitions of a case count together; what was absent is asked once a run, what was interrupted is not lost."""
    path, given = tmp_path / "out.json", study(backends=("cpp:x86_64_v2", "featomic", "numpy"), rounds=3)
    seen: list[str] = []
    stop = 4

    def result(_, case, __):
        if len(seen) == stop:
            raise KeyboardInterrupt
        seen.append(case.backend)
        if case.backend == "featomic":
            return {"status": "absent", "reason": "none"}
        n = float(len(seen))
        times = {"times": [n], "cpu_times": [n], "conversion_seconds": n, "peak_bytes": 10 - n}
        return {"status": "done", **times}

    monkeypatch.setattr(runner, "_in_a_process", result)
    with pytest.raises(KeyboardInterrupt):
        runner.run(given, path)
    assert seen == ["cpp", "featomic", "numpy", "cpp"]
    stop = 99
    document = runner.run(given, path)
    assert seen[4:] == ["featomic", "numpy", "cpp", "numpy"]
    cpp, absent, numpy = document["results"].values()
    assert (cpp["rounds"], cpp["times"], numpy["times"]) == (3, [1, 4, 7], [3, 6, 8])
    assert (cpp["conversion_seconds"], cpp["peak_bytes"]) == (4, 9)
    assert absent["status"] == "absent" and document["complete"]
    runner.run(given, path)
    assert seen[8:] == ["featomic"]


@pytest.mark.parametrize("status", ["absent", "quoted"])
def test_times_of_earlier_rounds_stay_where_a_later_one_is_not_measured(tmp_path, monkeypatch, status):
    """And the next run asks again."""
    calls, path = [], tmp_path / "out.json"

    def result(*_):
        calls.append(1)
        n = float(len(calls))
        times = {"times": [n], "cpu_times": [], "conversion_seconds": 0.0, "peak_bytes": 1}
        return {"status": status, "reason": "gone"} if len(calls) == 2 else {"status": "done", **times}

    monkeypatch.setattr(runner, "_in_a_process", result)
    given = study(backends=("cpp:x86_64_v2",), rounds=3)
    (found,) = runner.run(given, path)["results"].values()
    assert (found["status"], found["rounds"], found["times"]) == ("done", 2, [1, 3])
    (found,) = runner.run(given, path)["results"].values()
    assert (found["rounds"], found["times"]) == (3, [1, 3, 4])


def test_a_case_that_fails_in_a_later_round_fails(tmp_path, monkeypatch):
    calls = []

    def result(*_):
        calls.append(1)
        times = {"times": [1.0], "cpu_times": [], "conversion_seconds": 0.0, "peak_bytes": 1}
        return {"status": "done", **times} if len(calls) == 1 else {"status": "failed", "reason": "no luck"}

    monkeypatch.setattr(runner, "_in_a_process", result)
    given = study(backends=("cpp:x86_64_v2",), rounds=3)
    (found,) = runner.run(given, tmp_path / "out.json")["results"].values()
    assert (found["status"], found["reason"], len(calls)) == ("failed", "no luck", 2)


@pytest.mark.parametrize(
    "system, cutoff",
    [
        (System("one_species", 1, particles=300), 5.0),
        (System("one_species", 1, particles=30), 6.0),
        (System("benzenes", 1), 7.0),
    ],
)
def test_pairs_are_counted(system, cutoff):
    """In cells larger than two cutoffs and in smaller ones, as the oracle counts them; particles outside the cell count alike."""
    (atoms,) = make(system)
    plain = numpy_oracle.as_dict(atoms)
    hypers = {"cutoff_radius": cutoff}
    counted = sum(1 for i in range(len(atoms)) for _ in numpy_oracle.neighbours(plain, i, hypers))
    assert count_pairs(atoms, cutoff) == counted
    atoms.positions[::3] -= 2 * atoms.cell.array.sum(axis=0)
    assert count_pairs(atoms, cutoff) == counted
    atoms.pbc = False
    alone = sum((np.linalg.norm(atoms.positions - x, axis=1) < cutoff).sum() for x in atoms.positions)
    assert count_pairs(atoms, cutoff) == alone


def test_files_that_are_not_gone_on_with(document, tmp_path):
    path = tmp_path / "out.json"
    text = json.dumps(document)
    given = study(backends=("cpp", "numpy"))
    changes = {
        "truncated file": text[: len(text) // 2],
        "another document": "[]",
        "version of the results, got 99": json.dumps({**document, "version": 99}),
        "no 'results'": json.dumps({k: v for k, v in document.items() if k != "results"}),
        "results of other settings": text,
        "results of 'abacus'": json.dumps(
            {**document, "fingerprint": given.fingerprint, "machine": {"processor": "abacus"}}
        ),
    }
    for error, content in changes.items():
        path.write_text(content)
        with pytest.raises(ArgumentError, match=error):
            runner.run(given, path)
        assert path.read_text() == content


def test_inputs_that_changed_are_refused(tmp_path):
    path, given = tmp_path / "out.json", study()
    document = runner.run(given, path)
    for system in document["systems"].values():
        system["checksum"] = "0" * 64
    checkpoint.write(path, {**document, "results": {}})
    with pytest.raises(
        ArgumentError, match="inputs of system 'ellipsoids', got the checksum .*; expected 0000"
    ):
        runner.run(given, path)


def test_a_gpu_preset_without_a_gpu(tmp_path, monkeypatch):
    monkeypatch.setattr(runner, "_has_device", lambda name: False)
    with pytest.raises(ArgumentError, match="device, got no 'cuda' here"):
        runner.run(study(device="cuda"), tmp_path / "out.json")


def test_a_process_that_dies_is_a_result(tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    (tmp_path / "anisoap_md").mkdir()
    (tmp_path / "anisoap_md" / "__init__.py").write_text("raise SystemExit('no luck')")
    result = runner._in_a_process(study(), cases_of(study())[0], Inputs(tmp_path, 2))
    assert result == {"status": "failed", "reason": "its process ended with 1: no luck"}


def test_frames_that_cannot_be_read_leave_what_is_done(tmp_path):
    (tmp_path / "bad.xyz").write_text("2\nno columns\nC 0 0\n")
    bad = System("bad", file=str(tmp_path / "bad.xyz"))
    with pytest.raises((ArgumentError, OSError), match="bad.xyz"):
        runner.run(study(systems=(ELLIPSOIDS, bad), backends=("cpp:x86_64_v2",)), tmp_path / "out.json")
    (result,) = checkpoint.read(tmp_path / "out.json")["results"].values()
    assert result["status"] == "done"


def test_an_old_scipy_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(numpy_oracle.scipy, "__version__", "1.10.1")
    with pytest.raises(RuntimeError, match="scipy 1.10.1; it needs 1.15; expected 'pip install anisoap-md"):
        runner.run(study(), tmp_path / "out.json")


def test_the_revision_is_that_of_the_clone_or_of_the_build(tmp_path):
    """In a clone its own, '+' for changes; elsewhere what the build wrote, also inside a clone of something else."""
    package = tmp_path / "anisoap_md"
    package.mkdir()
    (package / "__init__.py").write_text("")

    def git(*words):
        of_someone = ["-c", "user.name=a", "-c", "user.email=a@b"]
        done = subprocess.run(
            ["git", *of_someone, *words], cwd=package, capture_output=True, text=True, check=True
        )
        return done.stdout.strip()

    assert machine.revision(package) == "unknown"
    (package / "revision.txt").write_text("0123+\n")
    assert machine.revision(package) == "0123+"
    git("init", "-q")
    git("add", "revision.txt")
    git("commit", "-q", "-m", "of something else")
    assert machine.revision(package) == "0123+"
    git("add", "__init__.py")
    git("commit", "-q", "-m", "of the package")
    assert machine.revision(package) == git("rev-parse", "HEAD")
    (package / "__init__.py").write_text("changed")
    assert machine.revision(package) == git("rev-parse", "HEAD") + "+"


def test_what_the_build_writes_is_the_revision_at_its_installation(tmp_path):
    """Commits come between a configuration and an installation."""
    cmake = shutil.which("cmake", path=os.pathsep.join([get_path("scripts"), os.environ["PATH"]]))
    if cmake is None:
        skip("no cmake")
    source, build, target = (tmp_path / name for name in ("source", "build", "target"))
    source.mkdir()
    (source / "CMakeLists.txt").write_text(
        f"cmake_minimum_required(VERSION 3.20)\nproject(x NONE)\ninclude({ROOT / 'cmake/AnisoapRevision.cmake'})\n"
        "anisoap_install_revision(package python)\n"
    )

    def run(*words):
        done = subprocess.run(words, cwd=source, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout.strip()

    def installed():
        run(cmake, "--install", build, "--component", "python", "--prefix", target)
        return (target / "package/revision.txt").read_text()

    run(cmake, "-S", source, "-B", build)
    assert installed() == "unknown\n"
    git = ("git", "-c", "user.name=a", "-c", "user.email=a@b")
    run(*git, "init", "-q")
    run(*git, "add", "CMakeLists.txt")
    run(*git, "commit", "-q", "-m", "first")
    assert installed() == run(*git, "rev-parse", "HEAD") + "\n"
    lists = source / "CMakeLists.txt"
    lists.write_text(lists.read_text() + "# changed\n")
    assert installed() == run(*git, "rev-parse", "HEAD") + "+\n"
