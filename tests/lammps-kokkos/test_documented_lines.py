# SPDX-License-Identifier: MIT
"""Command lines of docs/kokkos.md and lammps-plugin/README.md as printed, but for GPUs, which are the device of the tests, and on
a GPU for threads, which a Kokkos of CUDA has none of; and the package in a source tree of LAMMPS, configured."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from testing.lmp import frames, manual, models, processes
from testing.printed import ROOT, Block, Step, blocks, run, stand_ins

pytestmark = pytest.mark.kernels
DEVICES = os.environ.get("ANISOAP_KOKKOS_DEVICES", "t 1")
LINES = {
    "one node": ("docs/kokkos.md", "mpirun -np 4 lmp"),
    "ranks of a node": ("docs/kokkos.md", "mpiexec -np 4"),
    "plugin": ("lammps-plugin/README.md", "lmp -k on t 4"),
}


def text_of(page: str, words: str) -> str:
    (found,) = (b.text for b in blocks(ROOT / page) if words in b.text)
    return found


@pytest.mark.parametrize("name", LINES)
def test_lines_that_start_lammps(tmp_path, monkeypatch, name):
    replaced = "[gt]" if DEVICES.startswith("g") else "g"
    text = re.sub(rf"-k on {replaced} \d", f"-k on {DEVICES}", text_of(*LINES[name]))
    frame = frames.random_frame(5, n_side=6)
    frames.write_data(tmp_path / "box.data", frame)
    models.write(tmp_path, models.random_model())
    (tmp_path / "in.script").write_text(
        models.start(frame) + "pair_style anisoap\n" + models.COEFF + "run 1\n"
    )
    plugin = processes.plugin_of_environment()
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    settings = processes.environment(str(plugin.parent))
    for key in ("LAMMPS_PLUGIN_PATH", "LD_LIBRARY_PATH"):
        monkeypatch.setenv(key, settings[key])
    (tmp_path / "first").mkdir()
    first = stand_ins(tmp_path / "first", lmp=f'exec {os.environ["ANISOAP_LMP"]} "$@"')
    (printed,) = run([Step(Block("sh", text, 0))], tmp_path, first=first)
    assert printed.count("Loop time of") == len(text.strip().splitlines())
    if "-np 4" in text:
        assert "on 4 procs" in printed.replace("\n", " ")


def test_the_package_in_a_source_tree(tmp_path):
    """The tree of the LAMMPS that these tests run; its build is configured."""
    tree = Path(os.environ["ANISOAP_LMP"]).parents[2] / "sources" / "lammps"
    if not tree.is_dir():
        pytest.skip(f"no sources at {tree}: this LAMMPS is not of cmake/kokkos/lammps-kokkos.sh")
    shutil.copytree(tree, tmp_path / "lammps", symlinks=True)
    text = manual.block("install.sh LAMMPS_DIR").replace("LAMMPS_DIR", str(tmp_path / "lammps"))
    text = text.replace("-B build", f"-B {tmp_path / 'build'}")
    done = subprocess.run(["bash", "-e", "-c", text], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"Enabled packages:.*ML-ANISOAP", done.stdout)
    assert "Build files have been written" in done.stdout
