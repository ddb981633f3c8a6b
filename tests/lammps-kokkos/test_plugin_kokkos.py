# SPDX-License-Identifier: MIT
"""The plugin for KOKKOS refuses a LAMMPS whose KOKKOS is another one."""

import pytest
from testing.lmp import processes

HEAD = "WARNING: AniSOAP plugin is not loaded: "
STYLES = ["anisoap", "anisoap/kk", "anisoap/kk/device", "anisoap/kk/host"]


def answers(category: str, setting: str) -> str:
    """C source of a LAMMPS that has one setting of a category, and every setting of the others."""
    return (
        "#include <string.h>\nint lammps_config_accelerator(const char *p, const char *c, const char *s)\n"
        f'{{ (void)p; return strcmp(c, "{category}") != 0 || strcmp(s, "{setting}") == 0; }}\n'
    )


# what takes the place of a function of the running LAMMPS or its Kokkos: suffix, source, text
OTHERS = {
    "version": (
        "cpp",
        "#include <ostream>\nnamespace Kokkos {\n"
        'void print_configuration(std::ostream &os, bool) { os << "  Kokkos Version: 5.2.2\\n"; }\n}\n',
        "Kokkos, got 5.2.2 in this LAMMPS; expected 4.7.0 as the plugin was built",
    ),
    "precision": (
        "c",
        answers("precision", "single"),
        "KOKKOS_PREC, got single in this LAMMPS; expected ",  # double or mixed
    ),
    "layout": (
        "c",
        answers("layout", "default"),
        "KOKKOS_LAYOUT, got default in this LAMMPS; expected legacy",
    ),
}


@pytest.mark.parametrize("other", OTHERS)
def test_another_kokkos_is_refused(lammps, tmp_path, other):
    suffix, source, text = OTHERS[other]
    out = lammps("plugin list\n", preload=processes.shared_library(tmp_path, source, suffix)).output
    assert HEAD + text in out
    assert "Currently loaded plugins: 0" in out


@pytest.mark.parametrize("kokkos", [True, False])
def test_the_styles_are_registered(lammps, kokkos):
    """Whether or not KOKKOS is on."""
    lines = lammps("plugin list\n", kokkos=kokkos).output.splitlines()
    for kind in ("compute", "pair"):
        found = [line.split()[-1] for line in lines if f": {kind} style plugin " in line]
        assert sorted(found) == STYLES, lines
