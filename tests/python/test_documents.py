# SPDX-License-Identifier: MIT
"""Relative links of the documents lead somewhere."""

import re
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted(
    p
    for pattern in ("*.md", "docs/*.md", "lammps-plugin/*.md", "tests/*/*.md", "examples/*/*.md")
    for p in REPOSITORY.glob(pattern)
)


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda p: str(p.relative_to(REPOSITORY)))
def test_relative_links_exist(path):
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", path.read_text())
    missing = [link for link in links if not (path.parent / link).exists()]
    assert not missing


def test_documents_are_found():
    assert {"README.md", "ARCHITECTURE.md", "CHANGELOG.md"} <= {p.name for p in DOCUMENTS}
