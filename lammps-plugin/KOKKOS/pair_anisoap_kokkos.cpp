/* ----------------------------------------------------------------------
   SPDX-License-Identifier: GPL-2.0-only

   Views and masks; the kernels are in the AniSOAP core. The style asks for
   a full neighbor list of its own and for ghosts as LAMMPS moves them: the
   KOKKOS package sends shapes and quaternions with the positions.
------------------------------------------------------------------------- */

#include "pair_anisoap_kokkos.h"

#include "anisoap_atoms_kokkos.h"
#include "anisoap_device.h"
#include "anisoap_evaluation.h"
#include "anisoap_kokkos.h"
#include "anisoap_model.h"
#include "anisoap_particles.h"
#include "anisoap_threshold.h"

#include "atom_masks.h"
#include "comm.h"
#include "error.h"
#include "force.h"
#include "neigh_request.h"
#include "neighbor.h"

#include "anisoap/descriptor.hpp"
#include "anisoap/error.hpp"
#include "anisoap/kokkos/potential.hpp"

#include <exception>
#include <new>

using namespace LAMMPS_NS;

namespace {

constexpr std::size_t MEMORY = std::size_t{4} << 30;    // bytes of a batch of centres

// memory of the host that kernels write by themselves, where there is such
#ifdef KOKKOS_HAS_SHARED_HOST_PINNED_SPACE
using FlagSpace = Kokkos::SharedHostPinnedSpace;
#else
using FlagSpace = Kokkos::HostSpace;
#endif
using Flag = Kokkos::View<int, FlagSpace>;

// force and torque of all particles, ghosts included; one that is not finite raises the flag
template <class DeviceType> struct AddMotion {
  typename ArrayTypes<DeviceType>::t_kkacc_1d_3 f, torque;
  const double *motion;
  Flag overflowed;

  KOKKOS_FUNCTION void operator()(int k) const
  {
    const double *row = motion + 6 * static_cast<std::size_t>(k);
    double sum = 0.0;
    for (int d = 0; d < 3; d++) {
      f(k, d) += row[d];
      torque(k, d) += row[3 + d];
      sum += row[d] + row[3 + d];
    }
    if (!anisoap::detail::is_finite(sum)) overflowed() = 1;
  }
};

}    // namespace

/* ---------------------------------------------------------------------- */

template <class DeviceType> struct PairAniSOAPKokkos<DeviceType>::Engine {
  using Space = typename DeviceType::execution_space;

  Engine(const anisoap::Model &model, const std::vector<int> &species_of_type, const std::vector<double> &diameters_of_type) :
      potential(model, MEMORY), atoms(species_of_type, diameters_of_type)
  {
    potential.set_mapping(AniSOAPKokkos::MAPPING<Space>);
  }

  anisoap::kokkos::Potential<Space, KK_FLOAT> potential;
  AniSOAPPlacesKokkos<DeviceType, KK_FLOAT> atoms;
  anisoap::kokkos::PotentialResults<Space> results;
  bool numbered = false;    // whether pairs with ghosts are evaluated on one side
  Flag overflowed{"anisoap overflow"};
};

/* ---------------------------------------------------------------------- */

template <class DeviceType>
PairAniSOAPKokkos<DeviceType>::PairAniSOAPKokkos(LAMMPS *lmp) :
    PairAniSOAP(lmp), vectorised(AniSOAPKokkos::runs_vectorised<DeviceType>(lmp))
{
  kokkosable = 1;
  atomKK = dynamic_cast<AtomKokkos *>(atom);
  execution_space = vectorised ? Host : ExecutionSpaceFromDevice<DeviceType>::space;
  datamask_read = AniSOAPKokkos::PARTICLES | AniSOAPKokkos::FORCES;
  datamask_modify = AniSOAPKokkos::FORCES;
}

template <class DeviceType> PairAniSOAPKokkos<DeviceType>::~PairAniSOAPKokkos() = default;

/* ---------------------------------------------------------------------- */

template <class DeviceType> void PairAniSOAPKokkos<DeviceType>::settings(int narg, char **arg)
{
  engine.reset();
  PairAniSOAP::settings(narg, arg);
}

template <class DeviceType> void PairAniSOAPKokkos<DeviceType>::coeff(int narg, char **arg)
{
  engine.reset();
  PairAniSOAP::coeff(narg, arg);
}

template <class DeviceType> void PairAniSOAPKokkos<DeviceType>::read_restart(FILE *fp)
{
  engine.reset();
  PairAniSOAP::read_restart(fp);
}

/* ---------------------------------------------------------------------- */

template <class DeviceType> void PairAniSOAPKokkos<DeviceType>::init_style()
{
  std::string problem = AniSOAPKokkos::wrong_newton(lmp);
  if (problem.empty()) problem = AniSOAPKokkos::wrong_communication(lmp);
  if (problem.empty() && !vectorised) problem = AniSOAPKokkos::left_out(lmp);
  if (problem.empty() && threshold->sorts()) problem = AniSOAPKokkos::no_ids(lmp);
  if (device->given()) problem = AniSOAPKokkos::no_device();
  if (!problem.empty()) error->all(FLERR, Error::NOLASTLINE, "Pair anisoap/kk: " + problem);
  PairAniSOAP::init_style();
  if (vectorised) return;
  warn_of_overflow_before();
  if (engine) engine->atoms.forget();
  auto *request = neighbor->add_request(this, NeighConst::REQ_FULL);
  request->set_kokkos_host(std::is_same_v<DeviceType, LMPHostType> && !std::is_same_v<DeviceType, LMPDeviceType>);
  request->set_kokkos_device(std::is_same_v<DeviceType, LMPDeviceType>);
}

/* ---------------------------------------------------------------------- */

/* ----------------------------------------------------------------------
   a run that fix halt or a timer ended has no next step
------------------------------------------------------------------------- */

template <class DeviceType> void PairAniSOAPKokkos<DeviceType>::warn_of_overflow_before()
{
  Kokkos::fence();
  int overflowed = engine ? engine->overflowed() : 0, any = 0;
  if (engine) engine->overflowed() = 0;
  MPI_Allreduce(&overflowed, &any, 1, MPI_INT, MPI_MAX, world);
  if (any && comm->me == 0)
    error->warning(FLERR, "Pair anisoap/kk: forces of the last step before this run overflowed; what it left is of no use");
}

template <class DeviceType> void PairAniSOAPKokkos<DeviceType>::make_engine()
{
  if (engine) return;
  const anisoap::Model &m = evaluation->potential.model();
  if (std::is_same_v<KK_FLOAT, float> && m.has_many_body() && !anisoap::Descriptor(m.hypers).single_precision_safe())
    anisoap::failure("this LAMMPS was built with KOKKOS_PREC single or mixed, in which the radial basis of the model loses its "
                     "digits; expected one with KOKKOS_PREC double, or the style without /kk");
  engine.reset(new Engine(m, model->species_of_type, particles->type_diameters()));
  AniSOAPKokkos::warn_of_slowness(lmp, "Pair anisoap/kk", m.hypers, Engine::Space::name());
}

/* ----------------------------------------------------------------------
   not every caller of compute() reads the masks
------------------------------------------------------------------------- */

template <class DeviceType> std::string PairAniSOAPKokkos<DeviceType>::gather()
{
  atomKK->sync(execution_space, datamask_read);
  return vectorised ? PairAniSOAP::gather() : "";
}

template <class DeviceType> void PairAniSOAPKokkos<DeviceType>::sync_host() { atomKK->sync(Host, ALL_MASK); }

/* ----------------------------------------------------------------------
   To look at all forces before they are added would cost 3 to 7 % of a step.
   Steps with energies do so, those that print among them; what others found
   is known when the host waits for the particles of the next.
------------------------------------------------------------------------- */

template <class DeviceType> void PairAniSOAPKokkos<DeviceType>::refuse_overflow_of_last_step()
{
  const bool overflowed = engine->overflowed() != 0;
  engine->overflowed() = 0;
  if (overflowed) anisoap::refuse_overflow();
}

/* ----------------------------------------------------------------------
   Atoms of this step, and pairs where they are outdated. Uncertainties need
   pairs with ghosts on both sides, and what follows them until the next list
   does without numbers too: fix pair asks every few steps.
------------------------------------------------------------------------- */

template <class DeviceType> std::string PairAniSOAPKokkos<DeviceType>::place()
{
  auto &e = *engine;
  const std::string problem = e.atoms.set(atomKK, e.potential.rules());
  refuse_overflow_of_last_step();
  if (e.numbered && wants_uncertainty()) e.atoms.forget();
  if (!problem.empty() || !e.atoms.outdated(neighbor)) return problem;
  e.atoms.choose(atomKK, list);
  e.numbered = atom->tag_enable && !wants_uncertainty();
  if (atom->tag_enable) e.atoms.number(atomKK);
  e.potential.set_neighbors(e.atoms.neighbors(list), e.atoms.n_centres, e.atoms.particles, e.numbered, threshold->sorts());
  e.atoms.keep(neighbor);
  return "";
}

/* ---------------------------------------------------------------------- */

template <class DeviceType> std::string PairAniSOAPKokkos<DeviceType>::evaluate()
{
  if (vectorised) return PairAniSOAP::evaluate();
  if (const std::string problem = unknown_quantity(); !problem.empty()) return problem;
  for (int attempt = 0;; attempt++) {
    try {
      make_engine();
      const std::string problem = place();
      if (!problem.empty()) return problem;
      auto &results = engine->results;
      results.want_energy = eflag_global != 0;
      results.want_energies = eflag_atom != 0;
      results.want_virial = vflag_global != 0;
      results.want_virials = vflag_atom != 0;
      results.want_centroid_virials = cvflag_atom != 0;
      results.want_uncertainties = wants_uncertainty();
      results.want_grades = wants_grade();
      engine->potential.compute(engine->atoms.particles, results);
      if (eflag_either && results.overflows(engine->atoms.particles.size)) anisoap::refuse_overflow();
      return "";
    } catch (const std::bad_alloc &) {
      if (attempt == AniSOAPKokkos::RETRIES || !engine) return AniSOAPKokkos::out_of_memory(lmp);
      engine->potential.halve_memory();
      engine->atoms.forget();
    } catch (const std::exception &e) {
      return anisoap::text_of(e);
    }
  }
}

/* ---------------------------------------------------------------------- */

template <class DeviceType> void PairAniSOAPKokkos<DeviceType>::spread()
{
  if (vectorised) {
    PairAniSOAP::spread();
    atomKK->modified(execution_space, datamask_modify);
    return;
  }
  static const int a[6] = {0, 1, 2, 0, 0, 1}, b[6] = {0, 1, 2, 1, 2, 2};
  const auto &results = engine->results;
  Kokkos::parallel_for("anisoap add", Kokkos::RangePolicy<typename Engine::Space>(0, engine->atoms.particles.size),
                       AddMotion<DeviceType>{atomKK->k_f.template view<DeviceType>(),
                                             atomKK->k_torque.template view<DeviceType>(), results.motion.data(),
                                             engine->overflowed});
  atomKK->modified(execution_space, datamask_modify);
  if (eflag_global) eng_vdwl += results.energy;
  if (vflag_global)
    for (int k = 0; k < 6; k++) virial[k] += 0.5 * (results.virial[3 * a[k] + b[k]] + results.virial[3 * b[k] + a[k]]);
  add_atoms();
  if (!threshold->given()) return;
  // the threshold writes dumps, on the host
  atomKK->sync(Host, ALL_MASK);
}

/* ----------------------------------------------------------------------
   arrays of single atoms, which LAMMPS reads on the host
------------------------------------------------------------------------- */

template <class DeviceType> void PairAniSOAPKokkos<DeviceType>::add_atoms()
{
  static const int a[6] = {0, 1, 2, 0, 0, 1}, b[6] = {0, 1, 2, 1, 2, 2};
  const auto &e = *engine;
  const auto n = static_cast<std::size_t>(e.atoms.particles.size);
  if (eflag_atom) {
    const auto energies = anisoap_on_host(e.results.energies, n);
    for (std::size_t i = 0; i < n; i++) eatom[i] += energies(i);
  }
  if (vflag_atom) {
    const auto w = anisoap_on_host(e.results.virials, 9 * n);
    for (std::size_t i = 0; i < n; i++)
      for (int k = 0; k < 6; k++) vatom[i][k] += 0.5 * (w(9 * i + 3 * a[k] + b[k]) + w(9 * i + 3 * b[k] + a[k]));
  }
  if (cvflag_atom) {
    const auto w = anisoap_on_host(e.results.centroid_virials, 9 * n);
    for (std::size_t i = 0; i < n; i++) add_centroid_virial(&w(9 * i), cvatom[i]);
  }
  const auto put = [&](const auto &of_centres, std::vector<double> &of_atoms) {
    of_atoms.assign(static_cast<std::size_t>(atom->nmax), 0.0);
    const auto n_centres = static_cast<std::size_t>(e.atoms.n_centres);
    const auto values = anisoap_on_host(of_centres, n_centres);
    const auto centres = anisoap_on_host(e.atoms.centres, n_centres);
    for (std::size_t c = 0; c < n_centres; c++) of_atoms[static_cast<std::size_t>(centres(c))] = values(c);
  };
  if (wants_uncertainty()) put(e.results.uncertainties, uncertainty);
  if (wants_grade()) put(e.results.grades, grade);
}

/* ---------------------------------------------------------------------- */

template <class DeviceType> double PairAniSOAPKokkos<DeviceType>::memory_usage()
{
  return PairAniSOAP::memory_usage() + (engine ? static_cast<double>(engine->potential.memory_bytes()) : 0.0);
}

namespace LAMMPS_NS {
template class PairAniSOAPKokkos<LMPDeviceType>;
#ifdef LMP_KOKKOS_GPU
template class PairAniSOAPKokkos<LMPHostType>;
#endif
}    // namespace LAMMPS_NS
