/* ----------------------------------------------------------------------
   SPDX-License-Identifier: GPL-2.0-only

   Loops, communication and masks; the mathematics is in the AniSOAP core.
   Owned and ghost atoms form one open frame for the core, whose cell search
   feeds the density step directly: a LAMMPS neighbor list would cost more
   to build than the features cost. Between runs images of the owned atoms
   take the place of the ghosts.
------------------------------------------------------------------------- */

#include "compute_anisoap.h"

#include "anisoap_arguments.h"
#include "anisoap_device.h"
#include "anisoap_labels.h"
#include "anisoap_particles.h"
#include "fix_anisoap_end.h"

#include "atom.h"
#include "comm.h"
#include "error.h"
#include "memory.h"
#include "modify.h"
#include "update.h"

#include "anisoap/device.hpp"

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
        (settings.species_of_type[type] < 0 ? AniSOAPLabels::NONE
                                            : settings.hypers.species[static_cast<std::size_t>(settings.species_of_type[type])]);
  return out;
}

}    // namespace

/* ---------------------------------------------------------------------- */

struct ComputeAniSOAP::Library {
  Library(const AniSOAPArguments &arguments, int nthreads) :
      settings(arguments), descriptor(arguments.hypers, true, "", true, arguments.names()), batch(descriptor.basis(), nthreads)
  {
  }

  AniSOAPSettings settings;
  anisoap::Descriptor descriptor;
  anisoap::FrameBatch batch;                                 // one open frame: owned atoms, then ghosts
  std::unique_ptr<anisoap::device::Descriptor> on_device;    // nullptr: on the processor
  anisoap::Options options;
  std::vector<anisoap::Centre> centres;    // owned atoms of the group
  double **rows = nullptr;                 // [max_rows][size_peratom_cols]
  int max_rows = 0;
};

/* ---------------------------------------------------------------------- */

ComputeAniSOAP::ComputeAniSOAP(LAMMPS *lmp, int narg, char **arg) :
    Compute(lmp, narg, arg), id_shapes(std::string(id) + "_anisoap_shapes"), id_end(std::string(id) + "_anisoap_end"),
    particles(new AniSOAPParticles(lmp, "compute anisoap", id_shapes, AniSOAPParticles::Ghosts::Follow))
{
  if (!atom->ellipsoid_flag)
    error->all(FLERR, "Compute anisoap: atom style without ellipsoids; expected atom_style ellipsoid or a hybrid with it");

  const AniSOAPArguments arguments(lmp, FIRST, narg, arg);
  device.reset(new AniSOAPDevice(lmp, "Compute anisoap " + std::string(id),
                                 arguments.device.empty() ? AniSOAPDevice::CPU : arguments.device));
  try {
    library.reset(new Library(arguments, comm->nthreads));
  } catch (const std::exception &e) {
    arguments.fail(e);
  }

  auto &options = library->options;
  options.single_precision = arguments.single_precision && library->descriptor.single_precision_safe();
  if (arguments.single_precision && !options.single_precision && comm->me == 0)
    error->warning(FLERR, "Compute anisoap: single precision would lose digits with this radial basis; double precision is used");

  peratom_flag = 1;
  size_peratom_cols = static_cast<int>(library->descriptor.row_length(arguments.quantity));
  comm_forward = particles->n_comm();
  if (comm->me == 0) announce();
}

/* ---------------------------------------------------------------------- */

ComputeAniSOAP::~ComputeAniSOAP()
{
  if (modify->get_fix_by_id(id_end)) modify->delete_fix(id_end);
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

void ComputeAniSOAP::post_constructor()
{
  particles->make_shapes();
  FixAniSOAPEnd::attach(lmp, id_end, id);
}

/* ---------------------------------------------------------------------- */

void ComputeAniSOAP::init()
{
  initialised = true;
  ghosts_are_good = false;
  if (!modify->get_fix_by_id(id_end))
    error->all(FLERR, Error::NOLASTLINE, "Compute anisoap: its fix " + id_end + " is gone; expected no unfix of it");
  if (!particles->find_shapes())
    error->all(FLERR, Error::NOLASTLINE, "Compute anisoap: its compute " + id_shapes + " is gone; expected no uncompute of it");
}

/* ---------------------------------------------------------------------- */

void ComputeAniSOAP::setup()
{
  const std::string problem = particles->short_reach(library->descriptor.hypers().cutoff_radius, "CUTOFF");
  if (!problem.empty()) error->all(FLERR, Error::NOLASTLINE, "Compute anisoap: " + problem);
  particles->warn_of_rerun("Compute anisoap", library->settings.species_of_type);
  ghosts_are_good = initialised;    // LAMMPS's buffers are large enough since then
}

/* ---------------------------------------------------------------------- */

// values of outside a run are never current: the next command may change the atoms of the same timestep
void ComputeAniSOAP::compute_peratom()
{
  if (update->whichflag == 0) ghosts_are_good = false;
  invoked_peratom = ghosts_are_good ? update->ntimestep : -1;
  grow_rows();
  take_steps(lmp, "Compute anisoap");
}

/* ----------------------------------------------------------------------
   Commands of `run ... every` come between the end of a run and the next one.
   LAMMPS would also show a dump between runs the rows of the last step.
------------------------------------------------------------------------- */

void ComputeAniSOAP::end_run()
{
  ghosts_are_good = false;
  invoked_flag &= ~INVOKED_PERATOM;
}

/* ----------------------------------------------------------------------
   without a run, or before its setup is done, ghosts may be missing, stale or too few
------------------------------------------------------------------------- */

std::string ComputeAniSOAP::gather()
{
  std::string problem;
  if (!particles->find_shapes()) return "its compute " + id_shapes + " is gone; expected no uncompute of it";
  if (ghosts_are_good) {
    particles->gather();
    comm->forward_comm(this);
    problem = particles->stale_ghosts();
  } else {
    problem = particles->gather_images(library->descriptor.hypers().cutoff_radius);
  }
  return problem.empty() ? particles->missing_shape(library->settings.species_of_type) : problem;
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

/* ----------------------------------------------------------------------
   owned atoms of the group that have a species, in the order of the batch
------------------------------------------------------------------------- */

void ComputeAniSOAP::choose_centres()
{
  auto &lib = *library;
  lib.centres.clear();
  for (const auto &centre : lib.batch.centres()) {
    if (centre.row >= particles->n_owned()) continue;
    const int i = particles->atoms()[centre.row];
    if (is_centre(i)) lib.centres.push_back({centre.particle, static_cast<std::size_t>(i)});
  }
}

const AniSOAPSettings &ComputeAniSOAP::settings() const { return library->settings; }

bool ComputeAniSOAP::runs_single(bool wanted) const
{
  return library->options.single_precision || (wanted && library->descriptor.single_precision_safe());
}

bool ComputeAniSOAP::is_centre(int i) const
{
  return (atom->mask[i] & groupbit) && library->settings.species_of_type[static_cast<std::size_t>(atom->type[i])] >= 0;
}

/* ---------------------------------------------------------------------- */

std::string ComputeAniSOAP::evaluate()
{
  auto &lib = *library;
  const anisoap::Rows rows{array_atom[0], nullptr, static_cast<std::size_t>(size_peratom_cols)};
  lib.options.num_threads = comm->nthreads;    // package omp may have changed it
  try {
    if (device->starts(lib.settings.hypers)) {
      evaluate_on_device();
      return "";
    }
    particles->place(lib.settings.species_of_type, lib.batch);
    choose_centres();
    lib.descriptor.compute(lib.batch.table(), lib.batch, lib.centres, lib.settings.quantity, rows, lib.options);
  } catch (const std::exception &e) {
    return particles->problem_of(e);
  }
  return "";
}

/* ----------------------------------------------------------------------
   Owned atoms with a species are the centres, whatever the group: their
   rows come first, and move up to their atoms.
------------------------------------------------------------------------- */

void ComputeAniSOAP::evaluate_on_device()
{
  auto &lib = *library;
  const auto length = static_cast<std::size_t>(size_peratom_cols);
  if (!lib.on_device)
    lib.on_device = anisoap::device::make_descriptor(lib.settings.hypers, lib.settings.quantity, lib.options.single_precision);
  anisoap::device::FrameSet set;
  set.frames = {particles->frame(lib.settings.species_of_type)};
  set.n_centres = particles->n_owned();
  set.num_threads = lib.options.num_threads;
  if (set.n_centres == 0) return;
  lib.on_device->compute(set, {array_atom[0], nullptr, length});
  for (std::size_t row = set.n_centres; row-- > 0;) {
    const int i = particles->atoms()[row];
    if (i != static_cast<int>(row)) std::copy_n(array_atom[row], length, array_atom[i]);
  }
}

/* ----------------------------------------------------------------------
   rows of centres are in place, those of other atoms are zero
------------------------------------------------------------------------- */

void ComputeAniSOAP::spread()
{
  for (int i = 0; i < atom->nlocal; i++)
    if (!is_centre(i)) std::fill_n(array_atom[i], size_peratom_cols, 0.0);
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
