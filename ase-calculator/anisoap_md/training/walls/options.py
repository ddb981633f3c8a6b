# SPDX-License-Identifier: MIT
"""What a fit does about polynomials that turn attractive at contacts closer than any label."""

from dataclasses import dataclass

from ..fields import Options, one_of, option, optional, positive

REPAIR, OFF = "repair", "off"


@dataclass(frozen=True)
class WallOptions(Options):
    """Walls of two-body polynomials.

    Attributes
    ----------
    walls : {'repair', 'off'}
        Whether weights are moved to the nearest ones without a hole, or left as the labels alone have them.
    wall_energy : float, optional
        Energy that two bodies reach before the energy of their approach may turn down, in the units of the labels. None: ten
        times the root mean square of the forces times the length of the pair; without forces that of the torques, of the energies
        of a particle.
    """

    walls: str = option(
        REPAIR,
        text="two-body polynomials that turn attractive at contacts closer than any label: repair or off",
        check=one_of((REPAIR, OFF)),
        flag="--walls",
        metavar="NAME",
    )
    wall_energy: float | None = option(
        None,
        text="energy that a repaired approach reaches before it may turn down; default: from the labels",
        check=optional(positive),
        flag="--wall-energy",
        metavar="X",
    )
