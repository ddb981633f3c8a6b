# SPDX-License-Identifier: MIT
"""Progress bars."""

from collections.abc import Iterable
from typing import Any

from tqdm.auto import tqdm


def progress(items: Iterable[Any] | None, what: str | None, unit: str, show: bool) -> Any:
    """A bar over `items`, or one without a total whose ``update`` counts; units stand behind the number."""
    return tqdm(items, desc=what, unit=f" {unit}", disable=not show)
