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
#include "neigh_list.h"
#include "neigh_request.h"
#include "neighbor.h"
#include "npair.h"

#include "anisoap/error.hpp"
#include "anisoap/kokkos/descriptor.hpp"

#include <algorithm>
#include <exception>
#include <new>

using namespace LAMMPS_NS;

/* ---------------------------------------------------------------------- */

template <class DeviceType> struct ComputeAniSOAPKokkos<DeviceType>::Engine {
  virtual ~Engine() = default;
  // rows of the centres; what is wrong, empty when nothing is
  virtual std::string compute(AtomKokkos *, NeighList *, int groupbit, double **rows, std::size_t length) = 0;
  virtual void halve_memory() = 0;
  virtual double memory_bytes() = 0;
};

/* ----------------------------------------------------------------------
   moments of type T
------------------------------------------------------------------------- */

template <class DeviceType> template <class T> struct ComputeAniSOAPKokkos<DeviceType>::EngineOf : Engine {
  using Space = typename DeviceType::execution_space;

  explicit EngineOf(const AniSOAPSettings &settings) :
      descriptor(settings.hypers, settings.quantity), atoms(settings.species_of_type), rows("anisoap:rows", 0)
  {
  }

  std::string compute(AtomKokkos *atom, NeighList *list, int groupbit, double **out, std::size_t length) override
  {
    const std::string problem = atoms.set(atom, descriptor.rules());
    if (!problem.empty()) return problem;
    atoms.choose(atom, list, groupbit);    // a group may be another one at each step
    descriptor.set_neighbors(atoms.neighbors(list), atoms.n_centres, atoms.particles);
    const auto n = static_cast<std::size_t>(atoms.n_centres);
    anisoap::kokkos::reserve(rows, n * length);
    descriptor.compute(atoms.particles, rows);
    const auto found = anisoap_on_host(rows, n * length);
    const auto centres = anisoap_on_host(atoms.centres, n);
    for (std::size_t c = 0; c < n; c++) std::copy_n(&found(c * length), length, out[centres(c)]);
    return "";
  }

  void halve_memory() override { descriptor.halve_memory(); }
  double memory_bytes() override { return static_cast<double>(descriptor.memory_bytes() + rows.span() * sizeof(double)); }

  anisoap::kokkos::Descriptor<Space, T> descriptor;
  AniSOAPPlacesKokkos<DeviceType, T> atoms;
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
  // Occasional: from a perpetual list with a longer cutoff LAMMPS would derive those of other styles, and derive them empty.
  auto *request = neighbor->add_request(this, NeighConst::REQ_FULL | NeighConst::REQ_OCCASIONAL);
  request->set_cutoff(settings().hypers.cutoff_radius + neighbor->skin);    // bins are those of the last neighboring
  request->set_kokkos_host(std::is_same_v<DeviceType, LMPHostType> && !std::is_same_v<DeviceType, LMPDeviceType>);
  request->set_kokkos_device(std::is_same_v<DeviceType, LMPDeviceType>);
}

template <class DeviceType> void ComputeAniSOAPKokkos<DeviceType>::init_list(int, NeighList *_list) { list = _list; }

/* ----------------------------------------------------------------------
   LAMMPS calls a compute without reading its masks. Fixes that change the
   box at the end of a step leave ghosts where they were: they follow.
   LAMMPS would keep a list that it has made since the last neighboring,
   and under KOKKOS the one of a run before.
------------------------------------------------------------------------- */

template <class DeviceType> std::string ComputeAniSOAPKokkos<DeviceType>::gather()
{
  if (!ghosts_are_good) {
    atomKK->sync(Host, datamask_read);
    return ComputeAniSOAP::gather();
  }
  comm->forward_comm();
  list->np->last_build = -1;
  neighbor->build_one(list);
  atomKK->sync(execution_space, datamask_read);
  return "";
}

/* ---------------------------------------------------------------------- */

template <class DeviceType> void ComputeAniSOAPKokkos<DeviceType>::make_engine()
{
  if (engine) return;
  if (runs_single(std::is_same_v<KK_FLOAT, float>))
    engine.reset(new EngineOf<float>(settings()));
  else
    engine.reset(new EngineOf<double>(settings()));
}

/* ---------------------------------------------------------------------- */

template <class DeviceType> std::string ComputeAniSOAPKokkos<DeviceType>::evaluate()
{
  if (!ghosts_are_good) return ComputeAniSOAP::evaluate();
  for (int attempt = 0;; attempt++) {
    try {
      make_engine();
      return engine->compute(atomKK, list, groupbit, array_atom, static_cast<std::size_t>(size_peratom_cols));
    } catch (const std::bad_alloc &) {
      if (attempt == AniSOAPKokkos::RETRIES || !engine) return AniSOAPKokkos::out_of_memory(lmp);
      engine->halve_memory();
    } catch (const std::exception &e) {
      return anisoap::text_of(e);
    }
  }
}

/* ---------------------------------------------------------------------- */

template <class DeviceType> double ComputeAniSOAPKokkos<DeviceType>::memory_usage()
{
  return ComputeAniSOAP::memory_usage() + (engine ? engine->memory_bytes() : 0.0);
}

namespace LAMMPS_NS {
template class ComputeAniSOAPKokkos<LMPDeviceType>;
#ifdef LMP_KOKKOS_GPU
template class ComputeAniSOAPKokkos<LMPHostType>;
#endif
}    // namespace LAMMPS_NS
