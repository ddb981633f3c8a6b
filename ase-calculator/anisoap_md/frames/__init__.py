# SPDX-License-Identifier: MIT
"""What ``ase.Atoms`` carry: species, orientations, sizes, batches, stress."""
