# SPDX-License-Identifier: MIT
"""The command anisoap-md bench: from a study to figures, and its errors."""

import json

import pytest
from anisoap_md import cli
from anisoap_md.backends import numpy_oracle
from anisoap_md.bench import checkpoint, profiling, runner, studies
from anisoap_md.bench.cases import Case, cases_of
from anisoap_md.bench.studies import Study
from anisoap_md.bench.systems import System

pytestmark = pytest.mark.skipif(numpy_oracle.missing() is not None, reason=str(numpy_oracle.missing()))

STUDY = """
systems: {ellipsoids: {frames: 2}}
backends: [numpy, cpp]
repeat: 2
seconds: 1
check_centres: 2
"""


def run(*words) -> int:
    return cli.main(["bench", *map(str, words)])


@pytest.fixture
def config_file(tmp_path):
    (tmp_path / "study.yaml").write_text(STUDY)
    return tmp_path / "study.yaml"


def test_from_a_study_to_figures(config_file, tmp_path, capsys):
    out, table = tmp_path / "out.json", tmp_path / "table.csv"
    assert run("--config", config_file, "--backends", "numpy,cpp:x86_64_v2", "--out", out) == 0
    captured = capsys.readouterr()
    assert "| cpp:x86_64_v2 |" in captured.out and captured.out.endswith(f"{out}: 2 done\n")
    assert "cases" in captured.err
    before = out.read_text()
    assert run("--config", config_file, "--backends", "numpy,cpp:x86_64_v2", "--out", out, "--quiet") == 0
    assert json.loads(out.read_text()) == json.loads(before)
    assert run("aggregate", out, "-o", table, "-o", tmp_path / "table.md") == 0
    assert run("plot", table, "--figdir", tmp_path / "figures", "--figures", "wall_time") == 0
    assert (tmp_path / "figures" / "wall_time.svg").is_file()
    capsys.readouterr()
    assert run("compare", out, out) == 0
    assert "   1.00  ellipsoids, cpp:x86_64_v2" in capsys.readouterr().out


def test_a_slowdown_is_an_error(config_file, tmp_path, capsys):
    out, slow = tmp_path / "out.json", tmp_path / "slow.json"
    assert run("--config", config_file, "--backends", "numpy,cpp:x86_64_v2", "--out", out, "--quiet") == 0
    document = json.loads(out.read_text())
    for result in document["results"].values():
        if result["case"]["backend"] == "cpp":
            result["cpu_times"] = [2 * t for t in result["cpu_times"]]
    slow.write_text(json.dumps(document))
    capsys.readouterr()
    assert run("compare", out, slow, "--threshold", 2.1) == 0
    assert run("compare", out, slow) == 1
    assert "1 of 1 cases, got 2.00 times the old time beside numpy" in capsys.readouterr().err


def test_a_case_that_fails_is_told_and_the_others_kept(config_file, tmp_path, capsys, monkeypatch):
    real = runner._in_a_process

    def failing(study, case, inputs):
        if case.backend == "numpy":
            return {"status": "failed", "reason": "out of luck"}
        return real(study, case, inputs)

    monkeypatch.setattr(runner, "_in_a_process", failing)
    out = tmp_path / "out.json"
    assert run("--config", config_file, "--backends", "numpy,cpp:x86_64_v2", "--out", out, "--quiet") == 1
    captured = capsys.readouterr()
    assert "1 of 2 cases, got 'ellipsoids, numpy: out of luck'" in captured.err
    assert f"{out}: 1 done, 1 failed" in captured.out


def test_profile(tmp_path, capsys):
    assert run("profile", "--system", "ellipsoids", "--frames", 2, "--out", tmp_path / "p") == 0
    out = capsys.readouterr().out
    for tool in ("cProfile", "py-spy", "perf", "ncu", "gprof2dot"):
        assert f"\n{tool}: " in out
    lines = (tmp_path / "p" / "functions.csv").read_text().splitlines()
    assert lines[0] == "calls,self,cumulative,function"
    rows = [line.split(",", 3) for line in lines[1:]]
    assert [float(row[1]) for row in rows] == sorted((float(row[1]) for row in rows), reverse=True)
    (own,) = [row for row in rows if row[3].endswith(" _recursion")]
    assert int(own[0]) == 1 and 0 < float(own[1]) <= float(own[2])


def test_tools_that_are_not_there_are_named(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("anisoap_md.bench.profiling._tool", lambda name: None)
    assert run("profile", "--system", "ellipsoids", "--frames", 1, "--out", tmp_path / "p") == 0
    out = capsys.readouterr().out
    assert "py-spy: absent: no 'py-spy' (pip install py-spy)" in out
    assert "ncu: absent: no 'ncu'" in out


def stand_in(folder, name: str, text: str) -> str:
    """A tool of that name; the file behind its word -o is $OUT."""
    path = folder / name
    path.write_text(f'#!/bin/sh\nwords="$*"\nwhile [ "$1" != -o ]; do shift; done\nOUT="$2"\n{text}\n')
    path.chmod(0o755)
    return str(path)


def test_other_tools_look_at_a_process_that_repeats_the_case(tmp_path, monkeypatch, capsys):
    """Each by a stand-in that writes what it was given; perf finds no counters, ncu no device."""
    texts = {name: 'echo "$words" > "$OUT"' for name in ("py-spy", "ncu", "gprof2dot", "dot")}
    texts["perf"] = "echo one >&2; echo no counters >&2; exit 3"
    tools = {name: stand_in(tmp_path, name, text) for name, text in texts.items()}
    monkeypatch.setattr("anisoap_md.bench.profiling._tool", tools.get)
    out = tmp_path / "p"
    assert run("profile", "--system", "ellipsoids", "--frames", 1, "--out", out) == 0
    printed = capsys.readouterr().out
    flame = (out / "flame.svg").read_text()
    assert (
        flame.startswith("record --native") and f"-m anisoap_md.bench.profiling {out / 'case.json'}" in flame
    )
    assert (out / "calls.dot").read_text().startswith(f"-f pstats {out / 'profile.pstats'}")
    assert (out / "calls.svg").read_text().startswith(f"-Tsvg {out / 'calls.dot'}")
    for line in (
        f"py-spy: {out / 'flame.svg'}",
        f"gprof2dot: {out / 'calls.svg'}",
        "perf: failed: no counters",
        "ncu: not run: the case uses no device",
    ):
        assert f"{line}\n" in printed


def test_kernels_of_a_device_are_profiled(tmp_path, monkeypatch):
    ncu = stand_in(tmp_path, "ncu", 'echo "$words" > "$OUT"')
    monkeypatch.setattr("anisoap_md.bench.profiling._tool", {"ncu": ncu}.get)
    (case,) = cases_of(Study((System("benzenes"),), ("torch:cuda",)))
    assert profiling._other_tools(case, tmp_path)["ncu"] == str(tmp_path / "kernels")
    assert (tmp_path / "kernels").read_text().startswith("--set basic")
    assert Case.from_text((tmp_path / "case.json").read_text()) == case


def test_the_process_that_tools_look_at(tmp_path, monkeypatch):
    """It computes the case until the time is over."""
    calls = []
    (case,) = cases_of(Study((System("ellipsoids", 1),), ("numpy",)))
    (tmp_path / "case.json").write_text(case.to_json())
    monkeypatch.setattr(profiling, "_SECONDS", 0.2)
    monkeypatch.setattr(profiling, "run_of", lambda given: lambda: calls.append(given))
    profiling.main(tmp_path / "case.json")
    assert len(calls) > 1 and set(calls) == {case}


def test_a_preset_for_gpus_without_one_keeps_results(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(runner, "_has_device", lambda name: False)
    study = studies.changed(studies.preset("gpu"), backends=["numpy"])
    out = tmp_path / "out.json"
    document = runner._document(study, out, "")
    checkpoint.write(out, document)
    before = out.read_text()
    assert run("--preset", "gpu", "--backends", "numpy", "--out", out, "--quiet") == 1
    assert "device, got no 'cuda' here; expected a machine that has one" in capsys.readouterr().err
    assert out.read_text() == before


def test_a_truncated_file_is_told_and_left(config_file, tmp_path, capsys):
    out = tmp_path / "out.json"
    assert run("--config", config_file, "--backends", "cpp:x86_64_v2", "--out", out, "--quiet") == 0
    out.write_text(out.read_text()[:-300])
    before = out.read_text()
    capsys.readouterr()
    for words in (
        ["--config", config_file, "--backends", "cpp:x86_64_v2", "--out", out, "--quiet"],
        ["aggregate", out, "-o", tmp_path / "t.csv"],
        ["compare", out, out],
    ):
        assert run(*words) == 1
        error = capsys.readouterr().err
        assert f"file '{out}': results, got no JSON" in error and "as of a truncated file" in error
    assert out.read_text() == before and not (tmp_path / "t.csv").exists()


def test_frames_that_cannot_be_read_leave_the_results_so_far(config_file, tmp_path, capsys):
    (tmp_path / "bad.xyz").write_text("2\nno columns\nC 0 0\n")
    out = tmp_path / "out.json"
    words = ["--config", config_file, "--backends", "cpp:x86_64_v2", "--out", out, "--quiet"]
    assert run(*words, "--systems", f"ellipsoids,{tmp_path / 'bad.xyz'}") == 1
    assert "bad.xyz" in capsys.readouterr().err
    assert [r["status"] for r in json.loads(out.read_text())["results"].values()] == ["done"]


@pytest.mark.parametrize(
    "words, error",
    [
        (
            ["--preset", "tinny"],
            "--preset, got 'tinny'; expected one of tiny, cpu, gpu, did you mean 'tiny'?",
        ),
        (["--sweep", "threads,lmx"], "--sweep, got 'lmx'; expected one of species,"),
        (["--backends", "cp"], "backend, got 'cp'; expected one of"),
        (["--systems", "benzens"], "did you mean 'benzenes'?"),
        (["--systems", "none.xyz"], "none.xyz"),
        (["--preset", "tiny", "--config", "x.yaml"], "--config, got also --preset; expected one of them"),
        (["--config", "none.yaml"], "none.yaml"),
        (["--repeat", "0"], "--repeat, got 0; expected an integer from 1"),
        (["--rounds", "0"], "--rounds, got 0; expected an integer from 1"),
        (["--out", "none/x.json"], "none/x.json' in a folder that does not exist"),
        (["aggregate", "none.json", "-o", "t.csv"], "none.json"),
        (["plot", "none.csv"], "none.csv"),
        (["compare", "none.json", "none.json"], "none.json"),
        (
            ["compare", "a.json", "b.json", "--threshold", "0"],
            "--threshold, got 0.0; expected a number above 0",
        ),
        (["profile", "--backend", "featomik"], "did you mean 'featomic'?"),
        (["profile", "--backend", "lammps:pair/kk"], "backend 'lammps', got no LAMMPS with KOKKOS: "),
    ],
)
def test_bad_input(words, error, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ANISOAP_KOKKOS_LMP", raising=False)
    assert run("--quiet", *words) == 1
    captured = capsys.readouterr().err
    assert error in captured and captured.startswith("anisoap-md: error: ")
    assert not list(tmp_path.iterdir())


def test_a_backend_without_its_package(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("anisoap_md.common.packages.find_spec", lambda name: None)
    assert run("profile", "--backend", "featomic", "--frames", 1, "--out", tmp_path / "p") == 1
    text = "the backend featomic, got no package 'featomic'; expected 'pip install featomic'"
    assert capsys.readouterr().err == f"anisoap-md: error: {text}\n"


def test_a_study_without_the_extra(monkeypatch, capsys):
    monkeypatch.setattr("anisoap_md.common.packages.find_spec", lambda name: None)
    assert run("--preset", "tiny") == 1
    assert (
        "a study, got no package 'ruamel.yaml'; expected 'pip install anisoap-md[bench]'"
        in capsys.readouterr().err
    )
