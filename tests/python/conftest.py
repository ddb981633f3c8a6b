# SPDX-License-Identifier: MIT
import pytest
from anisoap_md import Descriptor
from helpers import TRICLINIC, random_atoms


@pytest.fixture
def descriptor() -> Descriptor:
    return Descriptor(4, "gto", 4.0, radial_gaussian_width=1.1, species=["C", "O"], num_threads=1)


@pytest.fixture
def frames() -> list:
    """Three frames of different sizes, the last above the limit of the search by images."""
    return [
        random_atoms(1, 5, TRICLINIC),
        random_atoms(2, 1, TRICLINIC, pbc=[True, False, True]),
        random_atoms(3, 30, 1.5 * TRICLINIC),
    ]
