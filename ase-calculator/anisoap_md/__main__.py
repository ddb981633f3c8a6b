# SPDX-License-Identifier: MIT
"""``python -m anisoap_md`` is the command ``anisoap-md``."""

import sys

from .cli import main

sys.exit(main())
