# SPDX-License-Identifier: MIT
"""The reference implementation's interface: ``EllipsoidalDensityProjection``, its radial bases."""
