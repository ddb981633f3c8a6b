# SPDX-License-Identifier: MIT
"""From atoms to bodies: molecules, their orientations, what acts on them, and files of the coarse-grained run."""
