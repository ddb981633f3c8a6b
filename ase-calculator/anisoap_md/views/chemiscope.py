# SPDX-License-Identifier: MIT
"""Frames for the viewer chemiscope: ellipsoids, a map of the descriptors, and properties of the particles.

chemiscope: G. Fraux, R. K. Cersonsky, M. Ceriotti, J. Open Source Softw. 5, 2117 (2020). Its ellipsoids have semi-axes and
quaternions (x, y, z, w) from body axes to space.
"""

import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from ase import Atoms

from ..common import checks
from ..common.errors import ArgumentError
from ..common.files import whole_file
from ..common.packages import require_package
from ..data.labels import labels_of
from ..descriptors.descriptor import Descriptor
from ..frames import bodies
from ..frames.batches import as_iterable

SUFFIXES = (".json", ".json.gz")
COMPONENT = "principal component"


def view(frames: Atoms | Iterable[Atoms], descriptor: Descriptor | None = None, n_components: int = 3) -> Any:
    """Viewer of frames in a Jupyter notebook: a map of the particles by their descriptors, and their ellipsoids.

    Parameters
    ----------
    frames : ase.Atoms or iterable of ase.Atoms
        With quaternions and diameters.
    descriptor : Descriptor, optional
        Its symmetric power spectra are reduced to principal components. None is that of ``map_descriptor``.
    n_components : int
        Components, 2 or more; fewer where there are fewer features.

    Returns
    -------
    chemiscope.ChemiscopeWidget
        Particles have the components, one-dimensional arrays of numbers and lengths of vectors that all frames hold;
        frames have their energies.

    Raises
    ------
    ArgumentError
        For no frame or particle, missing or wrong arrays, fewer than two components.
    PackageMissing
        Without the package chemiscope, of the extra ``view``.
    """
    return _chemiscope().show(**arguments(frames, descriptor, n_components))


def write_view(
    path: str | os.PathLike[str],
    frames: Atoms | Iterable[Atoms],
    descriptor: Descriptor | None = None,
    n_components: int = 3,
) -> None:
    """Writes what ``view`` shows to a file that https://chemiscope.org and ``chemiscope.show_input`` open.

    Parameters
    ----------
    path : path
        .json or .json.gz; replaced as a whole or not at all.
    frames, descriptor, n_components
        As in ``view``.

    Raises
    ------
    ArgumentError
        For another suffix, and as ``view``.
    """
    suffix = require_suffix("path", path)
    chemiscope = _chemiscope()
    given = arguments(frames, descriptor, n_components)
    with whole_file(path) as temporary:  # whose name chemiscope must end as it wants
        named = temporary.with_name(temporary.name + suffix)
        try:
            chemiscope.write_input(str(named), **given)
            named.replace(temporary)
        finally:
            named.unlink(missing_ok=True)


def require_suffix(what: str, path: str | os.PathLike[str]) -> str:
    """The suffix of a path that chemiscope writes."""
    name = Path(path).name
    for suffix in reversed(SUFFIXES):
        if name.endswith(suffix):
            return suffix
    raise ArgumentError(f"suffix of {what}", f"'{name}'", " or ".join(SUFFIXES))


def map_descriptor(frames: list[Atoms], **execution: Any) -> Descriptor:
    """l_max 4, a cutoff of 1.5 of the largest diameter, sigma a third of the cutoff: for a first look.

    `execution`: num_threads and device of ``Descriptor``.
    """
    cutoff = 1.5 * max(float(bodies.diameters(atoms).max()) for atoms in frames)
    return Descriptor(4, "gto", cutoff, radial_gaussian_width=cutoff / 3, **execution)


def arguments(
    frames: Atoms | Iterable[Atoms], descriptor: Descriptor | None, n_components: int
) -> dict[str, Any]:
    """Arguments of ``chemiscope.write_input`` and ``chemiscope.show``."""
    components = checks.integer("n_components", n_components)
    if components < 2:
        raise ArgumentError("n_components", components, "2 or more")
    listed = list(as_iterable(frames))
    if not sum(map(len, listed)):
        raise ArgumentError("frames", "no particle", "frames with particles")
    if any(not len(atoms) for atoms in listed):
        listed = [atoms for atoms in listed if len(atoms)]
    chosen = map_descriptor(listed) if descriptor is None else descriptor
    rows = chosen.power_spectrum(listed, symmetric=True)
    reduced, variance = principal_components(np.asarray(rows, dtype=float), components)
    hypers = chosen.to_json()
    chemiscope = _chemiscope()
    return {
        "structures": [_plain(atoms) for atoms in listed],
        "properties": _properties(listed, reduced, variance),
        "environments": chemiscope.all_atomic_environments(
            listed, cutoff=json.loads(hypers)["hypers"]["cutoff_radius"]
        ),
        "shapes": {"ellipsoid": _ellipsoids(listed)},
        "settings": chemiscope.quick_settings(
            x=f"{COMPONENT}[1]",
            y=f"{COMPONENT}[2]",
            map_color=f"{COMPONENT}[{min(3, reduced.shape[1])}]",
            target="atom",
            structure_settings={
                "shape": ["ellipsoid"],
                "unitCell": bool(listed[0].cell.rank),
                "bonds": False,
            },
        ),
        "metadata": {"name": "AniSOAP", "description": f"Hyperparameters: {hypers}"},
    }


def principal_components(rows: np.ndarray, most: int) -> tuple[np.ndarray, np.ndarray]:
    """Coordinates [n, k] along the components of largest variance, and the fractions [k] of it; k = min(most, columns).

    Rows are centred, not scaled: a component is in the unit of the features. Its largest entry is positive.
    """
    centred = rows - rows.mean(axis=0)
    values, vectors = np.linalg.eigh(centred.T @ centred)
    values, vectors = values[::-1][:most], vectors[:, ::-1][:, :most]
    largest = vectors[np.abs(vectors).argmax(axis=0), np.arange(vectors.shape[1])]
    total = float((centred**2).sum())
    return centred @ (vectors * np.sign(largest)), np.maximum(values, 0) / (total or 1.0)


def _chemiscope() -> Any:
    require_package("chemiscope", "view", "view")
    import chemiscope

    return chemiscope


def _plain(atoms: Atoms) -> Atoms:
    return Atoms(numbers=atoms.numbers, positions=atoms.positions, cell=atoms.cell, pbc=atoms.pbc)


def _ellipsoids(frames: list[Atoms]) -> dict[str, Any]:
    each = [
        {"semiaxes": axes.tolist(), "orientation": q.tolist()}
        for atoms in frames
        for axes, q in zip(bodies.diameters(atoms) / 2, bodies.rotations(atoms).as_quat(), strict=True)
    ]
    return {"kind": "ellipsoid", "parameters": {"global": {}, "atom": each}}


def _properties(frames: list[Atoms], reduced: np.ndarray, variance: np.ndarray) -> dict[str, Any]:
    shares = ", ".join(f"{100 * part:.1f} %" for part in variance)
    properties: dict[str, Any] = {
        COMPONENT: {
            "target": "atom",
            "values": reduced,
            "description": f"of power spectra; variance {shares}",
        },
        "frame": _of_atoms(np.repeat(np.arange(len(frames)), [len(atoms) for atoms in frames])),
    }
    labels = [labels_of(atoms) for atoms in frames]
    for name in ("forces", "torques"):
        if all(name in found for found in labels):
            vectors = np.concatenate([found[name] for found in labels])
            properties[f"|{name}|"] = _of_atoms(np.linalg.norm(vectors, axis=1))
    for name in _numbers_of_all(frames):
        properties[name] = _of_atoms(np.concatenate([atoms.arrays[name] for atoms in frames]))
    if all("energy" in found for found in labels):
        energies = np.array([float(found["energy"]) for found in labels])
        properties["energy"] = {"target": "structure", "values": energies}
    return properties


def _of_atoms(values: np.ndarray) -> dict[str, Any]:
    return {"target": "atom", "values": np.asarray(values, dtype=float)}


def _numbers_of_all(frames: list[Atoms]) -> list[str]:
    """Arrays [n] of finite numbers that all frames hold, but those of bodies."""
    shared = set.intersection(*(set(atoms.arrays) for atoms in frames)) - {"numbers", *bodies.ALL_NAMES}
    return sorted(
        name
        for name in shared
        if all(a.arrays[name].ndim == 1 and a.arrays[name].dtype.kind in "fiu" for a in frames)
        and all(np.isfinite(a.arrays[name]).all() for a in frames)
    )
