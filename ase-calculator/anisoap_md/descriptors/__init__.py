# SPDX-License-Identifier: MIT
"""``Descriptor`` and the derivatives of its power spectra; ``reference`` has the reference's interface."""
