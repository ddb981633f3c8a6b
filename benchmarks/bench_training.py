# SPDX-License-Identifier: MIT
"""Time and memory of `fit` on many frames with forces and torques: random liquids that a known linear model labels."""

import argparse
import resource
import time

import anisoap_md
import numpy as np
from anisoap_md import _core
from ase import Atoms

CUTOFF = 4.0


def random_frame(generator: np.random.Generator, n: int, neighbors: float) -> Atoms:
    length = (n / (neighbors / (4 / 3 * np.pi * CUTOFF**3))) ** (1 / 3)
    atoms = Atoms(
        numbers=np.full(n, 6), positions=generator.random((n, 3)) * length, cell=[length] * 3, pbc=True
    )
    atoms.set_array("c_q", generator.normal(size=(n, 4)))
    atoms.set_array("shape", np.tile([1.0, 1.0, 3.0], (n, 1)))
    return atoms


def labelled_frames(descriptor: anisoap_md.Descriptor, arguments: argparse.Namespace) -> list[Atoms]:
    generator = np.random.default_rng(1)
    model = _core.Model()
    model.hypers = _core.Hypers.from_json(descriptor.to_json())
    local = _core.LocalEnergy()
    local.kind = "linear"
    local.shift, local.scale = np.zeros(model.n_features), np.ones(model.n_features)
    local.weights = generator.normal(size=model.n_features)
    model.local = [local]
    potential = _core.Potential(model)
    frames = []
    for _ in range(arguments.frames):
        atoms = random_frame(generator, arguments.particles, arguments.neighbors)
        result = potential.compute([atoms], [6])
        atoms.set_array("forces", result["forces"] + 0.01 * generator.normal(size=(len(atoms), 3)))
        atoms.set_array("torques", result["torques"] + 0.01 * generator.normal(size=(len(atoms), 3)))
        atoms.info["energy"] = float(result["energy"][0])
        frames.append(atoms)
    return frames


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--frames", type=int, default=1000)
    parser.add_argument("--particles", type=int, default=500)
    parser.add_argument("--neighbors", type=float, default=28.0)
    parser.add_argument("--kind", choices=("linear", "kernel"), default="linear")
    parser.add_argument("--points", type=int, default=200)
    parser.add_argument("--polynomial", action="store_true", help="a two-body polynomial too")
    arguments = parser.parse_args()
    descriptor = anisoap_md.Descriptor(
        6,
        "gto",
        CUTOFF,
        radial_gaussian_width=1.2,
        cutoff_function="cosine",
        cutoff_width=1.0,
        species=["C"],
    )
    descriptor.power_spectrum(random_frame(np.random.default_rng(0), 2, 1.0))
    frames = labelled_frames(descriptor, arguments)
    start = time.perf_counter()
    two_body = {"kind": "polynomial", "cutoff": CUTOFF} if arguments.polynomial else None
    result = anisoap_md.fit(frames, descriptor, arguments.kind, n_points=arguments.points, two_body=two_body)
    seconds = time.perf_counter() - start
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    kind = arguments.kind + (" and polynomial" if two_body else "")
    print(
        f"{arguments.frames} frames x {arguments.particles} particles, {kind}: {seconds:.0f} s, {memory:.2f} GiB"
    )
    for target, error in result.errors["test"].items():
        print(f"{target}: RMSE {error.rmse:.3g}, spread {error.spread:.3g} on held-out frames")


if __name__ == "__main__":
    main()
