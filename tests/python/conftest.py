# SPDX-License-Identifier: MIT
import pytest
from anisoap_md import AniSOAPCalculator, Descriptor, Model, _core
from anisoap_md.descriptors import descriptor as _descriptors
from testing.helpers import TRICLINIC, random_atoms


def pytest_configure(config: pytest.Config) -> None:
    """The default of the argument `device`, wherever there is one."""
    device = config.getoption("--device")
    if device == "cpu":
        return
    for function in (
        Descriptor.__init__.__wrapped__,
        Descriptor.from_json,
        Model.__init__,
        Model.load,
        Model.from_json,
        AniSOAPCalculator.__init__,
    ):
        getattr(function, "__func__", function).__kwdefaults__["device"] = device
    _descriptors._DEFAULTS["device"] = device


@pytest.fixture(scope="session")
def device(pytestconfig: pytest.Config) -> str:
    """The device of this run, or else the one of the build."""
    given = pytestconfig.getoption("--device")
    space = _core.device_support()["space"]
    if given == "cpu" and not space:
        pytest.skip("this build has no Kokkos: make test-kokkos runs it with one that has")
    return space if given == "cpu" else given


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
