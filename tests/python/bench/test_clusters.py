# SPDX-License-Identifier: MIT
"""environment.yml and the files for HTCondor, as far as they can be read without conda and without a pool."""

import os
import re
import subprocess

import pytest
from anisoap_md.bench import studies
from anisoap_md.bench.backends import NAMES
from anisoap_md.bench.cases import cases_of
from testing.helpers import ROOT

FOLDER = ROOT / "benchmarks" / "htcondor"
COMMANDS = {
    "executable",
    "arguments",
    "initialdir",
    "request_cpus",
    "request_memory",
    "request_disk",
    "getenv",
    "should_transfer_files",
    "on_exit_hold",
    "output",
    "error",
    "log",
}  # of condor_submit, https://htcondor.readthedocs.io/en/latest/man-pages/condor_submit.html


def submitted() -> tuple[dict[str, str], str, list[str]]:
    """Commands of the submit file, the variable of its queue and what the variable takes."""
    text = (FOLDER / "study.sub").read_text()
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    commands = dict(re.fullmatch(r"(\w+)\s*=\s*(.+)", line).groups() for line in lines[:-1])
    variable, words = re.fullmatch(r"queue (\w+) in \(([\w ]+)\)", lines[-1]).groups()
    return commands, variable, words.split()


def test_the_submit_file_is_one_of_condor():
    commands, variable, words = submitted()
    assert set(commands) == COMMANDS
    assert commands["request_cpus"] == "1"
    assert os.access(ROOT / commands["executable"], os.X_OK)
    for name in ("arguments", "output", "error"):
        assert re.findall(r"\$\((\w+)\)", commands[name]) == [variable]
    assert len(set(words)) == len(words)


def test_the_jobs_are_the_cases_of_the_preset():
    """Each job has a backend of its own, together they have all."""
    study = studies.preset("cpu")
    assert set(submitted()[2]) == set(study.backends) <= set(NAMES)
    of_jobs = [case for word in submitted()[2] for case in cases_of(studies.changed(study, backends=[word]))]
    assert {case.backend for case in of_jobs} == {case.backend for case in cases_of(study)}
    assert {case.sweep for case in of_jobs} == {case.sweep for case in cases_of(study)}


@pytest.mark.parametrize(
    "script, words, expected",
    [
        ("run.sh", ["cpp"], ["bench --preset cpu --backends cpp --out study-cpp.json --quiet"]),
        (
            "gather.sh",
            [],
            [
                "bench aggregate study-cpp.json study-numpy.json -o study.csv -o study.md",
                "bench plot study.csv --figdir figures",
            ],
        ),
    ],
)
def test_what_scripts_call(tmp_path, script, words, expected):
    """With a command of that name that writes down its words."""
    tool = tmp_path / "bin" / "anisoap-md"
    tool.parent.mkdir()
    tool.write_text('#!/bin/sh\necho "$@" >> calls\n')
    tool.chmod(0o755)
    for name in ("cpp", "numpy"):
        (tmp_path / f"study-{name}.json").touch()
    path = f"{tool.parent}{os.pathsep}{os.environ['PATH']}"
    command = ["sh", FOLDER / script, *words]
    subprocess.run(command, cwd=tmp_path, env={**os.environ, "PATH": path}, check=True, timeout=60)
    assert (tmp_path / "calls").read_text().splitlines() == expected


def test_the_environment_of_conda():
    """Its interpreter is one that the package takes, and what pip installs are extras of the package."""
    yaml = pytest.importorskip("ruamel.yaml")
    content = yaml.YAML(typ="safe").load(ROOT / "environment.yml")
    assert set(content) == {"name", "channels", "dependencies"}
    plain = [word for word in content["dependencies"] if isinstance(word, str)]
    (of_pip,) = [word["pip"] for word in content["dependencies"] if isinstance(word, dict)]
    project = (ROOT / "pyproject.toml").read_text()
    needed = re.search(r'requires-python = "([^"]+)"', project)[1]
    assert f"python {needed}" in plain and "pip" in plain and "cxx-compiler" in plain
    (extras,) = re.fullmatch(r"\.\[([\w,]+)\]", of_pip[0]).groups()
    for extra in extras.split(","):
        assert re.search(rf"^{extra} = \[", project, re.MULTILINE)
