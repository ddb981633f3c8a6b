# SPDX-License-Identifier: MIT
"""A potential for the Gay-Berne liquid: labels from LAMMPS, training, the learned liquid, comparison with the original.

Stages leave their files in the output folder and are skipped when those are there: a run that was stopped goes on.
"""

import argparse
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import analysis
import anisoap_md
from anisoap_md import symmetric_stress
from tqdm import tqdm

HERE = Path(__file__).parent
CUTOFF = 5.0


def lammps(folder: Path, script: str, output: str, **variables: object) -> None:
    """Runs a script of this folder; its output is kept when it ends well."""
    command = [sys.executable, "-m", "anisoap_md", "lmp", "-in", str(HERE / script), "-log", "none"]
    for name, value in variables.items():
        command += ["-var", name, str(value)]
    result = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if result.returncode != 0:
        raise SystemExit(f"LAMMPS stopped ({' '.join(command)}):\n{result.stdout[-800:]}")
    (folder / output).write_text(result.stdout)


def run_all(jobs: int, tasks: list, text: str) -> None:
    """Tasks (function, arguments) whose output file is missing, some at a time."""
    with ThreadPoolExecutor(jobs) as pool:
        waiting = [pool.submit(lammps, *arguments, **variables) for arguments, variables in tasks]
        for done in tqdm(waiting, desc=text, unit="run"):
            done.result()


def missing(folder: Path, tasks: list) -> list:
    return [task for task in tasks if not (folder / task[0][2]).exists()]


def with_labels(atoms):
    """Energy and stress of the frame from LAMMPS's energies and virials per particle; species X.

    Pair gayberne reports xy, xz and yz as r_a f_b; the torques tell their symmetric part.
    """
    atoms.info["energy"] = float(atoms.arrays.pop("c_pe").sum())
    stress = atoms.arrays.pop("c_stress").sum(axis=0)
    atoms.info["stress"] = symmetric_stress(stress, atoms.arrays["torques"], atoms.get_volume())
    atoms.numbers[:] = 0
    return atoms


def label(folder: Path, options: argparse.Namespace) -> list:
    """Frames with energies, forces and torques, the same number from each temperature."""
    tasks = []
    for k, t in enumerate(options.temperatures):
        variables = {"T": t, "frames": options.frames, "density": options.density, "prepare": options.prepare}
        variables |= {"seed": 1000 + k, "out": f"label_{t}.dump"}
        tasks.append(((folder, "in.label", f"label_{t}.out"), variables))
    run_all(options.jobs, missing(folder, tasks), "labels")
    frames = []
    for t in options.temperatures:
        for atoms in anisoap_md.read_frames(folder / f"label_{t}.dump"):
            frames.append(with_labels(atoms))
    return frames


def train(folder: Path, frames: list, options: argparse.Namespace) -> None:
    """Two-body polynomial (network with --widths), and with --many-body a linear AniSOAP term."""
    path = folder / "model.json"
    if path.exists():
        return
    descriptor = anisoap_md.Descriptor(
        4, "gto", 4.0, radial_gaussian_width=1.2, cutoff_function="cosine", cutoff_width=1.0, species=["X"]
    )
    two_body = {"cutoff": CUTOFF, "width": 1.0, "kind": "networks" if options.widths else "polynomial"}
    if options.widths:
        two_body |= {"widths": options.widths, "steps": options.training_steps, "num_threads": options.jobs}
    result = anisoap_md.fit(
        frames,
        descriptor,
        "linear" if options.many_body else "none",
        units="lj",
        two_body=two_body,
        weights={"energy": 0.1, "forces": 1.0, "torques": 1.0, "stress": 0.1},
        density_scale=0.5,
        show_progress=True,
    )
    result.save(path)
    result.report(folder / "training")
    for target, error in result.errors["test"].items():
        print(
            f"{target}: RMSE {error.rmse:.4g}, spread {error.spread:.4g} on held-out frames (reduced units)"
        )


def liquids(folder: Path, options: argparse.Namespace) -> None:
    """Trajectories of the original and of the learned liquid, `runs` at each temperature."""
    tasks = []
    for potential in ("gayberne", "anisoap"):
        for t in options.temperatures:
            for run in range(options.runs):
                name = f"{potential}_{t}_{run}"
                variables = {
                    "T": t,
                    "density": options.density,
                    "potential": potential,
                    "out": f"{name}.dump",
                }
                variables |= {
                    "equilibrate": options.equilibrate,
                    "sample": options.sample,
                    "seed": 7000 + 10 * run,
                    "prepare": options.prepare,
                }
                tasks.append(((folder, "in.liquid", f"{name}.out"), variables))
    run_all(options.jobs, missing(folder, tasks), "liquids")


def conserve(folder: Path, options: argparse.Namespace) -> None:
    """Energies without a thermostat, at four time steps."""
    start = f"gayberne_{options.temperatures[-1]}_0.dump.restart"
    tasks = []
    for potential in ("gayberne", "anisoap"):
        for dt in analysis.TIME_STEPS:
            steps = round(options.duration / dt)
            variables = {
                "start": start,
                "potential": potential,
                "dt": dt,
                "steps": steps,
                "every": max(1, steps // 200),
            }
            tasks.append(((folder, "in.conserve", f"conserve_{potential}_{dt}.out"), variables))
    run_all(options.jobs, missing(folder, tasks), "energy")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--output", type=Path, default=Path("gay-berne-output"))
    parser.add_argument("--temperatures", type=float, nargs="+", default=[1.0, 1.5, 2.0])
    parser.add_argument("--density", type=float, default=0.32)
    parser.add_argument("--frames", type=int, default=10, help="labelled frames of each temperature")
    parser.add_argument(
        "--widths", type=int, nargs="+", help="a two-body network with these hidden layers instead (torch)"
    )
    parser.add_argument("--training-steps", type=int, default=3000, help="of the network")
    parser.add_argument("--many-body", action="store_true", help="add a linear AniSOAP term")
    parser.add_argument("--runs", type=int, default=2, help="independent liquids of each temperature")
    parser.add_argument("--equilibrate", type=int, default=4000)
    parser.add_argument("--sample", type=int, default=4000)
    parser.add_argument(
        "--prepare", type=float, default=1.0, help="length of melting and compression; 1 is safe"
    )
    parser.add_argument("--duration", type=float, default=4.0, help="time of the runs at constant energy")
    parser.add_argument("--model", type=Path, help="a trained model, in place of labels and training")
    parser.add_argument("--jobs", type=int, default=2, help="LAMMPS runs at a time")
    options = parser.parse_args()
    folder = options.output.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    if options.model:
        shutil.copyfile(options.model, folder / "model.json")
    else:
        train(folder, label(folder, options), options)
    liquids(folder, options)
    conserve(folder, options)
    analysis.draw(folder, options.temperatures, options.runs, options.output / "potential.png")
    print(f"figure: {options.output / 'potential.png'}")


if __name__ == "__main__":
    main()
