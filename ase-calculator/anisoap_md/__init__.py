# SPDX-License-Identifier: MIT
"""AniSOAP descriptors and potentials of ellipsoidal particles.

``Descriptor`` turns frames (``ase.Atoms``) into density coefficients or power spectra; ``EllipsoidalDensityProjection`` has
the interface of the reference implementation and needs the extra ``anisoap-md[metatensor]``. ``Model`` is a potential in a
JSON file and ``AniSOAPCalculator`` gives it to ASE; ``EllipsoidFilter`` relaxes ellipsoids with ASE's optimizers,
``RigidNVE`` moves them. ``read_frames`` and ``write_frames`` keep what ASE's files drop. The particles carry their
orientations and sizes in ``atoms.arrays``:

- quaternions (w, x, y, z), which rotate body axes into the space frame, in ``c_q``, ``quaternion``, ``quaternions`` or ``quat``;
- full diameters along the body axes in ``c_diameter[1]``, ``c_diameter[2]``, ``c_diameter[3]`` (or ``c_diameter1`` ...), or as
  one [n, 3] array in ``c_diameter``, ``shape`` or ``shapes``.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from ._core import __version__

if TYPE_CHECKING:
    from ._dump import iread
    from ._fit import FitResult, fit
    from ._prior import Prior
    from ._stress import symmetric_stress
    from ._tune import tune
    from .active_learning import active_learn
    from .calculator import AniSOAPCalculator
    from .density_projection import EllipsoidalDensityProjection
    from .descriptor import Descriptor
    from .model import Model
    from .nve import RigidNVE
    from .relax import EllipsoidFilter
    from .trajectory import read_frames, with_results, write_frames

__all__ = [
    "AniSOAPCalculator",
    "Descriptor",
    "EllipsoidFilter",
    "EllipsoidalDensityProjection",
    "FitResult",
    "Model",
    "Prior",
    "RigidNVE",
    "__version__",
    "active_learn",
    "fit",
    "iread",
    "read_frames",
    "symmetric_stress",
    "tune",
    "with_results",
    "write_frames",
]

# Names that are imported when they are first used: a LAMMPS start-up then loads neither ASE nor metatensor.
_LAZY = {
    "AniSOAPCalculator": ".calculator",
    "Descriptor": ".descriptor",
    "EllipsoidFilter": ".relax",
    "EllipsoidalDensityProjection": ".density_projection",
    "FitResult": "._fit",
    "Model": ".model",
    "Prior": "._prior",
    "RigidNVE": ".nve",
    "active_learn": ".active_learning",
    "fit": "._fit",
    "iread": "._dump",
    "read_frames": ".trajectory",
    "symmetric_stress": "._stress",
    "tune": "._tune",
    "with_results": ".trajectory",
    "write_frames": ".trajectory",
}


def __getattr__(name: str) -> Any:
    if name not in _LAZY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(_LAZY[name], __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_LAZY})
