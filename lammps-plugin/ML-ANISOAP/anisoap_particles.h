/* -*- c++ -*- ----------------------------------------------------------
   SPDX-License-Identifier: GPL-2.0-only

   Owned and ghost atoms as one open frame of the AniSOAP core.
------------------------------------------------------------------------- */

#ifndef LMP_ANISOAP_PARTICLES_H
#define LMP_ANISOAP_PARTICLES_H

#include "pointers.h"

#include "anisoap/frames.hpp"

#include <cstdint>

namespace LAMMPS_NS {

class AniSOAPParticles : protected Pointers {
 public:
  static constexpr int NCOMM = 10;    // doubles of an atom in forward communication

  // command: the command that errors and the citation name; id_shapes: ID of its compute property/atom
  AniSOAPParticles(class LAMMPS *, const std::string &command, const std::string &id_shapes);
  ~AniSOAPParticles() override;

  // the internal compute of diameters and quaternions of owned atoms; find_shapes is false where it is gone
  void make_shapes();
  bool find_shapes();

  // what is wrong, empty when nothing is: ghosts that do not reach `cutoff`, atoms of a species without a shape
  std::string short_reach(double cutoff, const std::string &name) const;
  std::string missing_shape(const std::vector<int> &species_of_type) const;

  // owned atoms; forward communication by the style, through pack and unpack, adds the ghosts
  void gather();
  int pack(int n, const int *atoms, double *buf, int pbc_flag, const int *pbc) const;
  void unpack(int n, int first, const double *buf);

  // gives owned atoms without a shape diameters 0 in the internal compute, until the next gather
  void empty_points();

  // atoms whose type has a species (>= 0) as the only frame of the batch; row k of it is atom atoms()[k]
  void place(const std::vector<int> &species_of_type, anisoap::FrameBatch &batch);
  const std::vector<int> &atoms() const { return atom_of; }
  std::size_t n_owned() const { return owned; }    // rows of owned atoms stand first
  const std::int64_t *ids() const;                 // [rows] atom IDs, nullptr where atoms have none

  // an error of the core; "frame 0, particle k" is an atom here
  std::string with_atom_id(const std::string &message) const;
  double memory_usage() const;

  static std::string text(double value);

 private:
  std::string command, id_shapes;
  class Compute *shapes = nullptr;
  std::size_t owned = 0;
  std::vector<double> positions;      // [(nlocal + nghost) * 3]
  std::vector<double> diameters;      // [(nlocal + nghost) * 3]
  std::vector<double> quaternions;    // [(nlocal + nghost) * 4]
  std::vector<int> species;           // [rows]
  std::vector<int> atom_of;           // [rows]
  std::vector<std::int64_t> id_of;    // [rows]

  void cite() const;
  double ghost_reach() const;
  void set_shape(int i, const double *shape);
  void choose_rows(const std::vector<int> &species_of_type);
};

}    // namespace LAMMPS_NS

#endif
