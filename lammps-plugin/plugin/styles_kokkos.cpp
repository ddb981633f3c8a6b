// SPDX-License-Identifier: GPL-2.0-only
// The styles of the package KOKKOS. Kokkos itself is the one of the running LAMMPS: a second copy would free what the first owns.

#include "styles.h"

#include "compute_anisoap_kokkos.h"
#include "pair_anisoap_kokkos.h"

#include "kokkos_type.h"
#include "library.h"

#include "anisoap/version.hpp"

#include <sstream>

using namespace LAMMPS_NS;
using namespace anisoap_plugin;

namespace {

extern "C" {
void *create_device_pair(void *lmp) { return new PairAniSOAPKokkos<LMPDeviceType>(static_cast<LAMMPS *>(lmp)); }
void *create_host_pair(void *lmp) { return new PairAniSOAPKokkos<LMPHostType>(static_cast<LAMMPS *>(lmp)); }
void *create_device_compute(void *lmp, int narg, char **arg)
{
  return new ComputeAniSOAPKokkos<LMPDeviceType>(static_cast<LAMMPS *>(lmp), narg, arg);
}
void *create_host_compute(void *lmp, int narg, char **arg)
{
  return new ComputeAniSOAPKokkos<LMPHostType>(static_cast<LAMMPS *>(lmp), narg, arg);
}
}

#if defined(LMP_KOKKOS_SINGLE_SINGLE)
const std::string PRECISION = "single";
#elif defined(LMP_KOKKOS_SINGLE_DOUBLE)
const std::string PRECISION = "mixed";
#else
const std::string PRECISION = "double";
#endif

#if defined(LMP_KOKKOS_LAYOUT_LEGACY)
const std::string LAYOUT = "legacy";
#else
const std::string LAYOUT = "default";
#endif

bool has(const char *category, const std::string &setting)
{
  return lammps_config_accelerator("KOKKOS", category, setting.c_str());
}

std::string running_of(const char *category, const std::vector<std::string> &settings)
{
  for (const auto &one : settings)
    if (has(category, one)) return one;
  return "none";
}

std::string version_of(int number)
{
  return std::to_string(number / 10000) + "." + std::to_string(number / 100 % 100) + "." + std::to_string(number % 100);
}

// what Kokkos says of itself stands in no other function of its library
std::string running_version()
{
  std::ostringstream configuration;
  Kokkos::print_configuration(configuration);
  const std::string text = configuration.str(), key = "Kokkos Version: ";
  const auto place = text.find(key);
  if (place == std::string::npos) return "unknown";
  const auto from = place + key.size();
  return text.substr(from, text.find_first_not_of("0123456789.", from) - from);
}

}    // namespace

/* ---------------------------------------------------------------------- */

std::vector<Style> anisoap_plugin::kokkos_styles()
{
  std::vector<Style> styles;
  for (const char *name : {"anisoap/kk", "anisoap/kk/device", "anisoap/kk/host"}) {
    const bool on_host = name == std::string("anisoap/kk/host");
    styles.push_back({"compute", name, "AniSOAP descriptors, KOKKOS " ANISOAP_VERSION,
                      of_style(on_host ? &create_host_compute : &create_device_compute)});
    styles.push_back({"pair", name, "AniSOAP potentials, KOKKOS " ANISOAP_VERSION,
                      of_pair(on_host ? &create_host_pair : &create_device_pair)});
  }
  return styles;
}

/* ---------------------------------------------------------------------- */

std::string anisoap_plugin::kokkos_mismatch()
{
  if (!Kokkos::is_initialized()) return "";    // lmp without -k on: LAMMPS refuses these styles itself
  const std::string built = version_of(KOKKOS_VERSION), running = running_version();
  if (built != running) return difference("Kokkos", built, running);
  if (!has("precision", PRECISION))
    return difference("KOKKOS_PREC", PRECISION, running_of("precision", {"double", "mixed", "single"}));
  if (!has("layout", LAYOUT)) return difference("KOKKOS_LAYOUT", LAYOUT, running_of("layout", {"legacy", "default"}));
  return "";
}
