# SPDX-License-Identifier: MIT
"""The documentation site: ``make docs``. Pages are the Markdown files of this folder; README files of others are included."""

import re
from pathlib import Path

from docutils import nodes

ROOT = Path(__file__).resolve().parents[1]

project = "anisoap-md"
author = "The anisoap-md developers"
release = re.search(r"VERSION\s+([0-9.]+)", (ROOT / "CMakeLists.txt").read_text())[1]
version = release

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx.ext.mathjax", "sphinx_copybutton"]
exclude_patterns = ["_build"]
html_theme = "furo"
html_title = f"anisoap-md {release}"

myst_enable_extensions = ["dollarmath", "deflist"]
myst_heading_anchors = 3
copybutton_exclude = ".linenos, .gp, .go"

autodoc_member_order = "bysource"
autodoc_typehints = "none"  # docstrings give types and shapes
autodoc_class_signature = "mixed"
napoleon_google_docstring = False
napoleon_use_rtype = False

# Documents that stand outside this folder and have a page here, and folders of the repository without one.
PAGES = {"lammps-plugin/README.md": "lammps/index"}


def link_into_repository(app, env, node, contnode):
    """A link to a file of the repository: its page here, or its path as text. None, which warns, if nothing is there."""
    target = node.get("reftarget", "").split("#")[0]
    if node.get("reftype") != "myst" or not target:
        return None
    path = (Path(env.doc2path(node["refdoc"])).parent / target).resolve()
    for base in (path, (ROOT / "docs" / target).resolve(), (ROOT / "lammps-plugin" / target).resolve()):
        if base.exists() and ROOT in base.parents:
            return as_page_or_text(app, base.relative_to(ROOT).as_posix(), node["refdoc"], contnode)
    return None


def as_page_or_text(app, name, source, contnode):
    if name in PAGES:
        return nodes.reference("", "", contnode, internal=True, refuri=app.builder.get_relative_uri(source, PAGES[name]))
    return nodes.literal(name, name)


def setup(app):
    app.connect("missing-reference", link_into_repository)
