/* ----------------------------------------------------------------------
   SPDX-License-Identifier: GPL-2.0-only

   Loops, communication and masks; the mathematics is in the AniSOAP core.
   Owned and ghost atoms form one open frame for the core, whose cell search
   feeds the density step directly. A LAMMPS neighbor list would cost more
   to build than the features cost, and exclusions would thin it out.
   Diameters and quaternions (w, x, y, z) of owned atoms come from an
   internal compute property/atom, those of ghosts by forward communication.
   Positions of ghosts are communicated too: fixes that change the box at
   the end of a step (fix deform) move owned atoms only.
------------------------------------------------------------------------- */

#include "compute_anisoap.h"

#include "anisoap_arguments.h"
#include "anisoap_ranks.h"

#include "atom.h"
#include "citeme.h"
#include "comm.h"
#include "domain.h"
#include "error.h"
#include "force.h"
#include "memory.h"
#include "modify.h"
#include "neighbor.h"
#include "pair.h"
#include "update.h"

#include "anisoap/error.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <exception>

using namespace LAMMPS_NS;

static const char cite_compute_anisoap[] =
    "compute anisoap command: doi:10.1063/5.0210910\n\n"
    "@Article{Lin2024,\n"
    " author = {Lin, Arthur and Huguenin-Dumittan, Kevin K. and Cho, Yong-Cheol and Nigam, Jigyasa and Cersonsky, Rose K.},\n"
    " title = {Expanding Density-Correlation Machine Learning Representations for Anisotropic Coarse-Grained Particles},\n"
    " journal = {J.~Chem.\\ Phys.},\n"
    " year = 2024,\n"
    " volume = 161,\n"
    " pages = {074112}\n"
    "}\n\n";

namespace {

constexpr int FIRST = 3;               // index of CUTOFF in the command
constexpr int PLACE = 3;               // position
constexpr int SHAPE = 7;               // three diameters and a quaternion
constexpr double ROUND_OFF = 1e-12;    // relative, in comparisons of sums of user values

std::string text(double value)
{
  char buffer[32];
  std::snprintf(buffer, sizeof(buffer), "%.12g", value);
  return buffer;
}

std::string species_map(const AniSOAPSettings &settings)
{
  std::string out;
  for (std::size_t type = 1; type < settings.species_of_type.size(); ++type)
    out += (type == 1 ? "" : ", ") + std::to_string(type) + " = " +
        settings.hypers.species[static_cast<std::size_t>(settings.species_of_type[type])];
  return out;
}

// distance up to which every pair of owned and ghost atoms is present right after reneighboring
double ghost_reach(Comm *comm, const Force *force, const Neighbor *neighbor, int ntypes)
{
  if (comm->mode == Comm::SINGLE) return comm->get_comm_cutoff();
  if (!force->pair) return 0.0;
  double shortest = force->pair->cutsq[1][1];
  for (int i = 1; i <= ntypes; i++)
    for (int j = i; j <= ntypes; j++) shortest = MIN(shortest, force->pair->cutsq[i][j]);
  return shortest > 0.0 ? sqrt(shortest) + neighbor->skin : 0.0;
}

}    // namespace

/* ---------------------------------------------------------------------- */

struct ComputeAniSOAP::Library {
  Library(const AniSOAPSettings &_settings, int nthreads) :
      settings(_settings), descriptor(_settings.hypers), particles(descriptor.basis(), nthreads)
  {
  }

  AniSOAPSettings settings;
  anisoap::Descriptor descriptor;
  anisoap::FrameBatch particles;    // one open frame: owned atoms, then ghosts
  anisoap::Options options;
  std::vector<anisoap::Centre> centres;    // owned atoms of the group
  std::vector<double> positions;           // [(nlocal + nghost) * 3]
  std::vector<double> diameters;           // [(nlocal + nghost) * 3]
  std::vector<double> quaternions;         // [(nlocal + nghost) * 4]
  std::vector<int> species;                // [nlocal + nghost]
  double **rows = nullptr;                 // [max_rows][size_peratom_cols]
  int max_rows = 0;
};

/* ---------------------------------------------------------------------- */

ComputeAniSOAP::ComputeAniSOAP(LAMMPS *lmp, int narg, char **arg) :
    Compute(lmp, narg, arg), shapes(nullptr), id_shapes(std::string(id) + "_anisoap_shapes")
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
  comm_forward = PLACE + SHAPE;
  if (lmp->citeme) lmp->citeme->add(cite_compute_anisoap);
  if (comm->me == 0) announce();
}

/* ---------------------------------------------------------------------- */

ComputeAniSOAP::~ComputeAniSOAP()
{
  if (modify->get_compute_by_id(id_shapes)) modify->delete_compute(id_shapes);
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
  modify->add_compute(id_shapes + " all property/atom shapex shapey shapez quatw quati quatj quatk");
}

/* ---------------------------------------------------------------------- */

void ComputeAniSOAP::init()
{
  shapes = modify->get_compute_by_id(id_shapes);
  if (!shapes)
    error->all(FLERR, Error::NOLASTLINE, "Compute anisoap: its compute " + id_shapes + " is gone; expected no uncompute of it");
}

/* ----------------------------------------------------------------------
   Ghosts are renewed at reneighboring. Two atoms may come closer by the
   skin until the next one, so ghosts must reach CUTOFF + skin.
------------------------------------------------------------------------- */

void ComputeAniSOAP::setup()
{
  if (comm->nprocs == 1 && !domain->xperiodic && !domain->yperiodic && !domain->zperiodic) return;
  const double cutoff = library->descriptor.hypers().cutoff_radius, needed = cutoff + neighbor->skin;
  const double reach = ghost_reach(comm, force, neighbor, atom->ntypes);
  if (needed <= reach * (1.0 + ROUND_OFF)) return;
  error->all(FLERR, Error::NOLASTLINE,
             "Compute anisoap: CUTOFF " + text(cutoff) + " plus the neighbor skin " + text(neighbor->skin) +
                 " is beyond the ghost atoms, which reach " + text(reach) + "; expected comm_modify " +
                 (comm->mode == Comm::SINGLE ? "" : "mode single ") + "cutoff " + text(needed) + " or more");
}

/* ---------------------------------------------------------------------- */

void ComputeAniSOAP::compute_peratom()
{
  invoked_peratom = update->ntimestep;
  grow_rows();
  std::string problem = missing_shape();
  gather_particles();
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

// atoms that LAMMPS knows as points; property/atom has no value for them
std::string ComputeAniSOAP::missing_shape() const
{
  for (int i = 0; i < atom->nlocal; i++)
    if (atom->ellipsoid[i] < 0)
      return "atom ID " + std::to_string(atom->tag[i]) +
          " has no ellipsoid data; expected a shape for each atom (set shape, or the ellipsoid flag of the data file)";
  return "";
}

/* ---------------------------------------------------------------------- */

void ComputeAniSOAP::gather_particles()
{
  const int nlocal = atom->nlocal;
  shapes->compute_peratom();
  auto &lib = *library;
  const auto nall = static_cast<std::size_t>(nlocal + atom->nghost);
  lib.positions.resize(3 * nall);
  lib.diameters.resize(3 * nall);
  lib.quaternions.resize(4 * nall);
  for (int i = 0; i < nlocal; i++) {
    std::copy_n(atom->x[i], PLACE, &lib.positions[3 * static_cast<std::size_t>(i)]);
    set_shape(i, shapes->array_atom[i]);
  }
  comm->forward_comm(this);
}

/* ---------------------------------------------------------------------- */

void ComputeAniSOAP::set_shape(int i, const double *shape)
{
  std::copy_n(shape, 3, &library->diameters[3 * static_cast<std::size_t>(i)]);
  std::copy_n(shape + 3, 4, &library->quaternions[4 * static_cast<std::size_t>(i)]);
}

/* ----------------------------------------------------------------------
   positions are moved by as many periods of the box as the ghosts' images
------------------------------------------------------------------------- */

int ComputeAniSOAP::pack_forward_comm(int n, int *atoms, double *buf, int pbc_flag, int *pbc)
{
  double shift[3] = {0.0, 0.0, 0.0};
  if (pbc_flag) {
    shift[0] = pbc[0] * domain->xprd;
    shift[1] = pbc[1] * domain->yprd;
    shift[2] = pbc[2] * domain->zprd;
    if (domain->triclinic) {
      shift[0] += pbc[5] * domain->xy + pbc[4] * domain->xz;
      shift[1] += pbc[3] * domain->yz;
    }
  }
  for (int k = 0; k < n; k++) {
    const auto i = static_cast<std::size_t>(atoms[k]);
    for (std::size_t d = 0; d < 3; d++) *buf++ = library->positions[3 * i + d] + shift[d];
    buf = std::copy_n(&library->diameters[3 * i], 3, buf);
    buf = std::copy_n(&library->quaternions[4 * i], 4, buf);
  }
  return n * comm_forward;
}

/* ---------------------------------------------------------------------- */

void ComputeAniSOAP::unpack_forward_comm(int n, int first, double *buf)
{
  for (int i = first; i < first + n; i++, buf += comm_forward) {
    std::copy_n(buf, PLACE, &library->positions[3 * static_cast<std::size_t>(i)]);
    set_shape(i, buf + PLACE);
  }
}

/* ----------------------------------------------------------------------
   owned and ghost atoms where they stand, as a frame without periodicity
------------------------------------------------------------------------- */

void ComputeAniSOAP::place_particles()
{
  static const double no_cell[9] = {};
  auto &lib = *library;
  const int nall = atom->nlocal + atom->nghost;
  lib.particles.clear();
  if (nall == 0) return;
  lib.species.resize(static_cast<std::size_t>(nall));
  for (int i = 0; i < nall; i++)
    lib.species[static_cast<std::size_t>(i)] = lib.settings.species_of_type[static_cast<std::size_t>(atom->type[i])];

  anisoap::FrameView frame;
  frame.n = static_cast<std::size_t>(nall);
  frame.positions = lib.positions.data();
  frame.quaternions = lib.quaternions.data();
  for (int k = 0; k < 3; k++) frame.diameters[k] = lib.diameters.data() + k;
  frame.diameter_stride = 3;
  frame.species = lib.species.data();
  frame.cell = no_cell;
  lib.particles.add(frame);
}

/* ---------------------------------------------------------------------- */

void ComputeAniSOAP::choose_centres()
{
  auto &lib = *library;
  lib.centres.clear();
  const auto nlocal = static_cast<std::size_t>(atom->nlocal);
  for (const auto &centre : lib.particles.centres())
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
    place_particles();
    choose_centres();
    lib.descriptor.compute(lib.particles.table(), lib.particles, lib.centres, lib.settings.quantity, rows, lib.options);
  } catch (const std::exception &e) {
    return with_atom_id(e.what());
  }
  return "";
}

/* ----------------------------------------------------------------------
   an error of the core; "frame 0, particle i" is an atom here
------------------------------------------------------------------------- */

std::string ComputeAniSOAP::with_atom_id(const std::string &message) const
{
  const std::string where = "frame 0, particle ", text = anisoap::without_prefix(message);
  if (text.compare(0, where.size(), where) != 0) return text;
  std::size_t digits = 0;
  const auto i = std::stoul(text.substr(where.size()), &digits);
  return "atom ID " + std::to_string(atom->tag[i]) + text.substr(where.size() + digits);
}

/* ---------------------------------------------------------------------- */

double ComputeAniSOAP::memory_usage()
{
  const auto &lib = *library;
  const double rows = MAX(lib.max_rows, atom->nmax);    // known before the first use
  double bytes = rows * (size_peratom_cols * sizeof(double) + sizeof(double *));
  bytes += static_cast<double>(lib.particles.memory_bytes());
  bytes +=
      static_cast<double>((lib.positions.capacity() + lib.diameters.capacity() + lib.quaternions.capacity()) * sizeof(double));
  bytes += static_cast<double>(lib.species.capacity() * sizeof(int) + lib.centres.capacity() * sizeof(anisoap::Centre));
  bytes += static_cast<double>(lib.descriptor.workspace_bytes()) * comm->nthreads;
  return bytes;
}
