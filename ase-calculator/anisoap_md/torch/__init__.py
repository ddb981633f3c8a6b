# SPDX-License-Identifier: MIT
"""The descriptor and models as operators of torch that can be differentiated; needs the extra ``anisoap-md[torch]``.

``Frames`` are tensors of many frames, ``AniSOAP`` is a module that gives their power spectra and ``Potential`` one that gives
energies, forces and torques of networks on them; ``to_model`` makes a ``Model`` of it. The operators are
``torch.ops.anisoap_md.power_spectrum`` and ``model_energy``. Nothing else in the package imports this room.
"""

from ..common.packages import require_package

require_package("torch", "torch", "anisoap_md.torch")

from .descriptor import AniSOAP  # noqa: E402
from .energy import model_energy  # noqa: E402
from .export import to_model  # noqa: E402
from .frames import Frames  # noqa: E402
from .potential import EnergyForcesTorques, Potential  # noqa: E402
from .spectrum import power_spectrum, power_spectrum_change, power_spectrum_gradient  # noqa: E402

__all__ = [
    "AniSOAP",
    "EnergyForcesTorques",
    "Frames",
    "Potential",
    "model_energy",
    "power_spectrum",
    "power_spectrum_change",
    "power_spectrum_gradient",
    "to_model",
]
