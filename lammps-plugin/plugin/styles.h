// SPDX-License-Identifier: GPL-2.0-only
// Styles that the plugin registers: those of every LAMMPS, and those of the package KOKKOS.
#ifndef ANISOAP_PLUGIN_STYLES_H
#define ANISOAP_PLUGIN_STYLES_H

#include <string>
#include <vector>

namespace anisoap_plugin {

// The plugin interface as in the LAMMPS manual ("Writing plugins"); installed LAMMPS headers lack lammpsplugin.h.
extern "C" {
using PairFactory = void *(void *);
using StyleFactory = void *(void *, int, char **);
union Creator {
  PairFactory *v1;     // pair styles
  StyleFactory *v2;    // compute styles
};
struct PluginEntry {
  const char *version, *style, *name, *info, *author;
  Creator creator;
  void *handle;
};
}

struct Style {
  const char *style, *name, *info;
  Creator creator;
};

inline Creator of_pair(PairFactory *make)
{
  Creator creator{};
  creator.v1 = make;
  return creator;
}

inline Creator of_style(StyleFactory *make)
{
  Creator creator{};
  creator.v2 = make;
  return creator;
}

// What keeps styles from running: this LAMMPS got `running`, the plugin was built for `built`.
std::string difference(const std::string &what, const std::string &built, const std::string &running);

// with ANISOAP_LAMMPS_KOKKOS: the styles, and what keeps them from running in this LAMMPS, empty when nothing does
std::vector<Style> kokkos_styles();
std::string kokkos_mismatch();

}    // namespace anisoap_plugin

#endif
