/* ----------------------------------------------------------------------
   SPDX-License-Identifier: GPL-2.0-only

   Loops, communication and masks; the mathematics is in the AniSOAP core.
   Owned and ghost atoms form one open frame for the core, whose cell search
   feeds the density step directly: a LAMMPS neighbor list would cost more
   to build than the features cost.
------------------------------------------------------------------------- */

#include "compute_anisoap.h"

#include "anisoap_arguments.h"
#include "anisoap_particles.h"
#include "anisoap_ranks.h"

#include "atom.h"
#include "comm.h"
#include "error.h"
#include "memory.h"
#include "update.h"

#include <algorithm>
#include <exception>

using namespace LAMMPS_NS;

namespace {

constexpr int FIRST = 3;    // index of CUTOFF in the command

std::string species_map(const AniSOAPSettings &settings)
{
  std::string out;
  for (std::size_t type = 1; type < settings.species_of_type.size(); ++type)
    out += (type == 1 ? "" : ", ") + std::to_string(type) + " = " +
        settings.hypers.species[static_cast<std::size_t>(settings.species_of_type[type])];
  return out;
}

}    // namespace

/* ---------------------------------------------------------------------- */

struct ComputeAniSOAP::Library {
  Library(const AniSOAPSettings &_settings, int nthreads) :
      settings(_settings), descriptor(_settings.hypers), batch(descriptor.basis(), nthreads)
  {
  }

  AniSOAPSettings settings;
  anisoap::Descriptor descriptor;
  anisoap::FrameBatch batch;    // one open frame: owned atoms, then ghosts
  anisoap::Options options;
  std::vector<anisoap::Centre> centres;    // owned atoms of the group
  double **rows = nullptr;                 // [max_rows][size_peratom_cols]
  int max_rows = 0;
};

/* ---------------------------------------------------------------------- */

ComputeAniSOAP::ComputeAniSOAP(LAMMPS *lmp, int narg, char **arg) :
    Compute(lmp, narg, arg), id_shapes(std::string(id) + "_anisoap_shapes"),
    particles(new AniSOAPParticles(lmp, "compute anisoap", id_shapes))
{
  if (!atom->ellipsoid_flag)
    error->all(FLERR, "Compute anisoap: atom style without ellipsoids; expected atom_style ellipsoid or a hybrid with it");

  const AniSOAPArguments arguments(lmp, FIRST, narg, arg);
  std::string problem;
  try {
    library.reset(new Library(arguments, comm->nthreads));
  } catch (const std::exception &e) {
    problem = e.what();
  }
  if (!library) arguments.fail(problem);

  auto &options = library->options;
  options.single_precision = arguments.single_precision && library->descriptor.single_precision_safe();
  if (arguments.single_precision && !options.single_precision && comm->me == 0)
    error->warning(FLERR, "Compute anisoap: single precision would lose digits with this radial basis; double precision is used");

  peratom_flag = 1;
  size_peratom_cols = static_cast<int>(library->descriptor.row_length(arguments.quantity));
  comm_forward = AniSOAPParticles::NCOMM;
  if (comm->me == 0) announce();
}

/* ---------------------------------------------------------------------- */

ComputeAniSOAP::~ComputeAniSOAP()
{
  if (library) memory->destroy(library->rows);
}

/* ---------------------------------------------------------------------- */

void ComputeAniSOAP::announce() const
{
  const auto &lib = *library;
  const bool coefficients = lib.settings.quantity == anisoap::Quantity::Coefficients;
  utils::logmesg(lmp,
                 "Compute anisoap " + std::string(id) + ": " + std::to_string(size_peratom_cols) + " features (" +
                     (coefficients ? "coefficients" : "power spectrum") + "), degree " +
                     std::to_string(lib.descriptor.basis().degree()) + ", SIMD " + lib.descriptor.instruction_set() + ", " +
                     (lib.options.single_precision ? "single" : "double") +
                     " precision, species of types: " + species_map(lib.settings) + "\n");
}

/* ----------------------------------------------------------------------
   a compute cannot add another one before its own constructor is done
------------------------------------------------------------------------- */

void ComputeAniSOAP::post_constructor() { particles->make_shapes(); }

/* ---------------------------------------------------------------------- */

void ComputeAniSOAP::init()
{
  if (!particles->find_shapes())
    error->all(FLERR, Error::NOLASTLINE, "Compute anisoap: its compute " + id_shapes + " is gone; expected no uncompute of it");
}

/* ---------------------------------------------------------------------- */

void ComputeAniSOAP::setup()
{
  const std::string problem = particles->short_reach(library->descriptor.hypers().cutoff_radius, "CUTOFF");
  if (!problem.empty()) error->all(FLERR, Error::NOLASTLINE, "Compute anisoap: " + problem);
}

/* ---------------------------------------------------------------------- */

void ComputeAniSOAP::compute_peratom()
{
  invoked_peratom = update->ntimestep;
  grow_rows();
  std::string problem = particles->missing_shape(library->settings.species_of_type);
  particles->gather();
  comm->forward_comm(this);
  if (problem.empty()) problem = expand();
  problem = AniSOAPRanks::first_problem(problem, world);
  if (!problem.empty())
    error->all(FLERR, Error::NOLASTLINE, "Compute anisoap: " + problem + " (timestep " + std::to_string(update->ntimestep) + ")");
}

/* ---------------------------------------------------------------------- */

void ComputeAniSOAP::grow_rows()
{
  auto &lib = *library;
  if (lib.rows && atom->nmax <= lib.max_rows) return;
  lib.max_rows = MAX(atom->nmax, 1);
  memory->destroy(lib.rows);
  memory->create(lib.rows, lib.max_rows, size_peratom_cols, "anisoap:rows");
  array_atom = lib.rows;
}

/* ---------------------------------------------------------------------- */

int ComputeAniSOAP::pack_forward_comm(int n, int *atoms, double *buf, int pbc_flag, int *pbc)
{
  return particles->pack(n, atoms, buf, pbc_flag, pbc);
}

void ComputeAniSOAP::unpack_forward_comm(int n, int first, double *buf) { particles->unpack(n, first, buf); }

/* ---------------------------------------------------------------------- */

void ComputeAniSOAP::choose_centres()
{
  auto &lib = *library;
  lib.centres.clear();
  const auto nlocal = static_cast<std::size_t>(atom->nlocal);
  for (const auto &centre : lib.batch.centres())
    if (centre.row < nlocal && (atom->mask[centre.row] & groupbit)) lib.centres.push_back(centre);
  for (std::size_t i = 0; i < nlocal; i++)
    if (!(atom->mask[i] & groupbit)) std::fill_n(array_atom[i], size_peratom_cols, 0.0);
}

/* ---------------------------------------------------------------------- */

// what is wrong, empty when nothing is
std::string ComputeAniSOAP::expand()
{
  auto &lib = *library;
  const anisoap::Rows rows{array_atom[0], nullptr, static_cast<std::size_t>(size_peratom_cols)};
  lib.options.num_threads = comm->nthreads;    // package omp may have changed it
  try {
    particles->place(lib.settings.species_of_type, lib.batch);
    choose_centres();
    lib.descriptor.compute(lib.batch.table(), lib.batch, lib.centres, lib.settings.quantity, rows, lib.options);
  } catch (const std::exception &e) {
    return particles->with_atom_id(e.what());
  }
  return "";
}

/* ---------------------------------------------------------------------- */

double ComputeAniSOAP::memory_usage()
{
  const auto &lib = *library;
  const double rows = MAX(lib.max_rows, atom->nmax);    // known before the first use
  double bytes = rows * (size_peratom_cols * sizeof(double) + sizeof(double *));
  bytes += static_cast<double>(lib.batch.memory_bytes() + lib.centres.capacity() * sizeof(anisoap::Centre));
  bytes += particles->memory_usage();
  bytes += static_cast<double>(lib.descriptor.workspace_bytes()) * comm->nthreads;
  return bytes;
}
