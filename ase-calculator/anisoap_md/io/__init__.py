# SPDX-License-Identifier: MIT
"""Files in and out: ``iread``, ``read_frames``, ``write_frames``, ``with_results``."""
