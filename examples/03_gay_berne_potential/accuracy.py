# SPDX-License-Identifier: MIT
"""Errors of each kind of model on labelled frames of a Gay-Berne liquid (in.label, which demo.py runs), as a table.

Errors are RMSE on the test frames over the standard deviation of the labels, forces and torques apart. Many-body terms have
density_scale 0.5 where nothing else is said.
"""

import argparse
import time
from pathlib import Path

import anisoap_md
import numpy as np
from ase import Atoms

CUTOFF = 5.0
POLYNOMIAL = {"kind": "polynomial", "cutoff": CUTOFF, "width": 1.0}
NETWORK = {"kind": "networks", "cutoff": CUTOFF, "width": 1.0, "widths": (32, 32), "num_threads": 1}


def labelled(path: Path) -> list[Atoms]:
    frames = anisoap_md.read_frames(path)
    for atoms in frames:
        atoms.info["energy"] = float(atoms.arrays.pop("c_pe").sum())
        atoms.numbers[:] = 0
        if "shape" not in atoms.arrays:
            atoms.set_array("shape", np.tile([1.0, 1.0, 3.0], (len(atoms), 1)))
    return frames


def as_spheres(frames: list[Atoms]) -> list[Atoms]:
    """Spheres of the same volume."""
    out = []
    for atoms in frames:
        atoms = atoms.copy()
        for name in [n for n in atoms.arrays if n.startswith(("shape", "c_diameter"))]:
            del atoms.arrays[name]
        atoms.set_array("shape", np.full((len(atoms), 3), 3 ** (1 / 3)))
        out.append(atoms)
    return out


def descriptor(max_angular: int, cutoff: float) -> anisoap_md.Descriptor:
    return anisoap_md.Descriptor(
        max_angular,
        "gto",
        cutoff,
        radial_gaussian_width=0.3 * cutoff,
        max_radial=3,
        cutoff_function="cosine",
        cutoff_width=1.0,
        species=["X"],
        num_threads=1,
    )


def models(steps: int) -> dict[str, dict]:
    pairs = {"descriptor": descriptor(0, CUTOFF), "kind": "none"}
    many = {"descriptor": descriptor(4, 4.0), "density_scale": 0.5}
    kernel = {**many, "kind": "kernel", "n_points": 200}
    committee = {"networks": {"widths": (32, 32), "steps": 400, "n_networks": 1, "num_threads": 1}}
    polynomial, low = {"two_body": POLYNOMIAL}, {"two_body": {**POLYNOMIAL, "degree": 6}}
    soft = {"two_body": {**POLYNOMIAL, "powers": (1, 2, 3, 4, 5, 6)}}
    network = {"two_body": {**NETWORK, "steps": steps}}
    spheres = {"spheres": True}
    return {
        "linear, density_scale 1": {**many, "kind": "linear", "density_scale": 1.0},
        "linear": {**many, "kind": "linear"},
        "linear, spheres": {**many, "kind": "linear", **spheres},
        "kernel, zeta 2, 200 points": kernel,
        "networks": {**many, "kind": "networks", **committee},
        "two-body polynomial": {**pairs, **polynomial},
        "two-body polynomial, degree 6": {**pairs, **low},
        "two-body polynomial, powers 1 2 3 4 5 6": {**pairs, **soft},
        "two-body polynomial, spheres": {**pairs, **polynomial, **spheres},
        "two-body polynomial, degree 6, with linear": {**many, "kind": "linear", **low},
        "two-body network": {**pairs, **network},
        "two-body network, spheres": {**pairs, **network, **spheres},
        "two-body network, then linear": {**many, "kind": "linear", **network},
        "two-body network, then kernel": {**kernel, **network},
    }


def relative_errors(model: anisoap_md.Model, frames: list[Atoms]) -> tuple[float, float]:
    prediction = model.predict(frames)
    errors = []
    for name in ("forces", "torques"):
        expected = np.concatenate([atoms.arrays[name] for atoms in frames])
        errors.append(float(np.sqrt(np.mean((getattr(prediction, name) - expected) ** 2)) / expected.std()))
    return errors[0], errors[1]


def row(name: str, options: dict, train: list[Atoms], tests: dict[str, list[Atoms]]) -> str:
    options = dict(options)
    change = as_spheres if options.pop("spheres", False) else list
    start = time.process_time()
    weights = {"energy": 0.1, "forces": 1.0, "torques": 1.0}
    result = anisoap_md.fit(change(train), units="lj", test=0.02, weights=weights, **options)
    minutes = (time.process_time() - start) / 60
    cells = []
    for frames in tests.values():
        force, torque = relative_errors(result.model, change(frames))
        cells.append(f"{100 * force:.2g} / {100 * torque:.2g}")
    return f"| {name} | {len(train)} | {minutes:.1f} | {' | '.join(cells)} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--train", type=Path, nargs="+", required=True, help="dumps to train on, in equal parts"
    )
    parser.add_argument(
        "--test", type=Path, nargs="+", required=True, help="dumps whose last frames are held out"
    )
    parser.add_argument("--frames", type=int, nargs="+", default=[112])
    parser.add_argument(
        "--held", type=int, default=10, help="last frames of each dump that are for tests only"
    )
    parser.add_argument("--models", nargs="+", help="some of the names in the table")
    parser.add_argument("--steps", type=int, default=1500, help="of the two-body networks")
    arguments = parser.parse_args()
    tests = {path.stem: labelled(path)[-arguments.held :] for path in arguments.test}
    pools = [labelled(path)[: -arguments.held] for path in arguments.train]
    print(
        f"| model | frames | CPU minutes | {' | '.join(tests)} |\n| --- | --- | --- |{' --- |' * len(tests)}"
    )
    for name, options in models(arguments.steps).items():
        if arguments.models and name not in arguments.models:
            continue
        for n in arguments.frames:
            train = [atoms for pool in pools for atoms in pool[: n // len(pools)]]
            print(row(name, options, train, tests), flush=True)


if __name__ == "__main__":
    main()
