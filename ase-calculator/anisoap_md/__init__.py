# SPDX-License-Identifier: MIT
"""AniSOAP descriptors and potentials of ellipsoidal particles.

``Descriptor`` turns frames (``ase.Atoms``, or ``FrameArrays``) into density coefficients or power spectra;
``EllipsoidalDensityProjection`` has the interface of the reference implementation and needs the extra ``anisoap-md[metatensor]``.
``Model`` is a potential in a JSON file and ``AniSOAPCalculator`` gives it to ASE, ``SumCalculator`` together with others, such as
the ``PriorCalculator`` of what it was trained beside; ``EllipsoidFilter`` relaxes ellipsoids with ASE's optimizers, ``RigidNVE``
moves them, ``view`` shows them in Jupyter. ``read_frames`` and ``write_frames`` keep what ASE's files drop, ``rotated`` turns
what ``Atoms.rotate`` leaves.
Arguments, files and frames that cannot be used raise ``ArgumentError``. The particles
carry their orientations and sizes in ``atoms.arrays``:

- quaternions (w, x, y, z), which rotate body axes into the space frame, in ``c_q``, ``quaternion``, ``quaternions`` or ``quat``;
- full diameters along the body axes in ``c_diameter[1]``, ``c_diameter[2]``, ``c_diameter[3]`` (or ``c_diameter1`` ...), or as
  one [n, 3] array in ``c_diameter``, ``shape`` or ``shapes``.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

try:
    from ._core import __version__
except ImportError as error:
    if error.name is None and "libcuda.so" in error.msg:
        raise ImportError(
            "anisoap_md: a build with a shared Kokkos for CUDA without NVIDIA's driver (libcuda.so.1); expected a machine with "
            "the driver, or a build with -C cmake.define.ANISOAP_KOKKOS_SOURCE, which runs without it"
        ) from error
    raise
from .common import pickling as _pickling
from .common.errors import ArgumentError

_pickling.register()

if TYPE_CHECKING:
    from .active.learning import active_learn
    from .coarse.coarse_grain import CoarseGrained, coarse_grain
    from .data.labels import labels_of
    from .data.prior import Prior
    from .data.turning import rotated
    from .descriptors.descriptor import Descriptor
    from .descriptors.reference.projection import EllipsoidalDensityProjection
    from .dynamics.relax import EllipsoidFilter
    from .dynamics.rigid_nve import RigidNVE
    from .frames.arrays import FrameArrays
    from .frames.stress import symmetric_stress
    from .io.frames import read_frames, with_results, write_frames
    from .io.lammps_dump import iread
    from .models.calculator import AniSOAPCalculator
    from .models.model import Model
    from .models.prior_calculator import PriorCalculator
    from .models.sums import SumCalculator
    from .training.assessment.evaluate import Evaluation, evaluate
    from .training.fitting import FitResult, fit
    from .training.linear.options import PolynomialOptions, SymmetricOptions
    from .training.networks.options import NetworkOptions, PairNetworkOptions
    from .training.tuning.tuning import tune
    from .views.chemiscope import view, write_view

__all__ = [
    "AniSOAPCalculator",
    "ArgumentError",
    "CoarseGrained",
    "Descriptor",
    "EllipsoidFilter",
    "EllipsoidalDensityProjection",
    "Evaluation",
    "FitResult",
    "FrameArrays",
    "Model",
    "NetworkOptions",
    "PairNetworkOptions",
    "PolynomialOptions",
    "Prior",
    "PriorCalculator",
    "RigidNVE",
    "SumCalculator",
    "SymmetricOptions",
    "__version__",
    "active_learn",
    "coarse_grain",
    "evaluate",
    "fit",
    "iread",
    "labels_of",
    "read_frames",
    "rotated",
    "symmetric_stress",
    "tune",
    "view",
    "with_results",
    "write_frames",
    "write_view",
]

# Names that are imported when they are first used: a LAMMPS start-up then loads neither ASE nor metatensor.
_LAZY = {
    "AniSOAPCalculator": ".models.calculator",
    "CoarseGrained": ".coarse.coarse_grain",
    "Descriptor": ".descriptors.descriptor",
    "EllipsoidFilter": ".dynamics.relax",
    "EllipsoidalDensityProjection": ".descriptors.reference.projection",
    "Evaluation": ".training.assessment.evaluate",
    "FitResult": ".training.fitting",
    "FrameArrays": ".frames.arrays",
    "Model": ".models.model",
    "NetworkOptions": ".training.networks.options",
    "PairNetworkOptions": ".training.networks.options",
    "PolynomialOptions": ".training.linear.options",
    "Prior": ".data.prior",
    "PriorCalculator": ".models.prior_calculator",
    "RigidNVE": ".dynamics.rigid_nve",
    "SumCalculator": ".models.sums",
    "SymmetricOptions": ".training.linear.options",
    "active_learn": ".active.learning",
    "coarse_grain": ".coarse.coarse_grain",
    "evaluate": ".training.assessment.evaluate",
    "fit": ".training.fitting",
    "iread": ".io.lammps_dump",
    "labels_of": ".data.labels",
    "read_frames": ".io.frames",
    "rotated": ".data.turning",
    "symmetric_stress": ".frames.stress",
    "tune": ".training.tuning.tuning",
    "view": ".views.chemiscope",
    "with_results": ".io.frames",
    "write_frames": ".io.frames",
    "write_view": ".views.chemiscope",
}


def __getattr__(name: str) -> Any:
    if name not in _LAZY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(_LAZY[name], __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_LAZY})
