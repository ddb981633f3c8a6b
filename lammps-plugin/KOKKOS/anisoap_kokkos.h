/* -*- c++ -*- ----------------------------------------------------------
   SPDX-License-Identifier: GPL-2.0-only

   What the styles of AniSOAP share under the package KOKKOS.
------------------------------------------------------------------------- */

#ifndef LMP_ANISOAP_KOKKOS_H
#define LMP_ANISOAP_KOKKOS_H

#include "atom_masks.h"
#include "kokkos_type.h"
#include "lmptype.h"

#include "anisoap/hypers.hpp"
#include "anisoap/kokkos/launch/mapping.hpp"

#include <string>
#include <type_traits>

namespace LAMMPS_NS {
class LAMMPS;
namespace AniSOAPKokkos {

// On a host the styles run the vectorised code of those without /kk, unless the environment says ANISOAP_KOKKOS_KERNELS=portable:
// then the kernels of a GPU run there, for tests of them. An error of LAMMPS for other words.
bool wants_portable(LAMMPS *lmp);
template <class DeviceType> bool runs_vectorised(LAMMPS *lmp)
{
  return !wants_portable(lmp) && std::is_same_v<typename DeviceType::memory_space, Kokkos::HostSpace>;
}
// how an engine deals out centres: as for a GPU, where one runs on a host
template <class Space>
constexpr anisoap::kokkos::Mapping MAPPING =
    anisoap::kokkos::on_device<Space> ? anisoap::kokkos::Mapping::BySize : anisoap::kokkos::Mapping::Many;

// what is read of owned and ghost atoms, and what a potential adds to
constexpr uint64_t PARTICLES = X_MASK | TYPE_MASK | MASK_MASK | TAG_MASK | ELLIPSOID_MASK | BONUS_MASK;
constexpr uint64_t FORCES = F_MASK | TORQUE_MASK;

// a step that does not fit into the memory of the device is tried again with batches half as large, so many times
constexpr int RETRIES = 6;
std::string out_of_memory(LAMMPS *lmp);

// settings with which LAMMPS gives ghosts no shapes or takes no forces on them; what is wrong, empty when nothing is
std::string wrong_communication(LAMMPS *lmp);
std::string wrong_newton(LAMMPS *lmp);

// what is wrong with keyword device, and with sort yes
std::string no_device();
std::string no_ids(LAMMPS *lmp);

// one warning on rank 0 where the kernels were not compiled for the degree of a basis
void warn_of_slowness(LAMMPS *lmp, const std::string &style, const anisoap::Hypers &hypers, const std::string &space);

// settings that leave pairs out of the neighbor list of the pair style; what is wrong, empty when nothing is
std::string left_out(LAMMPS *lmp);

}    // namespace AniSOAPKokkos
}    // namespace LAMMPS_NS

#endif
