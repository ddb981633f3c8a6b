# SPDX-License-Identifier: MIT
"""Liquid benzene bottom-up: all atoms, bodies, a model, the learned liquid, and how far it is from the atoms.

Stages leave their files in the output folder and are skipped when those are there: a run that was stopped goes on.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path

import analysis
import numpy as np
from analysis import Correlations
from anisoap_md import read_frames
from molecule import MOLECULES, pair_commands, write_data

HERE = Path(__file__).parent
ATOM_STEP, BODY_STEP = 0.002, 0.005  # ps
SHAPES = ("--lammps", "run", "--shapes", "inertia")


class Study:
    """The stages, in one folder."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options, self.folder = options, options.output.resolve()
        self.molecule = MOLECULES[options.molecule]
        self.folder.mkdir(parents=True, exist_ok=True)

    def command(self, output: str, *words: object) -> None:
        """anisoap-md; what it prints, and its words, are kept when it ends well."""
        said, kept = " ".join(map(str, words)), self.folder / f"{output}.words"
        if (self.folder / output).exists():
            if kept.exists() and kept.read_text() != said:
                raise SystemExit(
                    f"{self.folder / output} was made with other options; expected an --output of its own for these"
                )
            return
        print(f"{output}: anisoap-md {said}", flush=True)
        command = [sys.executable, "-m", "anisoap_md", *map(str, words)]
        result = subprocess.run(command, cwd=self.folder, capture_output=True, text=True)
        if result.returncode != 0:
            raise SystemExit(f"{' '.join(command)}:\n{(result.stdout + result.stderr)[-2000:]}")
        kept.write_text(said)
        (self.folder / output).write_text(result.stdout)

    def lammps(self, output: str, script: str, **variables: object) -> None:
        words = [w for name, value in variables.items() for w in ("-var", name, value)]
        self.command(output, "lmp", "-in", HERE / script, "-log", "none", *words)

    def atoms(self) -> None:
        """All-atom frames of each temperature."""
        if not (self.folder / "atoms.pair").exists():
            write_data(self.folder / "atoms.data", self.molecule, self.options.side, seed=1)
            (self.folder / "atoms.pair").write_text(pair_commands(self.molecule))
        edge = self.molecule.edge(self.options.side**3)
        self.lammps("melt.out", "in.melt", edge=edge, compress=self.options.compress)
        for t in self.options.temperatures:
            lengths = {"equilibrate": self.options.atom_equilibrate, "steps": self.options.atom_steps}
            name = f"atoms_{t:g}"
            self.lammps(f"{name}.out", "in.atoms", T=t, out=name, every=self.options.every, **lengths)

    def bodies(self) -> None:
        """Frames of bodies, and the start of the coarse-grained runs."""
        for t in self.options.temperatures:
            words = [f"atoms_{t:g}.dump", "-o", f"bodies_{t:g}.extxyz", "--stress-column", "c_s", "--quiet"]
            words += ["--type-names", "1=C", f"2={self.molecule.outer[0]}", *SHAPES]
            self.command(f"bodies_{t:g}.out", "coarse-grain", *words)

    def train(self) -> None:
        """One model of the first temperature, and one of all; no option but the cutoff and, where given, the point group."""
        for name, temperatures in self.models().items():
            words = [f"bodies_{t:g}.extxyz" for t in temperatures]
            words += ["-o", f"{name}.json", "--units", "real", "--kind", "none", "--quiet"]
            self.command(f"{name}.out", "train", *words, *self.two_body())

    def two_body(self) -> list[str]:
        """Words for axes alone, or for bodies of a point group."""
        group, cutoff = self.options.group, f"cutoff={self.options.cutoff:g}"
        if group is None:
            return ["--two-body", "kind=polynomial", cutoff]
        return ["--two-body", "kind=symmetric", cutoff, "--bodies", f"C={group}"]

    def models(self) -> dict[str, list[float]]:
        """Name -> temperatures of its frames."""
        first, *others = self.options.temperatures
        return {f"model_{first:g}": [first]} | ({"model_all": [first, *others]} if others else {})

    def liquids(self) -> None:
        """Runs of each model at each temperature, at constant volume and at the pressure of the atoms."""
        lengths = {"equilibrate": self.options.equilibrate, "steps": self.options.steps}
        for model in self.models():
            for t in self.options.temperatures:
                for run in range(self.options.runs):
                    name = f"{model}_{t:g}_{run}"
                    self.lammps(
                        f"{name}.out",
                        "in.bodies",
                        T=t,
                        model=f"{model}.json",
                        seed=4711 + run,
                        out=name,
                        **lengths,
                    )
                pressure, _ = analysis.mean_and_error(analysis.columns(self.folder / f"atoms_{t:g}.press")[0])
                name = f"{model}_{t:g}_npt"
                self.lammps(
                    f"{name}.out",
                    "in.bodies",
                    T=t,
                    model=f"{model}.json",
                    barostat="on",
                    pressure=pressure,
                    out=name,
                    **lengths,
                )

    def conserve(self) -> None:
        """Runs without a thermostat."""
        for model in self.models():
            for t in self.options.temperatures:
                start, name = f"{model}_{t:g}_0.restart", f"{model}_{t:g}_nve"
                steps = {"steps": self.options.steps // 2}
                self.lammps(
                    f"{name}.out", "in.conserve", start=start, model=f"{model}.json", out=name, **steps
                )

    def speed(self) -> None:
        """Atoms and bodies one after the other, on one core."""
        first = self.options.temperatures[0]
        start = {"T": first, "start": first, "equilibrate": 2, "steps": self.options.atom_speed}
        self.lammps("speed_atoms.out", "in.atoms", **start, out="speed_atoms")
        bodies = {
            "T": first,
            "model": f"model_{first:g}.json",
            "equilibrate": 0,
            "steps": 10 * self.options.atom_speed,
        }
        self.lammps("speed_bodies.out", "in.bodies", **bodies, out="speed_bodies")

    def compare(self) -> dict:
        """All figures; drawn for the model of the first temperature."""
        results: dict = {"speed_ns_per_day": {}}
        for what in ("atoms", "bodies"):
            results["speed_ns_per_day"][what] = analysis.speeds(self.folder / f"speed_{what}.out")[-1]
        drawn: dict = {}
        for t in self.options.temperatures:
            atoms = read_frames(self.folder / f"bodies_{t:g}.extxyz")
            reference = Correlations.of(atoms)
            interval = ATOM_STEP * self.options.every
            results[f"atoms {t:g} K"] = {
                "pressure": analysis.mean_and_error(analysis.columns(self.folder / f"atoms_{t:g}.press")[0]),
                "density": self.molecule.density,
                "diffusion": analysis.diffusion(atoms, interval),
                "noise": analysis.noise(atoms),
            }
            for model in self.models():
                found, learned = self.learned(model, t)
                results[f"{model} {t:g} K"] = {"rms": reference.difference(learned), **found}
                drawn.setdefault(t, {"all atoms": reference, "learned": learned})
        energies = {}
        for t in self.options.temperatures:
            table = np.loadtxt(self.folder / f"{next(iter(self.models()))}_{t:g}_nve.energy", ndmin=2).T
            energies[t] = np.stack([table[0] * BODY_STEP, table[1]])
        analysis.draw(self.folder / "benzene.png", drawn, energies)
        (self.folder / "results.json").write_text(json.dumps(results, indent=1))
        return results

    def learned(self, model: str, t: float) -> tuple[dict, Correlations]:
        """Figures of the runs of a model at one temperature."""
        names = [f"{model}_{t:g}_{run}" for run in range(self.options.runs)]
        frames = [atoms for name in names for atoms in read_frames(self.folder / f"{name}.dump")]
        mean = np.concatenate([analysis.columns(self.folder / f"{name}.press") for name in names], axis=1)
        free = read_frames(self.folder / f"{model}_{t:g}_nve.dump")
        step, energy, warmth = np.loadtxt(self.folder / f"{model}_{t:g}_nve.energy", ndmin=2).T
        trend = np.polyfit(step, energy, 1)
        return {
            "pressure": analysis.mean_and_error(mean[0], blocks=10),
            "temperature": analysis.mean_and_error(mean[1], blocks=10),
            "density": analysis.mean_and_error(analysis.columns(self.folder / f"{model}_{t:g}_npt.press")[2]),
            "diffusion": analysis.diffusion(free, BODY_STEP * 200),
            "free_temperature": float(warmth.mean()),
            "energy_drift_per_ns": float(trend[0] / BODY_STEP * 1000),
            "energy_fluctuation": float(np.std(energy - np.polyval(trend, step))),
        }, Correlations.of(frames)


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--output", type=Path, default=Path("benzene-output"))
    parser.add_argument("--molecule", default="benzene", choices=MOLECULES)
    parser.add_argument("--temperatures", type=float, nargs="+", default=[300.0, 400.0])
    parser.add_argument("--side", type=int, default=6, help="side^3 molecules")
    parser.add_argument("--cutoff", type=float, default=10.0, help="of the model, A")
    parser.add_argument("--group", help="point group of the bodies, D6h for benzene; without it axes alone")
    parser.add_argument("--compress", type=int, default=10000, help="steps, as all that follow")
    parser.add_argument("--atom-equilibrate", type=int, default=20000)
    parser.add_argument("--atom-steps", type=int, default=60000)
    parser.add_argument("--every", type=int, default=125, help="between all-atom frames")
    parser.add_argument("--equilibrate", type=int, default=4000)
    parser.add_argument("--steps", type=int, default=40000)
    parser.add_argument("--runs", type=int, default=2, help="learned liquids of each temperature and model")
    parser.add_argument("--atom-speed", type=int, default=1000, help="of the comparison of speeds")
    return parser.parse_args()


def main() -> None:
    study = Study(parse())
    for stage in (study.atoms, study.bodies, study.train, study.liquids, study.conserve, study.speed):
        stage()
    print(json.dumps(study.compare(), indent=1))
    print(f"figure: {study.folder / 'benzene.png'}")


if __name__ == "__main__":
    main()
