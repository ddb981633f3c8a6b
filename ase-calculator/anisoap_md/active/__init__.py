# SPDX-License-Identifier: MIT
"""``active_learn``: explore, label, train, in rounds."""
