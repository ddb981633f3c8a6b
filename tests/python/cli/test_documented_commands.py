# SPDX-License-Identifier: MIT
"""The blocks of docs/potentials.md run as printed, beside the example's data."""

import re
import shlex
import shutil
from pathlib import Path

from anisoap_md import cli
from ruamel.yaml import YAML

REPOSITORY = Path(__file__).parents[3]
TEXT = (REPOSITORY / "docs" / "potentials.md").read_text(encoding="utf-8")


def block(language: str, heading: str) -> str:
    section = TEXT.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    return re.search(rf"```{language}\n(.*?)```", section, re.S)[1]


def test_the_blocks_run_as_printed(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    shutil.copy(REPOSITORY / "examples" / "data" / "liquid.xyz", tmp_path)
    (tmp_path / "train.yaml").write_text(block("yaml", "Weights, isolated particles, long trainings"))
    assert cli.main(["train", "--config", "train.yaml", "--quiet"]) == 0
    assert (
        cli.main(["train", "--config", "train.yaml", "-o", "other.json", "--ridge", "1e-3", "--quiet"]) == 0
    )
    for line in block("sh", "Finished models").splitlines():
        words = shlex.split(line, comments=True)
        assert words[0] == "anisoap-md" and cli.main(words[1:]) == 0, line
    printed = capsys.readouterr().out
    assert "n_weights 48" in printed and re.search(r"^all +16 +torques", printed, re.M)
    assert (tmp_path / "errors.png").exists() and (tmp_path / "errors.csv").exists()
    document = YAML(typ="safe").load((tmp_path / "train.yaml").read_text())
    assert document["two-body"]["kind"] == "polynomial"
