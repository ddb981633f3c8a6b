# SPDX-License-Identifier: MIT
"""What `make wheel` put into the folder ANISOAP_DIST: contents of the wheel and the sdist, and the wheel at work in an empty
environment without a compiler. Not part of `make test`; `make test-wheel` runs it."""

import re
import shutil
import subprocess
import tarfile
import venv
import zipfile
from email.parser import Parser
from io import BytesIO
from pathlib import Path

import pytest
from elftools.elf.elffile import ELFFile
from testing.newcomer import built

ROOT = Path(__file__).parents[2]
TOOLS = ("bash", "env", "sh", "dirname", "readlink", "uname")  # what scripts of a bare system call


@pytest.fixture(scope="module")
def wheel():
    with zipfile.ZipFile(built("anisoap_md-*.whl")) as archive:
        yield archive


@pytest.fixture(scope="module")
def names(wheel):
    return wheel.namelist()


def libraries(wheel: zipfile.ZipFile, pattern: str) -> tuple[set[str], set[str]]:
    """Needed libraries and undefined symbols of one shared object of the wheel."""
    (name,) = (n for n in wheel.namelist() if re.search(pattern, n))
    elf = ELFFile(BytesIO(wheel.read(name)))
    needed = {tag.needed for tag in elf.get_section_by_name(".dynamic").iter_tags("DT_NEEDED")}
    symbols = elf.get_section_by_name(".dynsym").iter_symbols()
    return needed, {s.name for s in symbols if s["st_shndx"] == "SHN_UNDEF"}


def test_tag_is_that_of_manylinux():
    assert re.search(r"-cp3\d+-cp3\d+-manylinux_2_\d+_x86_64(\.manylinux\w+)*\.whl$", built("*.whl").name)


def test_wheel_has_the_package_alone(names):
    tops = {name.split("/")[0] for name in names}
    assert {re.sub(r"-\d[\d.]*\d", "", top) for top in tops} <= {
        "anisoap_md",
        "anisoap_md.dist-info",
        "anisoap_md.libs",
    }
    python = {p.relative_to(ROOT / "ase-calculator").as_posix() for p in sources("*.py")}
    assert python == {name for name in names if name.endswith(".py")}
    for name in ("anisoap_md/py.typed", "anisoap_md/_core.pyi", "anisoap_md/lammps/built-for.txt"):
        assert name in names
    assert not [name for name in names if re.search(r"\.(cpp|hpp|h|cu|o|a|pyc)$", name)]


def test_wheel_knows_the_revision_of_its_clone(wheel):
    head = subprocess.run(["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert wheel.read("anisoap_md/revision.txt").decode().strip().removesuffix("+") == head.stdout.strip()


def sources(pattern: str) -> list[Path]:
    return list((ROOT / "ase-calculator" / "anisoap_md").rglob(pattern))


def test_plugin_leaves_lammps_and_mpi_to_the_lmp_that_runs(wheel):
    needed, undefined = libraries(wheel, r"anisoapplugin\.so$")
    assert not [name for name in needed if re.search(r"lammps|mpi", name)]
    assert any(name.startswith("_ZN9LAMMPS_NS") for name in undefined)
    assert any(name.startswith("MPI_") for name in undefined)


def test_nothing_of_others_is_inside(wheel, names):
    """But the runtime of OpenMP, which a bare system may lack."""
    inside = [Path(name).name for name in names if ".libs/" in name and not name.endswith("/")]
    assert all(name.startswith("libgomp") for name in inside)
    assert sum(info.compress_size for info in wheel.infolist()) < 30e6


def test_metadata(wheel, names):
    def text(end: str) -> str:
        return wheel.read(next(n for n in names if n.endswith(end))).decode()

    metadata = Parser().parsestr(text(".dist-info/METADATA"))
    assert metadata["Name"] == "anisoap-md"
    assert any(re.match(r"lammps\[mpi\]==", r) for r in metadata.get_all("Requires-Dist"))
    entries = text("entry_points.txt")
    assert "anisoap_md.lammps.plugin:startup_folder" in entries and "anisoap_md.cli:main" in entries
    assert len([n for n in names if n.endswith("LICENSE")]) == 2


def test_sdist_holds_what_a_build_needs():
    with tarfile.open(built("anisoap_md-*.tar.gz")) as archive:
        held = {name.split("/", 1)[1] for name in archive.getnames() if "/" in name}
    listed = subprocess.run(
        [
            "git",
            "ls-files",
            "core",
            "cmake",
            "lammps-plugin",
            "ase-calculator",
            "*.toml",
            "LICENSE",
            "README.md",
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert not set(listed.stdout.split()) - held
    assert not [name for name in held if re.search(r"^(docs|benchmarks|build|\.ci|\.github)|\.so$", name)]


@pytest.fixture(scope="module")
def environment(tmp_path_factory):
    """Variables of an environment with the wheel and what it requires, in which no compiler is found."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder / "env", with_pip=True)
    (folder / "tools").mkdir()
    for name in TOOLS:
        (folder / "tools" / name).symlink_to(shutil.which(name))
    variables = {"PATH": f"{folder / 'env' / 'bin'}:{folder / 'tools'}", "HOME": str(folder)}
    assert not any(
        shutil.which(name, path=variables["PATH"]) for name in ("cc", "c++", "gcc", "g++", "clang", "cmake")
    )
    python = folder / "env" / "bin" / "python"
    subprocess.run([python, "-m", "pip", "install", "--quiet", built("*.whl")], check=True, env=variables)
    return variables


def run(command: str, folder: Path, variables: dict[str, str]) -> str:
    words = ["bash", "-eo", "pipefail", "-c", command]
    done = subprocess.run(words, cwd=folder, env=variables, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("work")
    shutil.copy(ROOT / "examples" / "data" / "liquid.xyz", folder)
    return folder


def test_wheel_describes(environment, folder):
    basis = "--max-angular 4 --cutoff-radius 4 --radial-gaussian-width 1.2"
    printed = run(f"anisoap-md describe liquid.xyz -o features.npz {basis}", folder, environment)
    assert "432 rows of 19 features" in printed


def test_wheel_trains_and_runs_both_styles(environment, folder):
    """By the lmp of the wheel that it requires, which loads the plugin by itself; numbers are those of Python."""
    two_body = "--two-body kind=polynomial cutoff=4 width=1 degree=4"
    run(f"anisoap-md train liquid.xyz -o model.json --units lj --kind none {two_body}", folder, environment)
    (folder / "in.x").write_text(INPUT)
    for command in ("lmp", "mpiexec -n 2 lmp"):
        run(f"{command} -in in.x -log none", folder, environment)
        assert run(f"python -c '{COMPARE}'", folder, environment).split() == ["True", "True"]


INPUT = """units lj
atom_style ellipsoid
lattice custom 0.0977 a1 1.6 0 0 a2 0 1.6 0 a3 0 0 4.0 basis 0 0 0
region box block 0 4 0 4 0 2
create_box 1 box
create_atoms 1 box
set type 1 mass 1.0
set type 1 shape 1.0 1.0 3.0
set type 1 quat/random 7
comm_modify cutoff 5
pair_style anisoap
pair_coeff * * model.json C
compute q all property/atom quatw quati quatj quatk
compute shape all property/atom shapex shapey shapez
compute soap all anisoap 4.0 basis gto 1.2 lmax 4 species C
velocity all create 0.1 1
fix 1 all nve/asphere
timestep 0.0001
dump 1 all custom 5 run.dump id type element x y z fx fy fz tqx tqy tqz c_q[*] c_shape[*] c_soap[*]
dump_modify 1 element C sort id format float %.17g
run 5
"""
COMPARE = """
import numpy as np
from anisoap_md import Descriptor, Model, read_frames
atoms = read_frames("run.dump")[-1]
rows = Descriptor(4, "gto", 4.0, radial_gaussian_width=1.2).power_spectrum(atoms)
found = Model.load("model.json").predict([atoms])
for a, b in ((atoms.arrays["c_soap"], rows), (atoms.arrays["forces"], found.forces)):
    print(np.abs(a - b).max() < 1e-9 * np.abs(b).max())
"""
