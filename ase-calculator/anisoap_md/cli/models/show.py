# SPDX-License-Identifier: MIT
"""``anisoap-md model show``: what a model file holds."""

import argparse
import json
from pathlib import Path

from ...models.model import Model
from ...models.summary import lines, summary

DESCRIPTION = (
    "Kind, species, hyperparameters, terms with numbers of weights, units, training and ranges of its labels."
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("model", metavar="MODEL", help="model file (.json)")
    parser.add_argument("--json", action="store_true", help="as JSON")


def run(args: argparse.Namespace) -> None:
    model = Model.load(args.model)
    found = summary(model, Path(args.model).read_text(encoding="utf-8"))
    print(json.dumps(found, indent=1) if args.json else "\n".join(lines(found)))
