# SPDX-License-Identifier: MIT
"""``EllipsoidFilter`` relaxes ellipsoids, ``RigidNVE`` moves them."""
