# SPDX-License-Identifier: MIT
"""Pages of the site: every document, style and public name has a place. That the site builds is `make docs`."""

import re
from pathlib import Path

import anisoap_md
import pytest
from testing.printed import ROOT

DOCS = ROOT / "docs"
PAGES = [p for p in DOCS.rglob("*.md") if p.name != "index.md" or p.parent != DOCS]
INDEX = (DOCS / "index.md").read_text()
STYLE_SECTIONS = ("Syntax", "Examples", "Description", "Output", "Restrictions", "Related", "Default")


def test_every_page_is_listed():
    listed = re.findall(r"^([\w/-]+)$", INDEX, flags=re.M)
    in_rooms = {p.relative_to(DOCS).with_suffix("").as_posix() for p in PAGES if p.parent != DOCS}
    assert in_rooms == set(listed)
    assert re.search(r":glob:\n\n\*\n", INDEX)  # the documents of the folder itself


LINKED = [
    *DOCS.rglob("*.md"),
    *ROOT.glob("*.md"),
    *ROOT.glob("examples/*/*.md"),
    ROOT / "lammps-plugin" / "README.md",
]


def anchors(page: Path) -> set[str]:
    """Of the headings, as GitHub and the site make them."""
    headings = re.findall(r"^#+ (.*)$", page.read_text(), flags=re.M)
    return {re.sub(r"[^\w -]", "", text.lower()).replace(" ", "-") for text in headings}


@pytest.mark.parametrize("page", LINKED, ids=lambda p: str(p.relative_to(ROOT)))
def test_links_exist(page):
    """Of the repository: files, and headings of pages. Addresses of others are not asked for."""
    for link, anchor in re.findall(r"\]\((?!https?:)([^)#\s]*)#?([^)]*)\)", page.read_text()):
        target = page.parent / link if link else page
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), f"{link}#{anchor}"


@pytest.mark.parametrize("style", ["compute anisoap", "pair_style anisoap", "Under the package KOKKOS"])
def test_styles_have_the_sections_of_lammps_pages(style):
    text = (ROOT / "lammps-plugin" / "README.md").read_text()
    section = re.split(r"^## ", text, flags=re.M)
    (own,) = (part for part in section if part.startswith(style + "\n"))
    assert tuple(re.findall(r"^### (.*)$", own, flags=re.M)) == STYLE_SECTIONS


@pytest.mark.parametrize("module, page", [(anisoap_md, "python")])
def test_public_names_are_documented(module, page):
    text = (DOCS / "api" / f"{page}.md").read_text()
    named = set(re.findall(rf"auto\w+:: {module.__name__}\.(\w+)", text))
    assert named == {name for name in module.__all__ if not name.startswith("__")}


def test_public_headers_are_documented():
    listed = re.findall(
        r'#include "anisoap/(\w+\.hpp)"', (ROOT / "core/include/anisoap/anisoap.hpp").read_text()
    )
    text = (DOCS / "api" / "cpp.md").read_text()
    assert not [name for name in listed if name != "version.hpp" and f"anisoap/{name}" not in text]


def test_a_page_includes_what_is_there():
    """Marks between which a page includes a document."""
    for page in PAGES:
        for name, body in re.findall(
            r"```\{(?:literal)?include\} (\S+)\n(.*?)```", page.read_text(), flags=re.S
        ):
            text = (page.parent / name).read_text()
            for mark in re.findall(r'^:(?:start|end)-\w+: "?(.*?)"?$', body, flags=re.M):
                assert mark in text, f"{page.relative_to(ROOT)}: {mark}"
