# SPDX-License-Identifier: MIT
"""YAML files that hold keys and values."""

import re
from pathlib import Path
from typing import Any

from ..common.checks import message

_FLOAT = re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+)[eE][-+]?\d+$")  # 1e-3 is text in YAML 1.1 and a number in 1.2
_MERGE = "tag:yaml.org,2002:merge"


def read_yaml(file: Path) -> dict[str, Any]:
    """Content of a file.

    Raises
    ------
    ValueError
        For YAML that cannot be read, keys that are repeated, merged (<<) or no words, and a file that holds something else.
    RuntimeError
        Without the package PyYAML.
    """
    try:
        import yaml
    except ImportError:
        raise RuntimeError(
            "anisoap: active-learn, got no package 'yaml'; expected 'pip install anisoap-md[active]'"
        ) from None

    class Loader(yaml.SafeLoader):
        """Refuses keys that are repeated, merged or no words; reads 1e-3 as a number, as YAML 1.2 does."""

        def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
            if any(key.tag == _MERGE for key, _ in node.value):
                raise ValueError(message(f"'{file.name}': key", "'<<'", "every key written out"))
            keys = [self.construct_object(key, deep=True) for key, _ in node.value]
            for k, key in enumerate(keys):
                if not isinstance(key, str):
                    raise ValueError(message(f"'{file.name}': key", repr(key), "a word"))
                if key in keys[:k]:
                    raise ValueError(message(f"'{file.name}': key", f"'{key}' twice", "each key once"))
            return super().construct_mapping(node, deep)

    Loader.add_implicit_resolver("tag:yaml.org,2002:float", _FLOAT, list("-+.0123456789"))
    try:
        content = yaml.load(file.read_text(encoding="utf-8"), Loader)
    except (yaml.YAMLError, UnicodeDecodeError, TypeError) as error:
        text = " ".join(str(error).split())
        raise ValueError(message(f"'{file.name}'", f"'{text}'", "a YAML file")) from None
    if not isinstance(content, dict):
        raise ValueError(message(f"'{file.name}'", f"{type(content).__name__}", "keys and values"))
    return content
