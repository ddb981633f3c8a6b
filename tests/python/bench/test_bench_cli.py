# SPDX-License-Identifier: MIT
"""The command anisoap-md bench: from a study to figures, and its errors."""

import json

import pytest
from anisoap_md import cli
from anisoap_md.backends import numpy_oracle
from anisoap_md.bench import runner

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
def config(tmp_path):
    (tmp_path / "study.yaml").write_text(STUDY)
    return tmp_path / "study.yaml"


def test_from_a_study_to_figures(config, tmp_path, capsys):
    out, table = tmp_path / "out.json", tmp_path / "table.csv"
    assert run("--config", config, "--backends", "numpy,cpp:x86_64_v2", "--out", out) == 0
    captured = capsys.readouterr()
    assert "| cpp:x86_64_v2 |" in captured.out and captured.out.endswith(f"{out}: 2 done\n")
    assert "cases" in captured.err
    before = out.read_text()
    assert run("--config", config, "--backends", "numpy,cpp:x86_64_v2", "--out", out, "--quiet") == 0
    assert json.loads(out.read_text()) == json.loads(before)
    assert run("aggregate", out, "-o", table, "-o", tmp_path / "table.md") == 0
    assert run("plot", table, "--figdir", tmp_path / "figures", "--figures", "wall_time") == 0
    assert (tmp_path / "figures" / "wall_time.svg").is_file()
    capsys.readouterr()
    assert run("compare", out, out) == 0
    assert "   1.00  ellipsoids, cpp:x86_64_v2" in capsys.readouterr().out


def test_a_slowdown_is_an_error(config, tmp_path, capsys):
    out, slow = tmp_path / "out.json", tmp_path / "slow.json"
    assert run("--config", config, "--backends", "numpy,cpp:x86_64_v2", "--out", out, "--quiet") == 0
    document = json.loads(out.read_text())
    for result in document["results"].values():
        if result["case"]["backend"] == "cpp":
            result["cpu_times"] = [2 * t for t in result["cpu_times"]]
    slow.write_text(json.dumps(document))
    capsys.readouterr()
    assert run("compare", out, slow, "--threshold", 2.1) == 0
    assert run("compare", out, slow) == 1
    assert "1 of 1 cases, got 2.00 times the old time beside numpy" in capsys.readouterr().err


def test_a_case_that_fails_is_told_and_the_others_kept(config, tmp_path, capsys, monkeypatch):
    real = runner._in_a_process

    def failing(study, case, inputs):
        if case.backend == "numpy":
            return {"status": "failed", "reason": "out of luck"}
        return real(study, case, inputs)

    monkeypatch.setattr(runner, "_in_a_process", failing)
    out = tmp_path / "out.json"
    assert run("--config", config, "--backends", "numpy,cpp:x86_64_v2", "--out", out, "--quiet") == 1
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
        (["--out", "none/x.json"], "none/x.json' in a folder that does not exist"),
        (["aggregate", "none.json", "-o", "t.csv"], "none.json"),
        (["plot", "none.csv"], "none.csv"),
        (["compare", "none.json", "none.json"], "none.json"),
        (
            ["compare", "a.json", "b.json", "--threshold", "0"],
            "--threshold, got 0.0; expected a number above 0",
        ),
        (["profile", "--backend", "featomik"], "did you mean 'featomic'?"),
    ],
)
def test_bad_input(words, error, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert run("--quiet", *words) == 1
    captured = capsys.readouterr().err
    assert error in captured and captured.startswith("anisoap-md: error: ")
    assert not (tmp_path / "bench.json").exists()


def test_a_study_without_the_extra(monkeypatch, capsys):
    monkeypatch.setattr("anisoap_md.common.packages.find_spec", lambda name: None)
    assert run("--preset", "tiny") == 1
    assert (
        "a study, got no package 'ruamel.yaml'; expected 'pip install anisoap-md[bench]'"
        in capsys.readouterr().err
    )
