# SPDX-License-Identifier: MIT
"""Rod, cube and tetrahedron of Lennard-Jones sites as one body each: errors against the number of pairs, and energy in LAMMPS.

Stages leave their results in the output folder and are skipped when those are there.
"""

import argparse
import json
import subprocess
import sys
import time
from pathlib import Path

import anisoap_md
import numpy as np
from ase import Atoms
from shapes import BODIES, Body, Dense, pairs

HERE = Path(__file__).parent
TARGETS = ("energy", "forces", "torques")
TIME_STEPS = (0.0005, 0.001, 0.002)


def two_body(body: Body, rank: int | None, terms: int | None) -> dict:
    powers = {"powers": (2, 4, 6, 9, 12), "distance_powers": (3, 6, 12), "low_rank_powers": ()}
    size = {"max_degree": rank, "max_terms": terms}
    group = {"X": {"group": body.group}}
    return {"kind": "symmetric", "cutoff": body.reach, "width": 1.0, "bodies": group, **powers, **size}


def fitted(frames: list[Atoms], body: Body, rank: int | None, terms: int | None, walls: str, **options):
    term = two_body(body, rank, terms)
    return anisoap_md.fit(
        frames, None, "none", units="lj", isolated={"X": 0.0}, two_body=term, walls=walls, **options
    )


def relative(model: anisoap_md.Model, frames: list[Atoms]) -> dict[str, float]:
    """RMSE over the standard deviation of the labels; of energies per frame."""
    found = model.predict(frames)
    errors = {}
    for target in TARGETS:
        expected = [atoms.info[target] if target == "energy" else atoms.arrays[target] for atoms in frames]
        expected = np.array(expected) if target == "energy" else np.concatenate(expected)
        errors[target] = float(np.sqrt(np.mean((getattr(found, target) - expected) ** 2)) / expected.std())
    return errors


def curve(body: Body, options: argparse.Namespace) -> list[dict]:
    """Errors on one set of pairs for fits on n of them, from several seeds."""
    test = pairs(body, options.test, np.random.default_rng(1000))
    rows = []
    for rank, terms in ((8, 200), (options.rank or body.rank, None)):
        for n in options.samples:
            for seed in range(options.seeds):
                frames = pairs(body, n, np.random.default_rng(seed))
                start = time.process_time()
                result = fitted(frames, body, rank, terms, "off", test=0.0)
                row = {"rank": rank, "terms": terms, "pairs": n, "seed": seed}
                row["seconds"] = time.process_time() - start
                rows.append({**row, **relative(result.model, test)})
            print(body.name, rows[-1], flush=True)
    return rows


def train(body: Body, options: argparse.Namespace, path: Path) -> dict:
    """The model that is run: pairs and dense frames, without holes in its walls."""
    generator = np.random.default_rng(7)
    frames = pairs(body, options.samples[-1], generator)
    dense = [
        *Dense(body, generator).frames(options.dense),
        *Dense(body, generator, 1.15).frames(options.dense),
    ]
    held = Dense(body, np.random.default_rng(8)).frames(options.dense)
    result = fitted(
        [*frames, *dense],
        body,
        options.rank or body.rank,
        None,
        "repair",
        wall_energy=options.wall_energy,
        test=held,
    )
    result.save(path)
    print(body.name, result, sep="\n", flush=True)
    return {"dense": relative(result.model, held), "walls": result.walls.lines() if result.walls else []}


def conserve(body: Body, folder: Path, dt: float, options: argparse.Namespace) -> dict:
    """Drift (a straight line's slope) and fluctuation about it of the energy per body."""
    name = f"{body.name}_{dt}"
    variables = dict(zip(("lx", "ly", "lz"), body.spacing, strict=True))
    variables |= dict(zip(("dx", "dy", "dz"), body.diameters, strict=True))
    steps = round(options.duration / dt)
    variables |= {"model": f"{body.name}.json", "dt": dt, "steps": steps, "melt": options.melt}
    variables |= {"n": options.side, "every": max(1, steps // 400), "out": f"{name}.txt"}
    command = [sys.executable, "-m", "anisoap_md", "lmp", "-in", str(HERE / "in.conserve"), "-log", "none"]
    for key, value in variables.items():
        command += ["-var", key, str(value)]
    result = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if result.returncode != 0:
        raise SystemExit(f"LAMMPS stopped ({' '.join(command)}):\n{result.stdout[-800:]}")
    table = np.loadtxt(folder / f"{name}.txt")
    t, energy = table[:, 0] * dt, table[:, 1]
    blocks = [
        np.polyfit(*part, 1)[0] for part in zip(np.array_split(t, 5), np.array_split(energy, 5), strict=True)
    ]
    line = np.polyfit(t, energy, 1)
    return {
        "drift": line[0],
        "drift_error": float(np.std(blocks, ddof=1) / np.sqrt(5)),
        "fluctuation": float(np.std(energy - np.polyval(line, t))),
        "temperature": float(table[:, 2].mean()),
    }


def stage(path: Path, make) -> object:
    """What `make()` gives, from `path` where that is there."""
    if not path.exists():
        path.write_text(json.dumps(make(), indent=1))
    return json.loads(path.read_text())


def study(body: Body, folder: Path, options: argparse.Namespace) -> dict:
    """All stages of one body."""
    found = {"curve": stage(folder / f"{body.name}_curve.json", lambda: curve(body, options))}
    model = folder / f"{body.name}.json"
    found |= stage(folder / f"{body.name}_train.json", lambda: train(body, options, model))
    for dt in TIME_STEPS:
        path = folder / f"{body.name}_{dt}.json"
        found[str(dt)] = stage(path, lambda dt=dt: conserve(body, folder, dt, options))
    return found


def draw(results: dict, path: Path) -> None:
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots(1, len(results), figsize=(4 * len(results), 3.4), sharey=True, squeeze=False)
    for axis, (name, result) in zip(axes[0], results.items(), strict=True):
        for (rank, terms), style in zip(settings(result["curve"]), ("--", "-"), strict=True):
            for target, colour in zip(TARGETS, ("tab:green", "tab:blue", "tab:red"), strict=True):
                n, mean, error = averages(result["curve"], rank, terms, target)
                label = f"{target}, {terms or 'all'} terms"
                axis.errorbar(
                    n, mean, error, ls=style, color=colour, marker="o", ms=3, capsize=2, label=label
                )
        axis.set(xscale="log", yscale="log", xlabel="pairs", title=name)
    axes[0][0].set_ylabel("RMSE / spread, %")
    axes[0][-1].legend(fontsize=6)
    figure.tight_layout()
    figure.savefig(path, dpi=130)


def settings(rows: list[dict]) -> list[tuple]:
    return list(dict.fromkeys((row["rank"], row["terms"]) for row in rows))


def averages(rows: list[dict], rank: int, terms: int | None, target: str) -> tuple[list, list, list]:
    """Numbers of pairs, means over seeds and their standard errors in percent."""
    n = sorted({row["pairs"] for row in rows})
    values = [
        [100 * row[target] for row in rows if (row["rank"], row["terms"], row["pairs"]) == (rank, terms, k)]
        for k in n
    ]
    errors = [np.std(v, ddof=1) / np.sqrt(len(v)) if len(v) > 1 else 0.0 for v in values]
    return n, [float(np.mean(v)) for v in values], errors


def table(results: dict) -> str:
    """Energy / force / torque errors in percent, means and standard errors over seeds."""
    lines = ["| body | terms | pairs | energy | forces | torques |", "| --- | --- | --- | --- | --- | --- |"]
    for name, result in results.items():
        for rank, terms in settings(result["curve"]):
            columns = [averages(result["curve"], rank, terms, target) for target in TARGETS]
            for k, n in enumerate(columns[0][0]):
                cells = [f"{mean[k]:.2g} +- {error[k]:.1g}" for _, mean, error in columns]
                lines.append(f"| {name} | rank {rank}, {terms or 'all'} | {n} | {' | '.join(cells)} |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--output", type=Path, default=Path("shapes-output"))
    parser.add_argument("--bodies", nargs="+", choices=list(BODIES), default=list(BODIES))
    parser.add_argument("--samples", type=int, nargs="+", default=[100, 300, 1000, 3000], help="pairs")
    parser.add_argument("--test", type=int, default=1000, help="pairs to test on")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--rank", type=int, help="of the larger expansion; default: the body's")
    parser.add_argument("--dense", type=int, default=20, help="dense frames of each density")
    parser.add_argument("--wall-energy", type=float, default=50.0)
    parser.add_argument("--side", type=int, default=6, help="bodies along each edge of the box in LAMMPS")
    parser.add_argument("--melt", type=int, default=4000, help="steps with a thermostat")
    parser.add_argument("--duration", type=float, default=10.0, help="time without one")
    options = parser.parse_args()
    options.output.mkdir(parents=True, exist_ok=True)
    results = {name: study(BODIES[name], options.output, options) for name in options.bodies}
    (options.output / "results.json").write_text(json.dumps(results, indent=1))
    print(table(results))
    for name, result in results.items():
        print(name, "dense", result["dense"], *result["walls"])
        for dt in TIME_STEPS:
            print(name, dt, result[str(dt)])
    draw(results, options.output / "shapes.png")


if __name__ == "__main__":
    main()
