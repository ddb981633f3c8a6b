# SPDX-License-Identifier: MIT
"""The blocks of docs/bench.md run as printed."""

import csv
import json
from importlib.util import find_spec

import pytest
from anisoap_md import cli, read_frames
from anisoap_md.backends import numpy_oracle
from testing.helpers import skip
from testing.lammps_files import write_dump
from testing.printed import ROOT, Step, blocks, run

PAGE = ROOT / "docs" / "bench.md"


@pytest.fixture(autouse=True)
def packages():
    if numpy_oracle.missing() is not None or not all(map(find_spec, ("torch", "matplotlib", "ruamel.yaml"))):
        skip("the extras 'bench' and 'torch' are not installed")


def block(language: str):
    (found,) = (b for b in blocks(PAGE) if b.language == language)
    return found


def test_the_commands_run_as_printed(tmp_path):
    run([Step(block("sh"))], tmp_path, timeout=600)
    with open(tmp_path / "tiny.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {"numpy", "cpp"} <= {row["backend"].split(":")[0] for row in rows}
    for suffix in ("svg", "pdf", "png"):
        assert (tmp_path / "figures" / f"wall_time.{suffix}").stat().st_size > 1000


def test_the_study_runs_as_printed(tmp_path, monkeypatch):
    """With one repetition."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "study.yaml").write_text(block("yaml").text)
    write_dump(tmp_path / "run.dump", read_frames(ROOT / "examples" / "data" / "liquid.xyz"))
    words = ["--config", "study.yaml", "--repeat", "1", "--out", "study.json", "--quiet"]
    status = cli.main(["bench", *words])
    results = json.loads((tmp_path / "study.json").read_text())["results"].values()
    assert status == 0, [r for r in results if r["status"] == "failed"]
    assert {r["status"] for r in results} <= {"done", "absent"}
    swept = {r["case"]["sweep"] for r in results if r["status"] == "done"}
    assert {"lmax", "size"} <= swept
