# SPDX-License-Identifier: MIT
"""Pictures of frames in other programs: maps of descriptors with ellipsoids for chemiscope."""
