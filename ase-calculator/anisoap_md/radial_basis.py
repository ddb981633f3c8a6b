# SPDX-License-Identifier: MIT
"""The radial bases of the reference's interface, in a module of the name that they have there."""

from .descriptors.reference.radial_basis import GTORadialBasis, MonomialBasis

__all__ = ["GTORadialBasis", "MonomialBasis"]
