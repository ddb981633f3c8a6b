# SPDX-License-Identifier: MIT
"""What AniSOAP adds to a two-body term: bodies whose sites have an embedding energy, at several densities with one model.

Every model is trained on pairs and on dense frames of three densities, and tested on other frames of these and of a density
between them. Without the embedding (strength 0) the bodies have a pair potential: that is the control.
"""

import argparse
import json
import time
from pathlib import Path

import anisoap_md
import numpy as np
from ase import Atoms
from run import TARGETS, relative, two_body
from scipy.spatial.transform import Rotation
from shapes import BODIES, Body, Dense, labelled, pairs

STRETCHES = (1.0, 1.15, 1.4)  # of the densest lattice
BETWEEN = 1.25


def embedded(body: Body, frames: list[Atoms], strength: float) -> list[Atoms]:
    """The same frames with labels that hold the embedding energy."""
    out = []
    for atoms in frames:
        turns = Rotation.from_quat(atoms.arrays["c_q"][:, [1, 2, 3, 0]]).as_matrix()
        cell = atoms.cell.lengths() if atoms.pbc.any() else None
        out.append(labelled(body, atoms.positions, turns, cell, strength))
    return out


def descriptor(cutoff: float) -> anisoap_md.Descriptor:
    return anisoap_md.Descriptor(
        4,
        "gto",
        cutoff,
        max_radial=4,
        radial_gaussian_width=0.3 * cutoff,
        cutoff_function="cosine",
        cutoff_width=1.0,
        species=["X"],
        num_threads=1,
    )


def models(steps: int) -> dict[str, dict]:
    """Arguments of `fit` beside the two-body term."""
    network = {"widths": (32, 32), "n_networks": 1, "steps": steps, "num_threads": 1}
    return {
        "two-body": {"kind": "none"},
        "two-body + linear, density_scale 0.3": {"kind": "linear", "density_scale": 0.3},
        "two-body + linear, density_scale 0.7": {"kind": "linear", "density_scale": 0.7},
        "two-body + kernel": {"kind": "kernel", "density_scale": 0.3, "n_points": 300},
        "two-body + networks": {"kind": "networks", "density_scale": 0.3, "networks": network},
    }


def row(body: Body, train: list[Atoms], tests: dict[str, list[Atoms]], rank: int, options: dict) -> dict:
    start = time.process_time()
    result = anisoap_md.fit(
        train,
        None if options["kind"] == "none" else descriptor(body.reach - 0.5),
        units="lj",
        isolated={"X": 0.0},
        walls="off",
        test=0.0,
        two_body=two_body(body, rank, None),
        **options,
    )
    seconds = time.process_time() - start
    errors = {name: relative(result.model, frames) for name, frames in tests.items()}
    for name, frames in tests.items():  # energies of one density hardly differ: their error per body
        found = result.model.predict(frames).energy
        expected = [atoms.info["energy"] for atoms in frames]
        errors[name]["energy"] = float(np.sqrt(np.mean((found - expected) ** 2))) / len(frames[0])
    return {"seconds": seconds, "errors": errors}


def samples(body: Body, seed: int, options: argparse.Namespace) -> tuple[list[Atoms], dict[str, list[Atoms]]]:
    """Frames to train on, and frames to test on by their density; labels are those of the pair energy."""
    generator = np.random.default_rng(seed)
    train = pairs(body, options.pairs, generator)
    for stretch in STRETCHES:
        train += Dense(body, generator, stretch).frames(options.frames)
    generator = np.random.default_rng(1000 + seed)
    tests = {"pairs": pairs(body, options.pairs, generator)}
    for stretch in (*STRETCHES, BETWEEN):
        tests[str(stretch)] = Dense(body, generator, stretch).frames(options.frames // 2)
    return train, tests


def study(body: Body, seed: int, options: argparse.Namespace) -> list[dict]:
    train, tests = samples(body, seed, options)
    rows = []
    for strength in (0.0, options.strength):
        known = embedded(body, train, strength)
        unknown = {name: embedded(body, frames, strength) for name, frames in tests.items()}
        for name, arguments in models(options.steps).items():
            head = {"body": body.name, "seed": seed, "strength": strength, "model": name}
            rows.append({**head, **row(body, known, unknown, options.rank, arguments)})
            print(json.dumps(rows[-1]), flush=True)
    return rows


def table(rows: list[dict]) -> str:
    """Forces / torques in percent of their spread, energies per body: means and standard errors over seeds."""
    densities = list(rows[0]["errors"])
    lines = [f"| body, strength | model | {' | '.join(densities)} |", "| --- " * (2 + len(densities)) + "|"]
    for body, strength, model in dict.fromkeys((r["body"], r["strength"], r["model"]) for r in rows):
        of = [r["errors"] for r in rows if (r["body"], r["strength"], r["model"]) == (body, strength, model)]
        cells = [
            " / ".join(_mean([e[d][target] for e in of], target) for target in TARGETS) for d in densities
        ]
        lines.append(f"| {body}, {strength} | {model} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _mean(values: list[float], target: str) -> str:
    scale = 1 if target == "energy" else 100
    error = np.std(values, ddof=1) / np.sqrt(len(values)) if len(values) > 1 else 0.0
    return f"{scale * np.mean(values):.2g} +- {scale * error:.1g}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--output", type=Path, default=Path("shapes-output"))
    parser.add_argument("--bodies", nargs="+", choices=list(BODIES), default=["rod", "cube"])
    parser.add_argument("--strength", type=float, default=1.0, help="of the embedding energy of a site")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--pairs", type=int, default=500)
    parser.add_argument("--frames", type=int, default=20, help="dense frames of each density")
    parser.add_argument("--rank", type=int, default=8, help="of the two-body term")
    parser.add_argument("--steps", type=int, default=1500, help="of the networks")
    options = parser.parse_args()
    options.output.mkdir(parents=True, exist_ok=True)
    rows = []
    for seed in range(options.seeds):
        for name in options.bodies:
            path = options.output / f"many_body_{name}_{seed}.json"
            if not path.exists():
                path.write_text(json.dumps(study(BODIES[name], seed, options), indent=1))
            rows += json.loads(path.read_text())
    print(table(sorted(rows, key=lambda r: (r["body"], r["strength"]))))


if __name__ == "__main__":
    main()
