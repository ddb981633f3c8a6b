# SPDX-License-Identifier: MIT
"""Annotations: mypy passes on the package, and on a script of a user who asks for --strict."""

import subprocess
import sys
from pathlib import Path

import anisoap_md
import pytest

PACKAGE = Path(anisoap_md.__file__).parent
SETTINGS = Path(__file__).parents[2] / "pyproject.toml"

SCRIPT = """
import numpy as np
from anisoap_md import (
    AniSOAPCalculator,
    ArgumentError,
    CoarseGrained,
    Descriptor,
    EllipsoidFilter,
    Model,
    NetworkOptions,
    PairNetworkOptions,
    PolynomialOptions,
    Prior,
    PriorCalculator,
    RigidNVE,
    SumCalculator,
    active_learn,
    coarse_grain,
    fit,
    iread,
    labels_of,
    read_frames,
    rotated,
    symmetric_stress,
    tune,
    with_results,
    write_frames,
)
from ase import Atoms
from ase.optimize import FIRE


def features(path: str) -> np.ndarray:
    descriptor = Descriptor(
        max_angular=4, radial_basis_name="gto", cutoff_radius=5.0, radial_gaussian_width=1.5, species=["C"]
    )
    return descriptor.power_spectrum(iread(path), average="frame")


def potential(path: str, model_path: str, descriptor: Descriptor) -> Model:
    result = fit(read_frames(path), descriptor, "linear", targets=("energy", "forces", "torques"))
    result.save(model_path)
    return result.model


def bodies(path: str) -> CoarseGrained:
    coarse = coarse_grain(path, molecules="mol", type_names={"1": "C"}, diameters=(6.4, 6.4, 3.4), units="real")
    write_frames("bodies.extxyz", coarse)
    coarse.write_lammps("run", next(iter(coarse)))
    return coarse


def energies(model: Model, path: str) -> list[float]:
    frames = read_frames(path, "::2")
    for atoms in frames:
        atoms.calc = AniSOAPCalculator(model, num_threads=2)
    write_frames("out.extxyz", frames)
    found = model.predict(frames, uncertainties=model.has_uncertainty)
    deviations = found.uncertainties
    return [] if deviations is None else [float(e) for e in found.energy]


def motion(atoms: Atoms, model: Model, other: Model) -> np.ndarray:
    atoms.calc = SumCalculator([AniSOAPCalculator(model), AniSOAPCalculator(other), PriorCalculator(model)])
    FIRE(EllipsoidFilter(atoms)).run(fmax=0.01, steps=10)
    RigidNVE(atoms, 2.0, trajectory="run.traj").run(5)
    turned = rotated(with_results(atoms), np.eye(3))
    return symmetric_stress(np.zeros(6), model.predict(turned).torques, turned.get_volume())


def search(frames: list[Atoms], descriptor: Descriptor) -> float:
    prior = Prior(("pair_style zero 5",), "metal", 1)
    pairs = PolynomialOptions(cutoff=5.0, powers=(6, 12))
    best = tune(frames, descriptor, {"cutoff_radius": (4, 6)}, prior=prior, two_body=pairs, n_trials=3)
    report = active_learn("config.yaml")
    return float(best.loss) + len(report["rounds"])


def networks(frames: list[Atoms], descriptor: Descriptor) -> Model:
    pairs = PairNetworkOptions(cutoff=5.0, joint=True)
    options = NetworkOptions(components=16, n_networks=2)
    labelled = [atoms for atoms in frames if "energy" in labels_of(atoms)]
    return fit(labelled, descriptor, "networks", two_body=pairs, networks=options).model


def problem(radius: float) -> str:
    try:
        Descriptor(max_angular=4, radial_basis_name="monomial", cutoff_radius=radius)
    except ArgumentError as error:
        return f"{error.what} {error.got} {error.expected} {error.hint}".upper()
    return ""
"""
WRONG = {
    "an argument": ("num_threads=2", 'num_threads="2"', "arg-type"),
    "an optional array": ("[] if deviations is None else ", "deviations + ", "operator"),
    "a name": ("iread(path)", "ireads(path)", "name-defined"),
    "a keyword": ("max_angular=4, radial_basis_name", "max_angle=4, radial_basis_name", "call-arg"),
    "an option": ("components=16", "component=16", "call-arg"),
    "a field": ("error.hint", "error.hints", "attr-defined"),
    "what comes back": ("return result.model", "return result", "return-value"),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Of the package alone: mypy refuses site-packages as a folder of sources."""
    made = tmp_path_factory.mktemp("mypy")
    (made / "anisoap_md").symlink_to(PACKAGE)
    return made


@pytest.fixture(scope="module")
def mypy(folder):
    def run(*arguments):
        command = [sys.executable, "-m", "mypy", "--cache-dir", ".cache", "--no-pretty", *arguments]
        done = subprocess.run(command, capture_output=True, text=True, cwd=folder)
        return done.returncode, done.stdout + done.stderr

    return run


def test_the_package_passes_and_a_strict_script_of_a_user(folder, mypy, tmp_path):
    """One test, since the second run reads the cache of the first. What is wrong in a script is found. As where the package is
    installed, errors in it are no one's; what ASE does not annotate is not the script's."""
    status, text = mypy("--config-file", SETTINGS, "anisoap_md")
    assert status == 0, text
    settings = tmp_path / "mypy.ini"
    settings.write_text(
        f"[mypy]\nstrict = True\nuntyped_calls_exclude = ase\nmypy_path = {folder}\n"
        "[mypy-anisoap_md,anisoap_md.*]\nfollow_imports = silent\n"
    )
    scripts = {"right": SCRIPT}
    for name, (right, wrong, _) in WRONG.items():
        assert right in SCRIPT
        scripts[name] = SCRIPT.replace(right, wrong, 1)
    files = {name: tmp_path / f"{name.replace(' ', '_')}.py" for name in scripts}
    for name, file in files.items():
        file.write_text(scripts[name])
    status, text = mypy("--config-file", settings, *files.values())
    found = {
        name: [line for line in text.splitlines() if f"{file.name}:" in line] for name, file in files.items()
    }
    assert not found.pop("right"), text
    assert status == 1
    for name, lines in found.items():
        assert any(f"[{WRONG[name][2]}]" in line for line in lines), f"{name}: {text}"
