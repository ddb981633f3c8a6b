# SPDX-License-Identifier: MIT
"""metatensor forms of coefficients and power spectra: the reference's names, with labels that fit the columns.

metatensor is an optional extra: only the functions here import it.
"""

from collections.abc import Sequence
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

import numpy as np

from ... import _core
from ...common.packages import require_package
from .centres import Centres

if TYPE_CHECKING:
    from metatensor import Labels, TensorMap

# Columns of _core.Descriptor.labels().
_L, _M, _N, _SPECIES, _N2, _SPECIES2 = range(6)

_COEFFICIENT_PROPERTIES = ("n", "neighbor_types")
# What the reference's combination of two sets of coefficients names its properties; k_2 and l_2 both hold l.
_POWER_PROPERTIES = ("n_1_a", "neighbor_types_1_a", "k_2", "n_1_b", "neighbor_types_1_b", "l_2")


def import_metatensor() -> ModuleType:
    """The metatensor package.

    Raises
    ------
    ImportError
        When it is not installed; names the extra.
    """
    require_package("metatensor", "metatensor", "a TensorMap of EllipsoidalDensityProjection")
    return import_module("metatensor")


def power_columns(labels: np.ndarray, neighbors: np.ndarray) -> np.ndarray:
    """Columns of the power spectrum between the given species (both as indices)."""
    return np.flatnonzero(np.isin(labels[:, _SPECIES], neighbors) & np.isin(labels[:, _SPECIES2], neighbors))


def coefficients_map(core: _core.Descriptor, rows: np.ndarray, centres: Centres) -> "TensorMap":
    """Coefficients by centre type and l.

    Parameters
    ----------
    core : _core.Descriptor
        What computed the rows.
    rows : numpy.ndarray
        [n_centres, n_coefficients].
    centres : Centres
        Of the same frames.

    Returns
    -------
    metatensor.TensorMap
        Blocks [centres of a type with a neighbour, 2l + 1, n_l * neighbour types], neighbour type fastest.
    """
    labels = core.labels("coefficients")
    types = np.array(centres.types)
    keys, blocks = [], []
    for center_type in centres.center_types():
        selected = centres.rows(center_type)
        for l in range(core.hypers.max_angular + 1):
            columns = np.flatnonzero(
                (labels[:, _L] == l) & np.isin(labels[:, _SPECIES], centres.neighbors(center_type))
            )
            one_m = labels[columns[: len(columns) // (2 * l + 1)]]
            properties = np.column_stack([one_m[:, _N], types[one_m[:, _SPECIES]]])
            values = rows[np.ix_(selected, columns)].reshape(len(selected), 2 * l + 1, -1)
            components = ("spherical_component_m", np.arange(-l, l + 1))
            keys.append((center_type, l))
            blocks.append((values, selected, components, (_COEFFICIENT_PROPERTIES, properties)))
    return _map(centres, ("types_center", "angular_channel"), keys, blocks)


def power_spectrum_map(core: _core.Descriptor, rows: np.ndarray, centres: Centres) -> "TensorMap":
    """Power spectra by centre type: blocks [centres of a type with a neighbour, 1, features], columns as the core's."""
    labels = core.labels("power_spectrum")
    types = np.array(centres.types)
    keys, blocks = [], []
    for center_type in centres.center_types():
        selected = centres.rows(center_type)
        columns = power_columns(labels, centres.neighbors(center_type))
        l, n, s, n2, s2 = labels[columns][:, [_L, _N, _SPECIES, _N2, _SPECIES2]].T
        properties = np.column_stack([n, types[s], l, n2, types[s2], l])
        values = rows[np.ix_(selected, columns)][:, None, :]
        keys.append((2, 0, center_type))
        blocks.append(
            (values, selected, ("spherical_harmonics_m", np.zeros(1)), (_POWER_PROPERTIES, properties))
        )
    return _map(centres, ("order_nu", "angular_channel", "types_center"), keys, blocks)


def _map(
    centres: Centres,
    key_names: Sequence[str],
    keys: Sequence[tuple[int, ...]],
    blocks: Sequence[tuple[Any, ...]],
) -> "TensorMap":
    mts = import_metatensor()
    made = []
    for values, selected, (component, m), (property_names, properties) in blocks:
        # The reference calls the index of the frame "type".
        samples = np.column_stack([centres.frame[selected], centres.atom[selected]])
        made.append(
            mts.TensorBlock(
                values=values,
                samples=_labels(("type", "center"), samples),
                components=[_labels((component,), m)],
                properties=_labels(property_names, properties),
            )
        )
    return mts.TensorMap(_labels(key_names, np.array(keys)), made)


def _labels(names: Sequence[str], values: np.ndarray) -> "Labels":
    integers = np.ascontiguousarray(values, dtype=np.int32).reshape(-1, len(names))
    return import_metatensor().Labels(list(names), integers)
