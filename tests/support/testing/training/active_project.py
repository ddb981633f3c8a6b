# SPDX-License-Identifier: MIT
"""A small active-learning project: eight ellipsoids, a coarse linear model, pair gayberne as the reference."""

import os
from io import StringIO
from pathlib import Path
from typing import Any

import anisoap_md
import numpy as np
import pytest
from anisoap_md import write_frames
from ase import Atoms
from ruamel.yaml import YAML

from testing.helpers import make_atoms

WELLS = "1.0 0.6 0.2"
LABEL = (
    f"pair_style gayberne 1.0 1.0 1.0 3.2\npair_coeff 1 1 1.0 1.0 {WELLS} {WELLS}\npair_modify shift yes\n"
)
EDGE = 4.4
DIAMETERS = (1.0, 1.0, 1.6)
EXPLORE = f"""# eight ellipsoids on a lattice
variable steps index 100
units lj
atom_style ellipsoid
lattice sc {8 / EDGE**3!r}
region box block 0 2 0 2 0 2
create_box 1 box
create_atoms 1 box
set type 1 mass 1.0
set type 1 shape 1.0 1.0 1.6
displace_atoms all random 0.05 0.05 0.05 ${{seed}}
set type 1 quat/random ${{seed}}
pair_style anisoap threshold ${{threshold}} stop dump ${{dump}}
pair_coeff * * ${{model}} C
neighbor 0.3 bin
velocity all create 3.0 ${{seed}} rot yes
fix 1 all nve/asphere
timestep 0.004
run ${{steps}}
write_data ${{folder}}/end.data nocoeff
"""
FLAT = EXPLORE
for _old, _new in {
    "units lj": "units lj\ndimension 2",
    f"lattice sc {8 / EDGE**3!r}": f"lattice sq {4 / EDGE**2!r}",
    "block 0 2 0 2 0 2": "block 0 2 0 2 -0.1 0.1",
    "0.05 0.05 0.05": "0.05 0.05 0.0",
    "1.0 1.0 1.6": "1.6 1.0 1.0",
    "timestep": "fix 2 all enforce2d\ntimestep",
}.items():
    FLAT = FLAT.replace(_old, _new)
CONFIG: dict[str, Any] = {
    "initial": {"frames": "initial.extxyz", "label": True},
    "descriptor": {
        "max_angular": 2,
        "radial_basis_name": "gto",
        "radial_gaussian_width": 1.0,
        "cutoff_radius": 3.0,
        "cutoff_function": "cosine",
        "cutoff_width": 1.0,
        "species": ["C"],
        "num_threads": 1,
    },
    "fit": {"units": "lj", "test": 0.2},
    "explore": {"lammps": "in.explore", "runs": 3, "seed": 11},
    "label": {"lammps": "in.label"},
    "threshold": {"factor": 1.15},
    "rounds": 2,
    "frames": 2,
}


def initial_frames(n: int = 6) -> list[Atoms]:
    """Lattices of eight ellipsoids in random orientations, shaken."""
    generator = np.random.default_rng(5)
    sites = np.stack(np.meshgrid(*[[0.0, EDGE / 2]] * 3, indexing="ij"), axis=-1).reshape(-1, 3)
    return [
        make_atoms(
            [6] * 8,
            sites + generator.normal(scale=0.05, size=(8, 3)),
            generator.normal(size=(8, 4)),
            np.tile(DIAMETERS, (8, 1)),
            [EDGE] * 3,
            True,
        )
        for _ in range(n)
    ]


def write_flat_project(folder: Path, **sections: Any) -> Path:
    """One layer of four ellipsoids in files that say nothing of two dimensions, as those of LAMMPS."""
    config = write_project(folder, **{"dimension": 2, "rounds": 1, **sections})
    generator = np.random.default_rng(5)
    sites = np.array([[x, y, 0.0] for x in (0.0, EDGE / 2) for y in (0.0, EDGE / 2)])
    frames = []
    for _ in range(6):
        half, zero = generator.uniform(0, np.pi, 4), np.zeros(4)
        turns = np.stack([np.cos(half), zero, zero, np.sin(half)], axis=1)
        shaken = sites + generator.normal(scale=0.05, size=(4, 3)) * [1, 1, 0]
        sizes = np.tile(DIAMETERS[::-1], (4, 1))
        frames.append(make_atoms([6] * 4, shaken, turns, sizes, [EDGE, EDGE, 0.2], True))
    write_frames(folder / "initial.extxyz", frames)
    (folder / "in.explore").write_text(FLAT)
    (folder / "in.label").write_text(LABEL.replace(WELLS, "0.2 0.6 1.0"))
    return config


def write_project(folder: Path, **sections: Any) -> Path:
    """Writes the files; `sections` replace those of CONFIG, mappings entry by entry. Path of the configuration."""
    folder.mkdir(parents=True, exist_ok=True)
    write_frames(folder / "initial.extxyz", initial_frames())
    (folder / "in.explore").write_text(EXPLORE)
    (folder / "in.label").write_text(LABEL)
    return write_config(folder, **sections)


def write_config(folder: Path, **sections: Any) -> Path:
    config = dict(CONFIG)
    for name, section in sections.items():
        both = isinstance(section, dict) and isinstance(config.get(name), dict)
        config[name] = {**config[name], **section} if both else section
    path = folder / "config.yaml"
    path.write_text(yaml_text(config))
    return path


def yaml_text(content: Any) -> str:
    yaml, text = YAML(typ="safe", pure=True), StringIO()
    yaml.default_flow_style = False
    yaml.dump(content, text)
    return text.getvalue()


def results(folder: Path) -> dict[str, bytes]:
    """Every file of the state folder, but logs (they hold times) and the lock."""
    root = folder / "active"
    files = [p for p in root.rglob("*") if p.is_file() and p.name not in ("log.lammps", "lock")]
    return {str(p.relative_to(root)): p.read_bytes() for p in sorted(files)}


@pytest.fixture(scope="module", autouse=True)
def package_of_these_tests():
    """LAMMPS runs import the package that the tests import; one thread each."""
    places = [str(Path(anisoap_md.__file__).parents[1]), os.environ.get("PYTHONPATH", "")]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", os.pathsep.join(p for p in places if p))
        patch.setenv("OMP_NUM_THREADS", "1")
        yield
