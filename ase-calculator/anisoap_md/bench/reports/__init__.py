# SPDX-License-Identifier: MIT
"""What is made of results: flat tables, figures, comparisons of two runs."""
