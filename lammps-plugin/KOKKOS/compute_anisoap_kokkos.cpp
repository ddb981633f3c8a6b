/* ----------------------------------------------------------------------
   SPDX-License-Identifier: GPL-2.0-only

   Neighbors are found anew at each call, as by the style without /kk, which
   takes over between runs, where ghosts are not those of the atoms.
------------------------------------------------------------------------- */

#include "compute_anisoap_kokkos.h"

#include "anisoap_arguments.h"
#include "anisoap_atoms_kokkos.h"
#include "anisoap_device.h"
#include "anisoap_kokkos.h"
#include "anisoap_search_kokkos.h"

#include "comm.h"
#include "error.h"

#include "anisoap/error.hpp"
#include "anisoap/kokkos/descriptor.hpp"
#include "anisoap/kokkos/kernels/sums.hpp"

#include <algorithm>
#include <exception>
#include <new>

using namespace LAMMPS_NS;

namespace {

const char *const FAR_ATOMS = "atoms beyond 1e7 times CUTOFF from the origin; expected a box near it";

}    // namespace

/* ---------------------------------------------------------------------- */

template <class DeviceType> struct ComputeAniSOAPKokkos<DeviceType>::Engine {
  virtual ~Engine() = default;
  // rows of the centres; what is wrong, empty when nothing is
  virtual std::string compute(AtomKokkos *, int groupbit, double **rows) = 0;
  virtual void halve_memory() = 0;
  virtual double memory_bytes() = 0;
};

/* ----------------------------------------------------------------------
   moments of type T
------------------------------------------------------------------------- */

template <class DeviceType> template <class T> struct ComputeAniSOAPKokkos<DeviceType>::EngineOf : Engine {
  using Space = typename DeviceType::execution_space;

  explicit EngineOf(const AniSOAPSettings &settings) :
      descriptor(settings.hypers, settings.quantity), atoms(settings.species_of_type), search(settings.hypers.cutoff_radius),
      rows("anisoap:rows", 0), sorts(settings.sorts)
  {
    descriptor.set_mapping(AniSOAPKokkos::MAPPING<Space>);
  }

  std::string compute(AtomKokkos *atom, int groupbit, double **out) override
  {
    const std::string problem = atoms.set(atom, descriptor.rules());
    if (!problem.empty()) return problem;
    if (!search.run(atom, atoms.species_of_type, groupbit)) return FAR_ATOMS;
    const auto n = static_cast<std::size_t>(search.n_centres), length = static_cast<std::size_t>(descriptor.row_length());
    if (n == 0) return "";
    if (sorts) atoms.number(atom);
    descriptor.set_neighbors(search.neighbors(), search.n_centres, atoms.particles, sorts);
    anisoap::kokkos::reserve(rows, n * length);
    descriptor.compute(atoms.particles, rows);
    const auto wrong = static_cast<std::size_t>(
        anisoap::kokkos::first_not_finite<Space>(rows, static_cast<anisoap::kokkos::Offset>(n * length)));
    const auto centres = anisoap_on_host(search.centres, n);
    if (wrong < n * length)
      anisoap::refuse_overflow_of_row(static_cast<std::size_t>(centres(wrong / length)), descriptor.basis().length());
    const auto found = anisoap_on_host(rows, n * length);
    for (std::size_t c = 0; c < n; c++) std::copy_n(&found(c * length), length, out[centres(c)]);
    return "";
  }

  void halve_memory() override { descriptor.halve_memory(); }
  double memory_bytes() override { return static_cast<double>(descriptor.memory_bytes() + rows.span() * sizeof(double)); }

  anisoap::kokkos::Descriptor<Space, T> descriptor;
  AniSOAPPlacesKokkos<DeviceType, T> atoms;
  AniSOAPSearchKokkos<DeviceType> search;
  anisoap::kokkos::Array<Space, double> rows;
  bool sorts;
};

/* ---------------------------------------------------------------------- */

template <class DeviceType>
ComputeAniSOAPKokkos<DeviceType>::ComputeAniSOAPKokkos(LAMMPS *lmp, int narg, char **arg) :
    ComputeAniSOAP(lmp, narg, arg), vectorised(AniSOAPKokkos::runs_vectorised<DeviceType>(lmp))
{
  kokkosable = 1;
  atomKK = dynamic_cast<AtomKokkos *>(atom);
  execution_space = vectorised ? Host : ExecutionSpaceFromDevice<DeviceType>::space;
  datamask_read = AniSOAPKokkos::PARTICLES;
  datamask_modify = EMPTY_MASK;
}

template <class DeviceType> ComputeAniSOAPKokkos<DeviceType>::~ComputeAniSOAPKokkos() = default;

/* ---------------------------------------------------------------------- */

template <class DeviceType> void ComputeAniSOAPKokkos<DeviceType>::init()
{
  std::string problem = device->given() ? AniSOAPKokkos::no_device() : AniSOAPKokkos::wrong_communication(lmp);
  if (problem.empty() && settings().sorts) problem = AniSOAPKokkos::no_ids(lmp);
  if (!problem.empty()) error->all(FLERR, Error::NOLASTLINE, "Compute anisoap/kk: " + problem);
  ComputeAniSOAP::init();
}

/* ----------------------------------------------------------------------
   LAMMPS calls a compute without reading its masks. Fixes that change the
   box at the end of a step leave ghosts where they were: they follow.
------------------------------------------------------------------------- */

template <class DeviceType> std::string ComputeAniSOAPKokkos<DeviceType>::gather()
{
  if (!ghosts_are_good || vectorised) {
    atomKK->sync(Host, datamask_read);
    return ComputeAniSOAP::gather();
  }
  comm->forward_comm();
  atomKK->sync(execution_space, datamask_read);
  return "";
}

/* ---------------------------------------------------------------------- */

template <class DeviceType> void ComputeAniSOAPKokkos<DeviceType>::make_engine()
{
  if (engine) return;
  const bool single = runs_single(std::is_same_v<KK_FLOAT, float>);
  if (single)
    engine.reset(new EngineOf<float>(settings()));
  else
    engine.reset(new EngineOf<double>(settings()));
  if (comm->me == 0)
    utils::logmesg(lmp,
                   "Compute anisoap/kk " + std::string(id) + ": " + (single ? "single" : "double") + " precision in " +
                       DeviceType::execution_space::name() + "\n");
  AniSOAPKokkos::warn_of_slowness(lmp, "Compute anisoap/kk", settings().hypers, DeviceType::execution_space::name());
}

/* ---------------------------------------------------------------------- */

template <class DeviceType> std::string ComputeAniSOAPKokkos<DeviceType>::evaluate()
{
  if (!ghosts_are_good || vectorised) return ComputeAniSOAP::evaluate();
  for (int attempt = 0;; attempt++) {
    try {
      make_engine();
      return engine->compute(atomKK, groupbit, array_atom);
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
