# SPDX-License-Identifier: MIT
"""Errors of each kind of model on labelled frames of a Gay-Berne liquid (examples/03_gay_berne_potential/in.label), as a table.

Errors are RMSE on the test frames over the standard deviation of the labels, forces and torques apart.
"""

import argparse
import time
from pathlib import Path

import anisoap_md
import numpy as np
from ase import Atoms

CUTOFF = 5.0
TWO_BODY = {"cutoff": CUTOFF, "width": 1.0, "widths": (32, 32), "steps": 1500, "num_threads": 1}


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


def models() -> dict[str, dict]:
    many = {"descriptor": descriptor(4, 4.0)}
    net = {"networks": {"widths": (32, 32), "steps": 400, "n_networks": 1, "num_threads": 1}}
    return {
        "linear, density_scale 1": {**many, "kind": "linear"},
        "linear, density_scale 0.5": {**many, "kind": "linear", "density_scale": 0.5},
        "linear, density_scale 0.5, spheres": {
            **many,
            "kind": "linear",
            "density_scale": 0.5,
            "spheres": True,
        },
        "kernel, zeta 2, 200 points, density_scale 0.5": {
            **many,
            "kind": "kernel",
            "n_points": 200,
            "density_scale": 0.5,
        },
        "networks, density_scale 0.5": {**many, "kind": "networks", "density_scale": 0.5, **net},
        "two-body": {"descriptor": descriptor(0, CUTOFF), "kind": "none", "two_body": TWO_BODY},
        "two-body, spheres": {
            "descriptor": descriptor(0, CUTOFF),
            "kind": "none",
            "two_body": TWO_BODY,
            "spheres": True,
        },
        "two-body, then linear, density_scale 0.5": {
            **many,
            "kind": "linear",
            "two_body": TWO_BODY,
            "density_scale": 0.5,
        },
        "two-body, then kernel, density_scale 0.5": {
            **many,
            "kind": "kernel",
            "n_points": 200,
            "two_body": TWO_BODY,
            "density_scale": 0.5,
        },
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
        cells.append(f"{100 * force:.1f} / {100 * torque:.1f}")
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
    parser.add_argument("--only", default="", help="models whose name contains this")
    arguments = parser.parse_args()
    tests = {path.stem: labelled(path)[-arguments.held :] for path in arguments.test}
    pools = [labelled(path)[: -arguments.held] for path in arguments.train]
    print(
        f"| model | frames | CPU minutes | {' | '.join(tests)} |\n| --- | --- | --- |{' --- |' * len(tests)}"
    )
    for name, options in models().items():
        if arguments.only not in name:
            continue
        for n in arguments.frames:
            train = [atoms for pool in pools for atoms in pool[: n // len(pools)]]
            print(row(name, options, train, tests), flush=True)


if __name__ == "__main__":
    main()
