# SPDX-License-Identifier: MIT
"""The documentation site: ``make docs``. Pages are the Markdown files of this folder; README files of others are included."""

import os
import re
from pathlib import Path

from anisoap_md.cli.main import COMMANDS, make_parser
from docutils import nodes
from sphinx.util.docutils import SphinxDirective

ROOT = Path(__file__).resolve().parents[1]

project = "anisoap-md"
author = "The anisoap-md developers"
os.environ["COLUMNS"] = "88"  # of the help of commands
release = re.search(r"project\(\s*anisoap\s+VERSION\s+([0-9.]+)", (ROOT / "CMakeLists.txt").read_text())[1]
version = release

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx-mathjax-offline",
    "sphinx_copybutton",
]
exclude_patterns = ["_build"]
highlight_language = "none"
html_theme = "furo"
html_title = f"anisoap-md {release}"

myst_enable_extensions = ["dollarmath", "deflist"]
myst_heading_anchors = 3
suppress_warnings = ["myst.header"]  # sections of included documents keep their level
copybutton_exclude = ".linenos, .gp, .go"

autodoc_member_order = "bysource"
autodoc_typehints = "none"  # docstrings give types and shapes
autodoc_class_signature = "mixed"
napoleon_google_docstring = False
napoleon_use_rtype = False

# Documents of other folders that have a page here; links to anything else outside become its path.
PAGES = {"lammps-plugin/README.md": "lammps/index.md"}
OUTWARD = re.compile(r"\[([^\]]*)\]\(\.\./([^)#]+)(#[^)]*)?\)")


def with_links_inside(app, docname, source):
    """Links of docs/*.md that leave the folder: to the page of the document, or its path as text."""
    if "/" not in docname:
        source[0] = OUTWARD.sub(page_or_path, source[0])


def page_or_path(match):
    text, target = match[1], match[2]
    if not (ROOT / target).exists():
        raise ValueError(f"a link to {target}, which is not there")
    return f"[{text}]({PAGES[target]})" if target in PAGES else f"`{target}`"


class CommandHelp(SphinxDirective):
    """What ``anisoap-md COMMAND --help`` prints, for each command."""

    def run(self):
        return [self.section(name) for name in COMMANDS]

    def section(self, name):
        parser, _ = make_parser(name)
        child = next(a.choices[name] for a in parser._actions if a.dest == "command")
        text = child.format_help()
        title = nodes.title(text=f"anisoap-md {name}")
        return nodes.section(
            "", title, nodes.literal_block(text, text, language="text"), ids=[name], names=[name]
        )


def setup(app):
    app.connect("source-read", with_links_inside)
    app.add_directive("command-help", CommandHelp)
