# SPDX-License-Identifier: MIT
"""Networks of a fit, and the only modules that import torch."""
