# SPDX-License-Identifier: MIT
"""Spack package: the Python package, with the plugin for Spack's LAMMPS. UNTESTED: parsed, not built."""

from spack.package import *


class PyAnisoapMd(PythonPackage):
    """AniSOAP descriptors and potentials of ellipsoidal particles for molecular dynamics: Python package and LAMMPS plugin."""

    pypi = "anisoap-md/anisoap_md-0.1.0.tar.gz"

    license("MIT AND GPL-2.0-only")

    version("0.1.0", sha256="0" * 64)  # of the release

    variant("lammps", default=True, description="Plugin for LAMMPS")

    depends_on("cxx", type="build")
    depends_on("python@3.10:", type=("build", "run"))
    depends_on("cmake@3.20:", type="build")
    depends_on("ninja", type="build")
    depends_on("py-scikit-build-core@0.10:1", type="build")
    depends_on("py-pybind11@2.12:3", type="build")
    depends_on("eigen@3.4", type="build")
    depends_on("nlohmann-json@3.11:3", type="build")
    depends_on("py-numpy@1.24:", type=("build", "run"))
    depends_on("py-scipy@1.10:", type=("build", "run"))
    depends_on("py-ase@3.23:", type=("build", "run"))
    depends_on("py-tqdm@4.60:", type=("build", "run"))
    depends_on("py-threadpoolctl@3:", type=("build", "run"))
    depends_on("lammps+mpi+lib+asphere+plugin", type=("build", "link", "run"), when="+lammps")

    def config_settings(self, spec, prefix):
        if spec.satisfies("~lammps"):
            return {"cmake.define.ANISOAP_BUILD_LAMMPS_PLUGIN": "OFF"}
        return {"cmake.define.LAMMPS_DIR": join_path(spec["lammps"].prefix.lib, "cmake", "LAMMPS")}

    def setup_run_environment(self, env):
        if self.spec.satisfies("+lammps"):
            env.prepend_path("LAMMPS_PLUGIN_PATH", join_path(python_platlib, "anisoap_md", "lammps"))
