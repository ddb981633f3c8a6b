# SPDX-License-Identifier: MIT
"""Polynomials that stay repulsive at contacts closer than any label."""
