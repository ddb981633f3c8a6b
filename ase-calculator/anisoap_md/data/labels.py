# SPDX-License-Identifier: MIT
"""Labels of training frames, read and checked once: energy, forces, torques and stress.

A label is looked for in ``atoms.info`` (energy, stress) or ``atoms.arrays`` (forces, torques), then in the results of the frame's
calculator, where ASE's readers put energies, forces and stresses; ``labels_of`` gives what is found. Stresses are ASE's:
symmetric, xx yy zz yz xz xy, dE/dstrain / volume at orientations that stay; inside they are virials, W = -stress x volume. A key
with "virial" in its name, as of GAP's files, says that the label is W itself.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from ase import Atoms
from ase.calculators.singlepoint import SinglePointCalculator
from ase.stress import full_3x3_to_voigt_6_stress

from ..common.checks import word
from ..common.errors import ArgumentError, ArgumentTypeError
from ..frames import bodies
from ..frames.batches import as_iterable
from ..frames.species import of_frames, to_symbols
from .dataset import TARGETS, Dataset, Labels, require_target, require_targets

_PER_FRAME = ("energy", "stress")


def read_dataset(
    frames: Atoms | Iterable[Atoms],
    species: Sequence[int],
    targets: Sequence[str] | None = None,
    keys: Mapping[str, str] | None = None,
    units: str = "metal",
) -> Dataset:
    """Frames and their labels.

    Parameters
    ----------
    species : sequence of int
        Atomic numbers that the model knows.
    targets : sequence of {'energy', 'forces', 'torques', 'stress'}, optional
        None takes all that the frames have.
    keys : mapping, optional
        Names of labels in ``atoms.info`` or ``atoms.arrays`` where they are not the targets' own.
    units : {'metal', 'real', 'lj'}
        Of the labels. A frame whose ``atoms.info['units']`` differs is refused.

    Raises
    ------
    ArgumentError
        For no frame, a label that only some frames have, forces without torques (unless `targets` says so), labels of a wrong
        shape or that are not finite, species or units that do not fit; the text names the frame.
    """
    listed = list(as_iterable(frames))
    if not listed:
        raise ArgumentError("frames", "none", "at least one frame with labels")
    names = label_keys(keys)
    for k, atoms in enumerate(listed):
        _require_frame(k, atoms, species, units)
    stored = [stored_labels(f"frame {k}", atoms, names) for k, atoms in enumerate(listed)]
    found = [list(values) for values in stored]
    _require_labels(found, [t for t in keys or {} if targets is None or t in targets], names)
    chosen = _agreed(found) if targets is None else _required(found, targets, names)
    labels = [_labels(k, atoms, {t: stored[k][t] for t in chosen}, names) for k, atoms in enumerate(listed)]
    return Dataset(listed, labels, chosen)


def labels_of(atoms: Atoms, keys: Mapping[str, str] | None = None) -> dict[str, Any]:
    """The labels of a frame, as a fit finds them, wherever its file or its calculator put them.

    Parameters
    ----------
    atoms : ase.Atoms
    keys : mapping, optional
        As of ``fit``: names in ``atoms.info`` or ``atoms.arrays`` where they are not the targets' own.

    Returns
    -------
    dict
        Some of energy, forces [n, 3], torques [n, 3] and stress (6, 9 or [3, 3], as it is stored), in the units of the file.
        ``atoms.info`` and ``atoms.arrays`` count before the calculator.

    Raises
    ------
    ArgumentError
        For results of a calculator whose frame was moved, turned or resized since.
    """
    return stored_labels("frame 0", atoms, label_keys(keys))


def label_keys(keys: Mapping[str, str] | None) -> dict[str, str]:
    """Name of each target's label."""
    for name in keys or {}:
        require_target("keys", name)
    return {**{t: t for t in TARGETS}, **{t: word(f"keys['{t}']", v) for t, v in (keys or {}).items()}}


def _require_frame(k: int, atoms: Atoms, species: Sequence[int], units: str) -> None:
    if not isinstance(atoms, Atoms):
        raise ArgumentTypeError(f"frame {k}", type(atoms), "an ase.Atoms")
    if not len(atoms):
        raise ArgumentError(f"frame {k}", "no particle", "at least one")
    unknown = sorted(set(atoms.numbers.tolist()) - set(species))
    if unknown:
        raise ArgumentError(
            f"frame {k}: species",
            f"'{to_symbols(unknown)[0]}'",
            f"one of {', '.join(to_symbols(species))}",
        )
    given = atoms.info.get("units", units)
    if given != units:
        raise ArgumentError(f"frame {k}: info['units']", repr(given), f"'{units}', as the argument units")


def require_every_species(frames: Sequence[Atoms], species: Sequence[int]) -> None:
    """ValueError for a species of the model that no training frame holds."""
    missing = set(species) - set(of_frames(frames))
    if missing:
        raise ArgumentError(
            "species",
            f"'{to_symbols(sorted(missing))[0]}', which no training frame holds",
            "the species of the training frames",
        )


def stored_labels(where: str, atoms: Atoms, keys: Mapping[str, str]) -> dict[str, Any]:
    """As ``labels_of``, with keys of all targets; `where` is what errors call the frame."""
    calculator = atoms.calc
    results = getattr(calculator, "results", {})
    found, of_calculator = {}, []
    for target in TARGETS:
        value = (atoms.info if target in _PER_FRAME else atoms.arrays).get(keys[target])
        if value is None and keys[target] == target:
            value = results.get(target)
            of_calculator += [target] if value is not None else []
        if value is not None:
            found[target] = value
    if of_calculator and (_moved(calculator, atoms) or bodies.turned_or_resized(atoms)):
        raise ArgumentError(
            f"{where}: {of_calculator[0]} of its calculator",
            "a frame that was changed since",
            "an unchanged frame",
        )
    return found


def _moved(calculator: Any, atoms: Atoms) -> bool:
    """Whether a calculator says that its results are of another frame."""
    if isinstance(calculator, SinglePointCalculator):
        of_results = calculator.atoms
        if isinstance(of_results, Atoms) and not bodies.moved(of_results, atoms):
            return False  # nearly always, and much quicker than ASE's comparison
    return bool(getattr(calculator, "check_state", lambda a: ())(atoms))


def _agreed(found: list[list[str]]) -> tuple[str, ...]:
    """Targets of every frame."""
    first = found[0]
    for k, here in enumerate(found):
        if here != first:
            name = sorted(set(here) ^ set(first))[0]
            without, having = (k, 0) if name in first else (0, k)
            raise ArgumentError(
                "labels",
                f"{name} in frame {having} and none in frame {without}",
                "the same labels in every frame, or targets=(...) that all of them have",
            )
    if not first:
        raise ArgumentError("labels", "none in frame 0", f"some of {', '.join(TARGETS)}, or keys={{...}}")
    if "forces" in first and "torques" not in first:
        raise ArgumentError(
            "torques",
            "none in any frame, but forces",
            "arrays['torques'] [n, 3], or targets=(...) without torques",
        )
    return tuple(first)


def _required(found: list[list[str]], targets: Sequence[str], keys: Mapping[str, str]) -> tuple[str, ...]:
    require_targets(targets)
    _require_labels(found, targets, keys)
    return tuple(t for t in TARGETS if t in targets)


def _require_labels(found: list[list[str]], wanted: Sequence[str], keys: Mapping[str, str]) -> None:
    """ValueError that names the first frame without a label."""
    for name in wanted:
        missing = [k for k, here in enumerate(found) if name not in here]
        if missing:
            place = "info" if name in _PER_FRAME else "arrays"
            raise ArgumentError(
                f"frame {missing[0]}: {name}",
                "none",
                f"{place}['{keys[name]}'], or targets without {name}",
            )


def _labels(k: int, atoms: Atoms, stored: Mapping[str, Any], keys: Mapping[str, str]) -> Labels:
    labels = Labels()
    for name, given in stored.items():
        what = f"frame {k}: {name}"
        try:
            value = np.asarray(given, dtype=float)
        except (TypeError, ValueError):
            raise ArgumentError(what, "values that are not numbers", "numbers") from None
        if not np.isfinite(value).all():
            wrong = value[~np.isfinite(value)].flat[0]
            raise ArgumentError(what, wrong, "finite numbers")
        if name == "energy":
            _require_shape(what, value, [(), (1,)])
            labels.energy = float(value.reshape(()))
        elif name == "stress":
            is_virial = "virial" in keys[name].lower()
            labels.stress = _virial(what, atoms, value, is_virial)
        else:
            _require_shape(what, value, [(len(atoms), 3)])
            setattr(labels, name, value)
    return labels


def _require_shape(what: str, value: np.ndarray, shapes: Sequence[tuple[int, ...]]) -> None:
    if value.shape not in shapes:
        expected = " or ".join("a number" if not shape else str(shape) for shape in shapes)
        raise ArgumentError(f"{what}: shape", value.shape, expected)


def _virial(what: str, atoms: Atoms, given: np.ndarray, is_virial: bool) -> np.ndarray:
    _require_shape(what, given, [(6,), (9,), (3, 3)])
    symmetric = given if given.shape == (6,) else full_3x3_to_voigt_6_stress(given.reshape(3, 3))
    if is_virial:
        return symmetric
    volume = abs(np.linalg.det(atoms.cell.array))
    if not volume > 0:
        raise ArgumentError(what, "a frame without a cell", "a cell with a volume")
    return -volume * symmetric
