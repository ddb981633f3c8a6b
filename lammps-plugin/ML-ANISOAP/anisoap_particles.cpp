/* ----------------------------------------------------------------------
   SPDX-License-Identifier: GPL-2.0-only

   The core's own cell search takes the place of a LAMMPS neighbor list,
   which exclusions would thin out. Diameters and quaternions (w, x, y, z)
   of owned atoms come from an internal compute property/atom, those of
   ghosts by forward communication. A compute asks for the positions of
   ghosts too: fixes that change the box at the end of a step (fix deform)
   move owned atoms only. A pair style leaves them as they are: commands
   that displace ghosts (fix numdiff/virial) ask for energies of just that.
------------------------------------------------------------------------- */

#include "anisoap_particles.h"

#include "anisoap_images.h"
#include "anisoap_ranks.h"

#include "atom.h"
#include "citeme.h"
#include "comm.h"
#include "compute.h"
#include "domain.h"
#include "error.h"
#include "force.h"
#include "input.h"
#include "modify.h"
#include "neighbor.h"
#include "pair.h"

#include "anisoap/error.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstring>

using namespace LAMMPS_NS;

namespace {

constexpr double ROUND_OFF = 1e-12;    // relative, in comparisons of sums of user values
constexpr int BLOCK = 2048;            // atoms whose ellipsoids fit into a cache of one core

// What computes see of the owned atoms: some of them, until it ends.
class SomeAtoms {
 public:
  explicit SomeAtoms(Atom *_atom) : atom(_atom), nlocal(_atom->nlocal), ellipsoid(_atom->ellipsoid), mask(_atom->mask) {}
  ~SomeAtoms() { show(0, nlocal); }
  SomeAtoms(const SomeAtoms &) = delete;
  SomeAtoms &operator=(const SomeAtoms &) = delete;

  void show(int first, int n)
  {
    atom->nlocal = n;
    atom->ellipsoid = ellipsoid + first;
    atom->mask = mask + first;
  }

 private:
  Atom *atom;
  int nlocal, *ellipsoid, *mask;
};

}    // namespace

/* ---------------------------------------------------------------------- */

AniSOAPParticles::AniSOAPParticles(LAMMPS *lmp, const std::string &_command, const std::string &_id_shapes, Ghosts _ghosts) :
    Pointers(lmp), command(_command), id_shapes(_id_shapes), ghosts(_ghosts)
{
  if (lmp->citeme) cite();
}

/* ---------------------------------------------------------------------- */

AniSOAPParticles::~AniSOAPParticles()
{
  if (modify->get_compute_by_id(id_shapes)) modify->delete_compute(id_shapes);
}

/* ---------------------------------------------------------------------- */

void AniSOAPParticles::cite() const
{
  lmp->citeme->add(
      command +
      " command: doi:10.1063/5.0210910\n\n"
      "@Article{Lin2024,\n"
      " author = {Lin, Arthur and Huguenin-Dumittan, Kevin K. and Cho, Yong-Cheol and Nigam, Jigyasa and Cersonsky, Rose K.},\n"
      " title = {Expanding Density-Correlation Machine Learning Representations for Anisotropic Coarse-Grained Particles},\n"
      " journal = {J.~Chem.\\ Phys.},\n"
      " year = 2024,\n"
      " volume = 161,\n"
      " pages = {074112}\n"
      "}\n\n");
}

/* ---------------------------------------------------------------------- */

void AniSOAPParticles::make_shapes()
{
  modify->add_compute(id_shapes + " all property/atom shapex shapey shapez quatw quati quatj quatk");
}

bool AniSOAPParticles::find_shapes()
{
  shapes = modify->get_compute_by_id(id_shapes);
  return shapes != nullptr;
}

/* ----------------------------------------------------------------------
   distance up to which every pair of owned and ghost atoms is present right after reneighboring
------------------------------------------------------------------------- */

double AniSOAPParticles::ghost_reach() const
{
  if (comm->mode == Comm::SINGLE) return comm->get_comm_cutoff();
  if (!force->pair) return 0.0;
  double shortest = force->pair->cutsq[1][1];
  for (int i = 1; i <= atom->ntypes; i++)
    for (int j = i; j <= atom->ntypes; j++) shortest = MIN(shortest, force->pair->cutsq[i][j]);
  return shortest > 0.0 ? sqrt(shortest) + neighbor->skin : 0.0;
}

/* ----------------------------------------------------------------------
   Ghosts are renewed at reneighboring. Two atoms may come closer by the
   skin until the next one, so ghosts must reach the cutoff + skin.
------------------------------------------------------------------------- */

std::string AniSOAPParticles::short_reach(double cutoff, const std::string &name) const
{
  if (comm->nprocs == 1 && !domain->xperiodic && !domain->yperiodic && !domain->zperiodic) return "";
  const double needed = cutoff + neighbor->skin, reach = ghost_reach();
  if (needed <= reach * (1.0 + ROUND_OFF)) return "";
  return name + " " + text(cutoff) + " plus the neighbor skin " + text(neighbor->skin) +
      " is beyond the ghost atoms, which reach " + text(reach) + "; expected comm_modify " +
      (comm->mode == Comm::SINGLE ? "" : "mode single ") + "cutoff " + text(needed) + " or more";
}

/* ---------------------------------------------------------------------- */

// atoms that LAMMPS knows as points
std::string AniSOAPParticles::missing_shape(const std::vector<int> &species_of_type) const
{
  for (int i = 0; i < atom->nlocal; i++)
    if (atom->ellipsoid[i] < 0 && species_of_type[static_cast<std::size_t>(atom->type[i])] >= 0)
      return "atom ID " + std::to_string(atom->tag[i]) +
          " has no ellipsoid data; expected a shape for each atom (set shape, or the ellipsoid flag of the data file)";
  return "";
}

/* ---------------------------------------------------------------------- */

void AniSOAPParticles::warn_of_rerun(const std::string &style, const std::vector<int> &species_of_type)
{
  if (warned || !input->command || strcmp(input->command, "rerun") != 0) return;
  std::string found;
  shapes->init();
  shapes->compute_peratom();
  for (int i = 0; i < atom->nlocal && found.empty(); i++) {
    const double *d = shapes->array_atom[i];
    if (species_of_type[static_cast<std::size_t>(atom->type[i])] < 0 || (d[0] == d[1] && d[1] == d[2])) continue;
    found = "atom ID " + std::to_string(atom->tag[i]) + " with diameters " + text(d[0]) + " " + text(d[1]) + " " + text(d[2]);
  }
  found = AniSOAPRanks::first_problem(found, world);
  warned = !found.empty();
  if (!warned || comm->me != 0) return;
  error->warning(FLERR,
                 "{}: rerun reads no orientations from its dumps; bodies (such as {}) keep those that they have now. For a "
                 "trajectory in which they turn use anisoap_md on a dump with quaternions",
                 style, found);
}

/* ---------------------------------------------------------------------- */

void AniSOAPParticles::resize(std::size_t n)
{
  positions.resize(3 * n);
  diameters.resize(3 * n);
  quaternions.resize(4 * n);
  types.resize(n);
  tags.resize(n);
}

/* ---------------------------------------------------------------------- */

void AniSOAPParticles::set_shape(std::size_t i, const double *shape)
{
  std::copy_n(shape, 3, &diameters[3 * i]);
  std::copy_n(shape + 3, 4, &quaternions[4 * i]);
}

/* ---------------------------------------------------------------------- */

void AniSOAPParticles::gather()
{
  const int nall = atom->nlocal + atom->nghost;
  received = 0;
  outside = false;
  resize(static_cast<std::size_t>(nall));
  places = nall ? atom->x[0] : nullptr;
  if (nall && ghosts == Ghosts::Follow) {
    std::copy_n(places, positions.size(), positions.data());
    places = positions.data();
  }
  std::copy_n(atom->type, nall, types.data());
  if (atom->tag_enable) std::copy_n(atom->tag, nall, tags.data());
  gather_shapes();
}

/* ----------------------------------------------------------------------
   The compute goes through all ellipsoids for each of its seven columns:
   through memory once where it is given some atoms at a time.
------------------------------------------------------------------------- */

void AniSOAPParticles::gather_shapes()
{
  const int nlocal = atom->nlocal;
  SomeAtoms some(atom);
  for (int first = 0; first < nlocal; first += BLOCK) {
    const int n = MIN(BLOCK, nlocal - first);
    some.show(first, n);
    shapes->compute_peratom();
    for (int k = 0; k < n; k++) set_shape(static_cast<std::size_t>(first + k), shapes->array_atom[k]);
  }
  shapes->invoked_flag &= ~Compute::INVOKED_PERATOM;    // it holds the last of them alone
}

/* ----------------------------------------------------------------------
   Commands between runs leave the communicator with lists of atoms that are
   gone. Atoms past the end count, and are neither read nor written.
   Positions are moved by as many periods of the box as the ghosts' images.
------------------------------------------------------------------------- */

int AniSOAPParticles::pack(int n, const int *atoms, double *buf, int pbc_flag, const int *pbc)
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
    if (i >= types.size()) {
      outside = true;
      buf = std::fill_n(buf, n_comm(), 0.0);
      continue;
    }
    if (ghosts == Ghosts::Follow)
      for (std::size_t d = 0; d < 3; d++) *buf++ = positions[3 * i + d] + shift[d];
    buf = std::copy_n(&diameters[3 * i], 3, buf);
    buf = std::copy_n(&quaternions[4 * i], 4, buf);
  }
  return n * n_comm();
}

/* ---------------------------------------------------------------------- */

void AniSOAPParticles::unpack(int n, int first, const double *buf)
{
  received += n;
  for (int k = 0; k < n; k++) {
    const auto i = static_cast<std::size_t>(first + k);
    if (first + k < atom->nlocal || i >= types.size()) {
      outside = true;
      return;
    }
    if (ghosts == Ghosts::Follow) {
      std::copy_n(buf, PLACE, &positions[3 * i]);
      buf += PLACE;
    }
    set_shape(i, buf);
    buf += SHAPE;
  }
}

/* ---------------------------------------------------------------------- */

std::string AniSOAPParticles::stale_ghosts() const
{
  if (!outside && received == atom->nghost) return "";
  return "ghost atoms of another set of atoms, got " + std::to_string(atom->nghost) + " ghosts and communication for " +
      std::to_string(received) + "; expected a run with 'pre yes' after atoms or the box were changed";
}

/* ----------------------------------------------------------------------
   shapes is initialised anew, since commands between runs replace atom styles
------------------------------------------------------------------------- */

std::string AniSOAPParticles::gather_images(double reach)
{
  shapes->init();
  shapes->compute_peratom();
  AniSOAPImages images(lmp);
  std::vector<AniSOAPAtom> all(static_cast<std::size_t>(atom->nlocal));
  int far = -1;
  for (int i = 0; i < atom->nlocal; i++) {
    auto &one = all[static_cast<std::size_t>(i)];
    std::copy_n(atom->x[i], 3, one.position);
    if (!images.wrap(one.position)) far = i;
    std::copy_n(shapes->array_atom[i], 3, one.diameters);
    std::copy_n(shapes->array_atom[i] + 3, 4, one.quaternion);
    one.tag = atom->tag_enable ? atom->tag[i] : 0;
    one.type = atom->type[i];
    one.owner = comm->me;
  }
  std::string problem;
  if (far >= 0)
    problem = "atom ID " + std::to_string(atom->tag[far]) + " at " + text(atom->x[far][0]) + " " + text(atom->x[far][1]) + " " +
        text(atom->x[far][2]) + ", far outside the box; expected a place that 'run 0' would keep";
  problem = AniSOAPRanks::first_problem(problem, world);
  if (!problem.empty()) return problem;
  const auto around = images.around(all, reach);
  all.insert(all.end(), around.begin(), around.end());
  resize(all.size());
  places = positions.data();
  for (std::size_t i = 0; i < all.size(); i++) {
    std::copy_n(all[i].position, 3, &positions[3 * i]);
    std::copy_n(all[i].diameters, 3, &diameters[3 * i]);
    std::copy_n(all[i].quaternion, 4, &quaternions[4 * i]);
    types[i] = all[i].type;
    tags[i] = all[i].tag;
  }
  return "";
}

/* ----------------------------------------------------------------------
   property/atom calls points spheres of diameter 1; in a dump of this step
   they have 0, as in command set
------------------------------------------------------------------------- */

void AniSOAPParticles::empty_points()
{
  shapes->compute_peratom();
  for (int i = 0; i < atom->nlocal; i++) {
    const auto first = 3 * static_cast<std::size_t>(atom->type[i]);
    if (atom->ellipsoid[i] < 0)
      std::fill_n(shapes->array_atom[i], 3, 0.0);
    else if (!diameters_of_type.empty() && diameters_of_type[first] > 0.0)
      std::copy_n(&diameters_of_type[first], 3, shapes->array_atom[i]);
  }
  shapes->invoked_flag |= Compute::INVOKED_PERATOM;
}

/* ----------------------------------------------------------------------
   the box around owned atoms that have a species
------------------------------------------------------------------------- */

AniSOAPParticles::Box AniSOAPParticles::box_of_owned(const std::vector<int> &species_of_type) const
{
  Box box;
  for (std::size_t i = 0; i < static_cast<std::size_t>(atom->nlocal); i++) {
    if (species_of_type[static_cast<std::size_t>(types[i])] < 0) continue;
    for (std::size_t d = 0; d < 3; d++) {
      box.low[d] = std::min(box.low[d], places[3 * i + d]);
      box.high[d] = std::max(box.high[d], places[3 * i + d]);
    }
  }
  return box;
}

// coordinates that are no numbers count as inside; nothing is beyond an infinite reach
bool AniSOAPParticles::Box::is_beyond(double reach, const double *x) const
{
  double squared = 0.0;
  for (int d = 0; d < 3; d++) {
    const double gap = std::max(0.0, std::max(low[d] - x[d], x[d] - high[d]));
    squared += gap * gap;
  }
  return squared > reach * reach;
}

/* ----------------------------------------------------------------------
   rows move down in place over the atoms that have no species, and, where
   most atoms are ghosts, over those that no owned atom can have as a
   neighbour; LAMMPS's positions are read where they are as long as none is
   left out
------------------------------------------------------------------------- */

void AniSOAPParticles::choose_rows(const std::vector<int> &species_of_type, double reach)
{
  std::size_t row = 0;
  species.resize(types.size());
  atom_of.resize(types.size());
  id_of.resize(atom->tag_enable ? types.size() : 0);
  owned = 0;
  const Box box = std::isfinite(reach) ? box_of_owned(species_of_type) : Box();
  for (std::size_t from = 0; from < types.size(); from++) {
    const int s = species_of_type[static_cast<std::size_t>(types[from])];
    if (s < 0) continue;
    if (static_cast<int>(from) >= atom->nlocal && box.is_beyond(reach, &places[3 * from])) continue;
    if (row != from) {
      if (places != positions.data()) std::copy_n(places, positions.size(), positions.data());
      places = positions.data();
      std::copy_n(&positions[3 * from], 3, &positions[3 * row]);
      std::copy_n(&diameters[3 * from], 3, &diameters[3 * row]);
      std::copy_n(&quaternions[4 * from], 4, &quaternions[4 * row]);
    }
    if (!diameters_of_type.empty())
      std::copy_n(&diameters_of_type[3 * static_cast<std::size_t>(types[from])], 3, &diameters[3 * row]);
    species[row] = s;
    atom_of[row] = static_cast<int>(from);
    if (atom->tag_enable) id_of[row] = tags[from];
    if (static_cast<int>(from) < atom->nlocal) owned++;
    row++;
  }
  species.resize(row);
  atom_of.resize(row);
  if (atom->tag_enable) id_of.resize(row);
}

/* ----------------------------------------------------------------------
   where they stand, as a frame without periodicity
------------------------------------------------------------------------- */

anisoap::FrameView AniSOAPParticles::frame(const std::vector<int> &species_of_type, double reach)
{
  static const double no_cell[9] = {};
  choose_rows(species_of_type, atom->nghost > atom->nlocal ? reach * (1.0 + ROUND_OFF) : HUGE_VAL);
  anisoap::FrameView frame;
  frame.n = species.size();
  frame.positions = places;
  frame.quaternions = quaternions.data();
  for (int k = 0; k < 3; k++) frame.diameters[k] = diameters.data() + k;
  frame.diameter_stride = 3;
  frame.species = species.data();
  frame.cell = no_cell;
  return frame;
}

void AniSOAPParticles::place(const std::vector<int> &species_of_type, anisoap::FrameBatch &batch, double reach)
{
  const anisoap::FrameView one = frame(species_of_type, reach);
  batch.clear();
  if (one.n > 0) batch.add(one);
}

/* ---------------------------------------------------------------------- */

const std::int64_t *AniSOAPParticles::ids() const { return atom->tag_enable ? id_of.data() : nullptr; }

/* ---------------------------------------------------------------------- */

std::string AniSOAPParticles::problem_of(const std::exception &error) const
{
  const auto *of_particle = dynamic_cast<const anisoap::ParticleError *>(&error);
  if (!of_particle) return anisoap::text_of(error);
  const int i = atom_of[of_particle->particle()];
  return of_particle->renamed("atom ID " + std::to_string(tags[static_cast<std::size_t>(i)])).text();
}

/* ---------------------------------------------------------------------- */

double AniSOAPParticles::memory_usage() const
{
  const std::size_t doubles = positions.capacity() + diameters.capacity() + quaternions.capacity();
  return static_cast<double>(doubles * sizeof(double) +
                             (species.capacity() + atom_of.capacity() + types.capacity()) * sizeof(int) +
                             tags.capacity() * sizeof(tagint) + id_of.capacity() * sizeof(std::int64_t));
}

/* ---------------------------------------------------------------------- */

std::string AniSOAPParticles::text(double value)
{
  char buffer[32];
  std::snprintf(buffer, sizeof(buffer), "%.12g", value);
  return buffer;
}
