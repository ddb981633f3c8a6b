# SPDX-License-Identifier: MIT
"""Rigid planar rings C6X6 of OPLS-AA: geometry, parameters, and a LAMMPS data file of a dilute crystal of them."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.spatial.transform import Rotation

AVOGADRO = 0.602214076  # g/cm^3 of one g/mol and A^3
CARBON = ("C", 12.011, 0.07, 3.55)  # symbol, mass, epsilon (kcal/mol), sigma (A)
RING = 1.40  # C-C, A


@dataclass(frozen=True)
class Molecule:
    """C6X6 with six equal C-X bonds.

    Attributes
    ----------
    outer : tuple
        Symbol, mass (g/mol), epsilon (kcal/mol) and sigma (A) of X.
    bond : float
        C-X, A.
    charge : float
        Of X; carbon has the opposite one.
    density : float
        Of the liquid that is run, g/cm^3.
    """

    outer: tuple[str, float, float, float]
    bond: float
    charge: float
    density: float

    @property
    def mass(self) -> float:
        return 6 * (CARBON[1] + self.outer[1])

    @property
    def positions(self) -> np.ndarray:
        """[12, 3]: the carbons, then X."""
        angles = np.arange(6) * np.pi / 3
        directions = np.stack([np.cos(angles), np.sin(angles), np.zeros(6)], axis=1)
        return np.concatenate([RING * directions, (RING + self.bond) * directions])

    def edge(self, n_molecules: int) -> float:
        """Of the cube of the liquid, A."""
        return float((n_molecules * self.mass / (self.density * AVOGADRO)) ** (1 / 3))


# Benzene: W. L. Jorgensen, D. L. Severance, J. Am. Chem. Soc. 112, 4768 (1990), taken over by OPLS-AA, W. L. Jorgensen et al.,
# J. Am. Chem. Soc. 118, 11225 (1996); C6F6: types 720 and 721 of OPLS-AA. Bonds are those of the force field at rest.
MOLECULES = {
    "benzene": Molecule(("H", 1.008, 0.03, 2.42), 1.08, 0.115, 0.874),
    "hexafluorobenzene": Molecule(("F", 18.998, 0.061, 2.85), 1.354, -0.13, 1.606),
}


def write_data(path: Path, molecule: Molecule, side: int, seed: int) -> None:
    """side^3 molecules on a cubic lattice, far enough from each other to turn freely, each turned at random."""
    radius = RING + molecule.bond
    spacing = 2 * radius + 3.0
    places = np.stack(np.meshgrid(*[np.arange(side)] * 3, indexing="ij"), axis=-1).reshape(-1, 3) + 0.5
    turns = Rotation.random(len(places), random_state=np.random.default_rng(seed))
    lines = []
    for m, (place, turn) in enumerate(zip(places, turns, strict=True), start=1):
        for k, x in enumerate(turn.apply(molecule.positions) + spacing * place):
            kind, charge = (1, -molecule.charge) if k < 6 else (2, molecule.charge)
            words = " ".join(f"{v:.6f}" for v in x)
            lines.append(f"{len(lines) + 1} {m} {kind} {charge} {words}")
    edges = "\n".join(f"0 {spacing * side} {a}lo {a}hi" for a in "xyz")
    masses = "\n".join(f"{k} {mass}" for k, (_, mass, _, _) in enumerate((CARBON, molecule.outer), start=1))
    path.write_text(
        f"{len(places)} molecules\n\n{len(lines)} atoms\n2 atom types\n\n{edges}\n\nMasses\n\n{masses}\n\n"
        "Atoms # full\n\n" + "\n".join(lines) + "\n"
    )


def pair_commands(molecule: Molecule) -> str:
    """LAMMPS: OPLS-AA with geometric mixing, electrostatics by damped shifted forces."""
    coefficients = [
        f"pair_coeff {k} {k} {epsilon} {sigma}"
        for k, (_, _, epsilon, sigma) in enumerate((CARBON, molecule.outer), start=1)
    ]
    return "\n".join(["pair_style lj/cut/coul/dsf 0.2 10.0", "pair_modify mix geometric", *coefficients, ""])
