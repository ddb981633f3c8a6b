# SPDX-License-Identifier: MIT
"""Rigid bodies of Lennard-Jones sites: their energies, forces and torques (NumPy), isolated pairs and small dense frames.

Reduced units: diameter of a site and k_B T are 1, its mass is 1 / sites of the body.
"""

from dataclasses import dataclass

import numpy as np
from ase import Atoms
from scipy.spatial.transform import Rotation

SITE_CUTOFF = 2.5  # of two sites; energy and force vanish there
EMBEDDING_CUTOFF = 2.0


@dataclass(frozen=True)
class Body:
    """A rigid body of like sites.

    Attributes
    ----------
    sites : array [m, 3]
        In the body's axes.
    group : str
        Point group of the body.
    diameters : tuple of float
        Of the ellipsoid that the model takes for it.
    epsilon : float
        Well depth of two sites.
    spacing : tuple of float
        Between the bodies of the lattice that dense frames begin with.
    rank : int
        Of the tensors of the larger of the two expansions that are tried.
    """

    name: str
    sites: np.ndarray
    group: str
    diameters: tuple[float, float, float]
    epsilon: float
    spacing: tuple[float, float, float]
    rank: int

    @property
    def reach(self) -> float:
        """Distance of two centres beyond which there is no pair energy."""
        return SITE_CUTOFF + 2 * float(np.linalg.norm(self.sites, axis=1).max())


_CORNERS = np.array([(x, y, z) for x in (1, -1) for y in (1, -1) for z in (1, -1)], dtype=float)
BODIES = {
    body.name: body
    for body in (
        Body(
            "rod",
            np.outer(np.linspace(-0.8, 0.8, 5), (0, 0, 1.0)),
            "Dinfh",
            (1.0, 1.0, 2.6),
            0.4,
            (1.9, 1.9, 3.2),
            10,
        ),
        Body("cube", 0.35 * _CORNERS, "Oh", (1.9, 1.9, 1.9), 0.15, (2.0, 2.0, 2.0), 10),
        Body(
            "tetrahedron",
            0.28 * _CORNERS[_CORNERS.prod(axis=1) > 0],
            "Td",
            (1.6, 1.6, 1.6),
            0.5,
            (1.8, 1.8, 1.8),
            8,
        ),
    )
}


def _lennard_jones(r: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """4 (r^-12 - r^-6) and its slope, shifted so that both vanish at the cutoff."""

    def bare(r):
        return 4 * (r**-12 - r**-6), -24 * (2 * r**-13 - r**-7)

    value, slope = bare(r)
    end, end_slope = bare(SITE_CUTOFF)
    inside = r < SITE_CUTOFF
    return inside * (value - end - (r - SITE_CUTOFF) * end_slope), inside * (slope - end_slope)


def _density(r: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(1 - (r / c)^2)^4 and its slope: what a site adds to the density at another."""
    x = np.maximum(1 - (r / EMBEDDING_CUTOFF) ** 2, 0)
    return x**4, -8 * x**3 * r / EMBEDDING_CUTOFF**2


def _embedding(density: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """-sqrt(density) and its slope (Finnis and Sinclair, Phil. Mag. A 50, 45 (1984))."""
    root = np.sqrt(density)
    return -root, -0.5 / np.maximum(root, 1e-12)


def interactions(
    body: Body, x: np.ndarray, rotations: np.ndarray, cell: np.ndarray | None = None, embedding: float = 0.0
) -> tuple[float, np.ndarray, np.ndarray]:
    """Energy, forces [n, 3] and torques [n, 3] about the centres, in the space frame.

    Sums over sites of different bodies, nearest images in an orthorhombic `cell` [3]; each edge has to be SITE_CUTOFF longer than
    the body. With `embedding` every site has the energy embedding times -sqrt(density) of the sites of other bodies.
    """
    n, m = len(x), len(body.sites)
    arms = (rotations @ body.sites.T).transpose(0, 2, 1).reshape(-1, 3)
    owner = np.repeat(np.arange(n), m)
    sites = x[owner] + arms
    i, j = np.triu_indices(n * m, 1)
    apart = owner[i] != owner[j]
    i, j = i[apart], j[apart]
    d = sites[j] - sites[i]
    if cell is not None:
        d -= cell * np.round(d / cell)
    r = np.linalg.norm(d, axis=1)
    near = r < SITE_CUTOFF
    i, j, d, r = i[near], j[near], d[near], r[near]
    value, slope = _lennard_jones(r)
    energy, slope = body.epsilon * value.sum(), body.epsilon * slope
    if embedding:
        value, density_slope = _density(r)
        density = np.bincount(i, value, n * m) + np.bincount(j, value, n * m)
        value, of_density = _embedding(density)
        energy += embedding * value.sum()
        slope = slope + embedding * (of_density[i] + of_density[j]) * density_slope
    on_site = np.zeros((n * m, 3))
    push = (slope / r)[:, None] * d
    np.add.at(on_site, i, push)
    np.add.at(on_site, j, -push)
    torques = np.cross(arms, on_site)
    return float(energy), on_site.reshape(n, m, 3).sum(axis=1), torques.reshape(n, m, 3).sum(axis=1)


def labelled(
    body: Body, x: np.ndarray, rotations: np.ndarray, cell: np.ndarray | None = None, embedding: float = 0.0
) -> Atoms:
    """A frame with energy, forces and torques."""
    energy, forces, torques = interactions(body, x, rotations, cell, embedding)
    atoms = Atoms(f"X{len(x)}", positions=x, cell=cell, pbc=cell is not None)
    atoms.arrays["c_q"] = Rotation.from_matrix(rotations).as_quat()[:, [3, 0, 1, 2]]
    atoms.arrays["c_diameter"] = np.tile(body.diameters, (len(x), 1))
    atoms.info["energy"], atoms.arrays["forces"], atoms.arrays["torques"] = energy, forces, torques
    return atoms


def pairs(body: Body, n: int, generator: np.random.Generator, most: float = 5.0) -> list[Atoms]:
    """Two bodies alone: random turns and directions, distances from where the energy is `most` to the end of the pair energy.

    Distances are denser near contact: uniform in the square root of what lies beyond it.
    """
    frames = []
    while len(frames) < n:
        rotations = Rotation.random(2, random_state=generator.integers(2**31)).as_matrix()
        direction = generator.normal(size=3)
        direction /= np.linalg.norm(direction)
        contact = _contact(body, rotations, direction, most)
        r = contact + (body.reach - contact) * generator.random() ** 2
        frames.append(labelled(body, np.outer((0, r), direction), rotations))
    return frames


def _contact(body: Body, rotations: np.ndarray, direction: np.ndarray, most: float) -> float:
    """The largest distance, of 200 on the way in, at which the pair energy is above `most`."""
    a, b = (rotation @ body.sites.T for rotation in rotations)
    r = np.linspace(body.reach, 0.3, 200)
    d = r[:, None, None, None] * direction + (b.T[None] - a.T[:, None])[None]
    distance = np.maximum(np.linalg.norm(d, axis=-1), 0.3)
    energy = body.epsilon * _lennard_jones(distance)[0].sum(axis=(1, 2))
    return float(r[np.argmax(energy > most)])


@dataclass
class Dense:
    """Monte Carlo at k_B T = 1 of 27 bodies at constant volume, the pair energy of the sites alone."""

    body: Body
    generator: np.random.Generator
    stretch: float = 1.0  # of the lattice's spacing

    def __post_init__(self) -> None:
        spacing = self.stretch * np.array(self.body.spacing)
        self.cell = 3 * spacing
        self.x = spacing * np.array(list(np.ndindex(3, 3, 3)), dtype=float)
        self.rotations = np.tile(np.eye(3), (27, 1, 1))

    def _energy(self, k: int, x: np.ndarray, rotation: np.ndarray) -> float:
        """Of body k with all others."""
        others = np.arange(27) != k
        arms = (self.rotations[others] @ self.body.sites.T).transpose(0, 2, 1)
        sites = (self.x[others][:, None] + arms).reshape(-1, 3)
        d = sites[:, None] - (x + self.body.sites @ rotation.T)
        d -= self.cell * np.round(d / self.cell)
        r = np.sqrt((d * d).sum(axis=-1))
        return self.body.epsilon * _lennard_jones(r[r < SITE_CUTOFF])[0].sum()

    def sweep(self, step: float = 0.15) -> None:
        """One attempt for each body: a shift and a turn."""
        shifts, turns = self.generator.normal(scale=step, size=(2, 27, 3))
        for k, (shift, turn) in enumerate(zip(shifts, Rotation.from_rotvec(turns).as_matrix(), strict=True)):
            x, rotation = self.x[k] + shift, turn @ self.rotations[k]
            change = self._energy(k, x, rotation) - self._energy(k, self.x[k], self.rotations[k])
            if change <= 0 or self.generator.random() < np.exp(-change):
                self.x[k], self.rotations[k] = x, rotation

    def frames(self, n: int, prepare: int = 150, every: int = 15, embedding: float = 0.0) -> list[Atoms]:
        """n frames, `every` sweeps apart, after `prepare`."""
        out = []
        for sweep in range(prepare + every * n):
            self.sweep()
            if sweep >= prepare and (sweep - prepare + 1) % every == 0:
                out.append(labelled(self.body, self.x, self.rotations, self.cell, embedding))
        return out
