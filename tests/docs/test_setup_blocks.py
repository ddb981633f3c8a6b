# SPDX-License-Identifier: MIT
"""Blocks that install, build or train for minutes, run as printed beside programs that stand in for what takes the time."""

import os
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path
from sysconfig import get_path

import pytest
from anisoap_md import Model
from testing.helpers import skip
from testing.printed import ROOT, Block, Step, blocks, run, stand_ins

SAY = 'echo "$(basename "$0") $*"'


def step(page: str, words: str, **changed: str) -> Step:
    """The block of a page that holds these words, with other words in place of some."""
    (found,) = (b for b in blocks(ROOT / page) if words in b.text)
    text = found.text
    for old, new in changed.items():
        assert old in text
        text = text.replace(old, new)
    return Step(Block("sh", text, found.line))


@pytest.fixture
def first(tmp_path):
    """Stand-ins; make tells what it would do, from the real Makefile, and cmake unrolls no degree, which takes the minutes."""
    (tmp_path / "first").mkdir()
    places = os.pathsep.join([get_path("scripts"), os.environ["PATH"]])
    real = {name: shutil.which(name, path=places) for name in ("make", "cmake")}
    if None in real.values():
        skip("no make or no cmake")
    return stand_ins(
        tmp_path / "first",
        make=f'exec {real["make"]} --dry-run "$@"',
        pip=SAY,
        **{"pre-commit": f"test -f .pre-commit-config.yaml && {SAY}"},
        cmake=f'[ "$1" != --preset ] || set -- "$@" -D ANISOAP_COMPILED_DEGREE=0\nexec {real["cmake"]} "$@"',
    )


@pytest.fixture
def readable_by_git(tmp_path, monkeypatch):
    """Git reads the repository, whoever owns it: what it starts for a clone sees files of settings alone, no -c."""
    if not (ROOT / ".git").exists():
        skip("no checkout of git")
    settings = tmp_path / "settings-of-git"
    settings.write_text("[safe]\n\tdirectory = *\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(settings))


def copied(folder: Path) -> Path:
    """A checkout: the tracked files, as they are now."""
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True)
    for name in listed.stdout.splitlines():
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    return folder


def test_the_two_commands_of_the_readme(first):
    (printed,) = run([step("README.md", "make demo")], ROOT, first=first)
    for words in ("examples/02_gay_berne_liquid/demo.py", "ctest --preset release", "-m pytest -n"):
        assert words in printed


@pytest.mark.usefixtures("readable_by_git")
def test_a_checkout_is_set_up(tmp_path, first):
    (printed,) = run([step("CONTRIBUTING.md", "make package", URL=str(ROOT))], tmp_path, first=first)
    assert "lammps-kokkos.sh cpu --mpi" in printed
    assert printed.splitlines()[-2:] == ["pip install pre-commit", "pre-commit install"]


USER = """cmake_minimum_required(VERSION 3.21)
project(user CXX)
find_package(anisoap REQUIRED)
add_executable(user user.cpp)
target_link_libraries(user anisoap::core)
"""
# Prints the norm and an overlap of the new basis, then a force of the new energy and the slope of its energies.
PROGRAM = """#include <anisoap/anisoap.hpp>
#include <cstdio>
using namespace anisoap;

PotentialResults moved(const Potential& potential, double x, double* forces) {
  const double positions[6] = {0, 0, 0, x, 0.7, 0.4}, quaternions[8] = {1, 0, 0, 0, 0.8, 0.6, 0, 0};
  const double sizes[6] = {2, 1, 1, 1, 1, 3}, cell[9] = {};
  const int species[2] = {};
  FrameView frame;
  frame.n = 2;
  frame.positions = positions;
  frame.quaternions = quaternions;
  for (int k = 0; k < 3; ++k) frame.diameters[k] = sizes + k;
  frame.diameter_stride = 3;
  frame.species = species;
  frame.cell = cell;
  FrameBatch batch = potential.make_batch(1);
  batch.add(frame);
  PotentialResults results;
  results.forces = forces;
  potential.compute(batch, results);
  return results;
}

int main() {
  Model model;
  model.hypers.radial_basis = radial_basis_from_name("tapered");
  model.hypers.max_angular = 2;
  model.hypers.cutoff_radius = 3.0;
  model.hypers.cutoff_function = CutoffFunction::Cosine;
  model.hypers.cutoff_width = 1.0;
  model.hypers.species = {"C"};
  LocalEnergy energy;
  energy.kind = LocalKind::Quadratic;
  energy.shift.assign(model.n_features(), 0.1);
  energy.scale.assign(model.n_features(), 2.0);
  energy.weights.assign(model.n_features(), 0.3);
  model.local = {energy};
  const Potential potential(Model::from_json(model.to_json()));
  double forces[6] = {}, others[6] = {};
  const double step = 1e-4;
  moved(potential, 1.2, forces);
  const double above = moved(potential, 1.2 + step, others).energy, below = moved(potential, 1.2 - step, others).energy;
  std::printf("%.17g %.17g ", radial_norm(model.hypers, 1), radial_overlap(model.hypers, 1, 3));
  std::printf("%.17g %.17g", forces[3], (below - above) / (2 * step));
}
"""


@pytest.mark.usefixtures("readable_by_git")
def test_the_library_alone_is_installed_with_a_new_basis_and_a_new_energy(tmp_path, first):
    """Those of docs/guide/extending.md, their files and their lines; a program finds the package and uses both."""
    checkout = copied(tmp_path / "checkout")
    page = "docs/guide/extending.md"
    detail = checkout / "core/include/anisoap/detail"
    (checkout / "core/src/basis/radial/tapered.hpp").write_text(step(page, "tapered_norm").block.text)
    (detail / "local/quadratic.hpp").write_text(step(page, "// offset + sum_k").block.text)
    parts = [step(page, "kMonomial, kTapered"), step(page, 'a {"quadratic"')]
    run([*parts, step("docs/guide/installation.md", "core-only")], checkout, timeout=600, first=first)
    user = tmp_path / "user"
    user.mkdir()
    (user / "CMakeLists.txt").write_text(USER)
    (user / "user.cpp").write_text(PROGRAM)
    build = (
        f"cmake -S . -B build -D CMAKE_PREFIX_PATH={checkout / 'DIR'} && cmake --build build && build/user"
    )
    (printed,) = run([Step(Block("sh", build, 0))], user, first=first)
    norm, overlap, force, expected = map(float, printed.splitlines()[-1].split())
    assert norm == pytest.approx(30**0.5 * 3**-2.5, rel=1e-14)
    assert overlap == pytest.approx(30**0.5 * 90**0.5 / 56, rel=1e-14)
    assert force == pytest.approx(expected, rel=1e-6) and abs(force) > 1e-3


def test_the_example_of_active_learning(tmp_path, first):
    """With fewer steps, as the tutorial has them."""
    if not all(map(find_spec, ("ruamel.yaml", "torch"))):
        skip("the extras 'active' and 'torch' are not installed")
    shutil.copytree(ROOT / "examples" / "04_active_learning", tmp_path, dirs_exist_ok=True)
    shortened = next(
        b for b in blocks(ROOT / "docs" / "tutorials" / "on-the-fly.md") if b.text.startswith("sed")
    )
    sed = Step(Block("sh", shortened.text.rpartition("anisoap-md")[0], 0))
    fewer = Step(
        Block("sh", "sed -i 's/index 4000/index 500/; s/every index 400/every index 50/' in.start", 0)
    )
    page = "examples/04_active_learning/README.md"
    *_, printed = run([sed, fewer, step(page, "active-learn config.yaml")], tmp_path, first=first)
    assert printed.startswith("pip install .[active,torch]\n")
    assert Model.load(tmp_path / "active" / "model.json").has_uncertainty
