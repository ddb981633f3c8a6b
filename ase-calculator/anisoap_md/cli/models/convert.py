# SPDX-License-Identifier: MIT
"""``anisoap-md model convert``: the same potential in other units."""

import argparse

from ...common.errors import ArgumentError
from ...common.files import require_writable, same_file
from ...data.dataset import require_units
from ...models.model import Model

DESCRIPTION = (
    "Writes the same potential in other units: metal (eV, angstrom) and real (kcal/mol, angstrom) become each other; reduced "
    "units (lj) have no others."
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("model", metavar="MODEL", help="model file (.json)")
    parser.add_argument("-o", "--output", required=True, metavar="OUT", help="model file to write")
    parser.add_argument("--units", required=True, metavar="NAME", help="metal or real")


def run(args: argparse.Namespace) -> None:
    require_units(args.units)
    require_writable(args.output)
    if same_file(args.output, args.model):
        raise ArgumentError("--output", f"'{args.output}', the same file as the model", "another file")
    model = Model.load(args.model)
    converted = model.converted(args.units)
    converted.save(args.output)
    print(f"{args.output}: {model.units} -> {converted.units}")
    prior = model.training.get("prior")
    if prior and prior["units"] != converted.units:
        print(f"the commands of its prior stay in {prior['units']} units: write them anew for LAMMPS")
