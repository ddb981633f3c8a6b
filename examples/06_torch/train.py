# SPDX-License-Identifier: MIT
"""Trains a small network on forces and torques of a Gay-Berne liquid with torch, and exports it as a model document."""

import argparse
from pathlib import Path

import anisoap_md
import numpy as np
import torch
from anisoap_md.torch import Frames, Potential, to_model

LIQUID = Path(__file__).parents[1] / "data" / "liquid.xyz"
HELD_OUT = 3  # frames
WEIGHTS = (0.01, 1.0, 1.0)  # of energies, forces and torques


def labels_of(frames: list, device: torch.device) -> list[torch.Tensor]:
    """Energies [n_frames], forces and torques [n, 3]."""
    energies = [atoms.get_potential_energy() for atoms in frames]
    forces = np.concatenate([atoms.get_forces() for atoms in frames])
    torques = np.concatenate([atoms.arrays["torques"] for atoms in frames])
    return [
        torch.tensor(values, dtype=torch.float64, device=device) for values in (energies, forces, torques)
    ]


def train(potential: Potential, frames: list, steps: int) -> None:
    """AdamW on all frames at once; forces and torques count by their spread, energies a hundredth of that."""
    device = potential.shift.device
    batch, targets = Frames.from_atoms(frames, device=device), labels_of(frames, device)
    potential.standardise(batch, targets[0])
    optimizer = torch.optim.AdamW(potential.parameters(), lr=0.01, weight_decay=3.0)
    for step in range(steps):
        optimizer.zero_grad()
        loss = sum(
            weight * ((got - target) ** 2).mean() / target.var()
            for weight, got, target in zip(WEIGHTS, potential(batch), targets, strict=True)
        )
        loss.backward()
        optimizer.step()
        if step % 20 == 0:
            print(f"step {step}: loss {loss.item():.4f}")


def report(potential: Potential, frames: list, text: str) -> None:
    """Errors of forces and torques as fractions of their spread."""
    device = potential.shift.device
    with torch.no_grad():
        found = potential(Frames.from_atoms(frames, device=device))
    for name, got, target in zip(found._fields[1:], found[1:], labels_of(frames, device)[1:], strict=True):
        error = ((got - target) ** 2).mean().sqrt() / target.std()
        print(f"{text}: RMSE of {name} {error:.3f} of their spread")


def device_of(text: str) -> torch.device:
    """A device that torch finds and, but for the processor, the package too (docs/devices.md)."""
    try:
        device = torch.device(text)
        torch.empty(0, device=device)
        if device.type != "cpu":
            anisoap_md.Descriptor(0, "monomial", 1.0, device=text)
    except (RuntimeError, AssertionError, ValueError) as error:
        raise argparse.ArgumentTypeError(f"got '{text}' ({str(error).splitlines()[0]})") from None
    return device


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, default=Path("model.json"), help="model document to write")
    parser.add_argument("--steps", type=int, default=120)
    parser.add_argument(
        "--device", type=device_of, default="cpu", help="of the power spectra and the networks: cuda"
    )
    options = parser.parse_args()
    torch.manual_seed(0)
    frames = anisoap_md.read_frames(LIQUID)
    descriptor = anisoap_md.Descriptor(
        6,
        "gto",
        3.0,
        max_radial=5,
        radial_gaussian_width=0.8,
        cutoff_function="cosine",
        cutoff_width=0.8,
        species=["C"],
    )
    potential = Potential(descriptor, widths=[8], components=147, density_scale=0.7).to(options.device)
    train(potential, frames[:-HELD_OUT], options.steps)
    report(potential, frames[:-HELD_OUT], "trained on")
    report(potential, frames[-HELD_OUT:], "held out")

    model = to_model(potential, units="lj")
    model.save(options.output)
    found = model.predict(frames)
    with torch.no_grad():
        expected = potential(Frames.from_atoms(frames, device=options.device))
    difference = max(
        float(np.abs(got - values.cpu().numpy()).max() / values.abs().max())
        for got, values in zip((found.energy, found.forces, found.torques), expected, strict=True)
    )
    print(f"{options.output}: largest difference from torch {difference:.1e} of the largest value")


if __name__ == "__main__":
    main()
