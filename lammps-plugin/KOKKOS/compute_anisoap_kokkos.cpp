/* ----------------------------------------------------------------------
   SPDX-License-Identifier: GPL-2.0-only

   Between runs, where ghosts are not those of the atoms, the style without
   /kk takes over.
------------------------------------------------------------------------- */

#include "compute_anisoap_kokkos.h"

#include "anisoap_arguments.h"
#include "anisoap_atoms_kokkos.h"
#include "anisoap_kokkos.h"

#include "comm.h"
#include "error.h"
#include "neigh_request.h"
#include "neighbor.h"

#include "anisoap/kokkos/descriptor.hpp"

#include <algorithm>
#include <exception>

using namespace LAMMPS_NS;

/* ---------------------------------------------------------------------- */

template <class DeviceType> struct ComputeAniSOAPKokkos<DeviceType>::Engine {
  using Space = typename DeviceType::execution_space;

  explicit Engine(const AniSOAPSettings &settings) :
      descriptor(settings.hypers, settings.quantity), atoms(settings.species_of_type), rows("anisoap:rows", 0)
  {
  }

  anisoap::kokkos::Descriptor<Space, KK_FLOAT> descriptor;
  AniSOAPPlacesKokkos<DeviceType, KK_FLOAT> atoms;
  anisoap::kokkos::Array<Space, double> rows;
};

/* ---------------------------------------------------------------------- */

template <class DeviceType>
ComputeAniSOAPKokkos<DeviceType>::ComputeAniSOAPKokkos(LAMMPS *lmp, int narg, char **arg) : ComputeAniSOAP(lmp, narg, arg)
{
  kokkosable = 1;
  atomKK = dynamic_cast<AtomKokkos *>(atom);
  execution_space = ExecutionSpaceFromDevice<DeviceType>::space;
  datamask_read = AniSOAPKokkos::PARTICLES;
  datamask_modify = EMPTY_MASK;
}

template <class DeviceType> ComputeAniSOAPKokkos<DeviceType>::~ComputeAniSOAPKokkos() = default;

/* ---------------------------------------------------------------------- */

template <class DeviceType> void ComputeAniSOAPKokkos<DeviceType>::init()
{
  std::string problem = AniSOAPKokkos::wrong_communication(lmp);
  if (problem.empty()) problem = AniSOAPKokkos::left_out(lmp);
  if (!problem.empty()) error->all(FLERR, Error::NOLASTLINE, "Compute anisoap/kk: " + problem);
  ComputeAniSOAP::init();
  auto *request = neighbor->add_request(this, NeighConst::REQ_FULL | NeighConst::REQ_OCCASIONAL);
  request->set_cutoff(settings().hypers.cutoff_radius + neighbor->skin);    // bins are those of the last neighboring
  request->set_kokkos_host(std::is_same_v<DeviceType, LMPHostType> && !std::is_same_v<DeviceType, LMPDeviceType>);
  request->set_kokkos_device(std::is_same_v<DeviceType, LMPDeviceType>);
}

template <class DeviceType> void ComputeAniSOAPKokkos<DeviceType>::init_list(int, NeighList *_list) { list = _list; }

/* ----------------------------------------------------------------------
   LAMMPS calls a compute without reading its masks. Fixes that change the
   box at the end of a step leave ghosts where they were: they follow.
------------------------------------------------------------------------- */

template <class DeviceType> std::string ComputeAniSOAPKokkos<DeviceType>::gather()
{
  if (!ghosts_are_good) {
    atomKK->sync(Host, datamask_read);
    return ComputeAniSOAP::gather();
  }
  comm->forward_comm();
  neighbor->build_one(list);
  atomKK->sync(execution_space, datamask_read);
  return "";
}

/* ---------------------------------------------------------------------- */

template <class DeviceType> std::string ComputeAniSOAPKokkos<DeviceType>::evaluate()
{
  if (!ghosts_are_good) return ComputeAniSOAP::evaluate();
  try {
    if (!engine) engine.reset(new Engine(settings()));
    auto &e = *engine;
    const std::string problem = e.atoms.set(atomKK, e.descriptor.rules());
    if (!problem.empty()) return problem;
    e.atoms.choose(atomKK, list, groupbit);
    e.descriptor.set_neighbors(e.atoms.neighbors(list), e.atoms.n_centres, e.atoms.particles);
    const auto n = static_cast<std::size_t>(e.atoms.n_centres), length = static_cast<std::size_t>(size_peratom_cols);
    anisoap::kokkos::reserve(e.rows, n * length);
    e.descriptor.compute(e.atoms.particles, e.rows);
    const auto rows = anisoap_on_host(e.rows, n * length);
    const auto centres = anisoap_on_host(e.atoms.centres, n);
    for (std::size_t c = 0; c < n; c++) std::copy_n(&rows(c * length), length, array_atom[centres(c)]);
  } catch (const std::exception &e) {
    return e.what();
  }
  return "";
}

namespace LAMMPS_NS {
template class ComputeAniSOAPKokkos<LMPDeviceType>;
#ifdef LMP_KOKKOS_GPU
template class ComputeAniSOAPKokkos<LMPHostType>;
#endif
}    // namespace LAMMPS_NS
