# SPDX-License-Identifier: MIT
"""The configurations in benchmarks/: each is a study, and beside them is no second harness."""

import re

import pytest
from anisoap_md.bench import studies
from anisoap_md.bench.backends import NAMES, get
from anisoap_md.bench.cases import Case, cases_of
from testing.helpers import ROOT

FOLDER = ROOT / "benchmarks"
CONFIGS = sorted(FOLDER.glob("*.yaml"))
PLACES = (ROOT, FOLDER, ROOT / "examples/04_active_learning")
OTHERS = {"FILE.yaml", "train.yaml", "ruamel.yaml"}  # which users write; a package


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_a_config_is_a_study(path):
    """Its cases are known to their backends, and differ."""
    cases = cases_of(studies.load(path))
    assert cases and len({case.key for case in cases}) == len(cases)
    for case in cases:
        assert get(case.backend).name == case.backend
        assert case.options([6]).l_max == case.l_max
        assert Case.from_text(case.to_json()) == case


def test_every_backend_is_in_a_preset_or_a_config():
    every = [*map(studies.preset, studies.PRESETS), *map(studies.load, CONFIGS)]
    used = {case.backend for study in every for case in cases_of(study)}
    assert used == set(NAMES) - {"numpy_oracle"}


def test_there_is_no_second_harness():
    assert not list(FOLDER.glob("*.py"))


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_documents_name_the_config(path):
    """Each with the command that runs it."""
    names = ("docs/bench.md", "docs/benchmarks.md", "docs/torch.md", "Makefile")
    assert any(f"bench --config benchmarks/{path.name}" in (ROOT / name).read_text() for name in names)


def test_a_yaml_that_documents_name_is_there():
    documents = [ROOT / "Makefile", *sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
    named = {
        (path.name, name)
        for path in documents
        if path.name != "CHANGELOG.md"
        for name in re.findall(r"[\w./-]*\w\.ya?ml\b", path.read_text())
    }
    assert {("bench.md", config.name) for config in CONFIGS} <= named
    missing = [(d, n) for d, n in sorted(named) if not any((place / n).exists() for place in PLACES)]
    assert not [(d, n) for d, n in missing if n not in OTHERS]
