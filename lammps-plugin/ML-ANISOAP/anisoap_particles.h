/* -*- c++ -*- ----------------------------------------------------------
   SPDX-License-Identifier: GPL-2.0-only

   Owned atoms and what surrounds them as one open frame of the AniSOAP core:
   ghost atoms within a run, images of all atoms between runs.
------------------------------------------------------------------------- */

#ifndef LMP_ANISOAP_PARTICLES_H
#define LMP_ANISOAP_PARTICLES_H

#include "pointers.h"

#include "anisoap/frames.hpp"

#include <cmath>
#include <cstdint>
#include <exception>

namespace LAMMPS_NS {

class AniSOAPParticles : protected Pointers {
 public:
  // positions of ghosts: as LAMMPS has them, or those of the owned atoms, which move at the end of a step
  enum class Ghosts { Stay, Follow };

  // command: the command that errors and the citation name; id_shapes: ID of its compute property/atom
  AniSOAPParticles(class LAMMPS *, const std::string &command, const std::string &id_shapes, Ghosts ghosts);
  ~AniSOAPParticles() override;

  // the internal compute of diameters and quaternions of owned atoms; find_shapes is false where it is gone
  void make_shapes();
  bool find_shapes();

  // what is wrong, empty when nothing is: ghosts that do not reach `cutoff`, atoms of a species without a shape
  std::string short_reach(double cutoff, const std::string &name) const;
  std::string missing_shape(const std::vector<int> &species_of_type) const;

  // one warning in a rerun, which reads no orientations, where an atom of a species is no sphere; collective
  void warn_of_rerun(const std::string &style, const std::vector<int> &species_of_type);

  // doubles of an atom in forward communication
  int n_comm() const { return ghosts == Ghosts::Follow ? PLACE + SHAPE : SHAPE; }

  // diameters [3 * (ntypes + 1)] in place of those of the atoms; empty: those of the atoms
  void use_diameters(const std::vector<double> &of_type) { diameters_of_type = of_type; }
  const std::vector<double> &type_diameters() const { return diameters_of_type; }

  // Owned and ghost atoms; forward communication by the style, through pack and unpack, completes the ghosts.
  // stale_ghosts says what is wrong with them then, empty when nothing is: no index of an old list reaches past an array.
  void gather();
  int pack(int n, const int *atoms, double *buf, int pbc_flag, const int *pbc);
  void unpack(int n, int first, const double *buf);
  std::string stale_ghosts() const;

  // owned atoms and all images within `reach`, without LAMMPS's ghosts; what is wrong, empty when nothing is; collective
  std::string gather_images(double reach);

  // gives owned atoms without a shape diameters 0 in the internal compute, and others those of use_diameters, until the next gather
  void empty_points();

  // Atoms whose type has a species (>= 0) as an open frame, valid until the next gather or until LAMMPS moves its atoms, or as the
  // only frame of a batch; ghosts only where they may be within `reach` of an owned one. Row k of it is atom atoms()[k], which
  // LAMMPS knows as owned or, after gather(), as ghost.
  anisoap::FrameView frame(const std::vector<int> &species_of_type, double reach = HUGE_VAL);
  void place(const std::vector<int> &species_of_type, anisoap::FrameBatch &batch, double reach = HUGE_VAL);
  const std::vector<int> &atoms() const { return atom_of; }
  std::size_t n_owned() const { return owned; }    // rows of owned atoms stand first
  const std::int64_t *ids() const;                 // [rows] atom IDs, nullptr where atoms have none

  // an error of the core, whose particle is an atom here
  std::string problem_of(const std::exception &error) const;
  double memory_usage() const;

  static std::string text(double value);

 private:
  static constexpr int PLACE = 3;    // doubles of a position
  static constexpr int SHAPE = 7;    // of three diameters and a quaternion

  std::string command, id_shapes;
  Ghosts ghosts;
  bool warned = false;    // of a rerun
  class Compute *shapes = nullptr;
  std::size_t owned = 0;
  int received = 0;                         // ghosts of the last forward communication
  bool outside = false;                     // whether its lists named atoms that are not there
  const double *places = nullptr;           // [n * 3] owned atoms, then ghosts or images; LAMMPS's own or these:
  std::vector<double> positions;            // [n * 3]
  std::vector<double> diameters;            // [n * 3]
  std::vector<double> quaternions;          // [n * 4]
  std::vector<double> diameters_of_type;    // [(ntypes + 1) * 3] or empty
  std::vector<int> types;                   // [n]
  std::vector<tagint> tags;                 // [n] 0 where atoms have no IDs
  std::vector<int> species;                 // [rows]
  std::vector<int> atom_of;                 // [rows]
  std::vector<std::int64_t> id_of;          // [rows]

  struct Box {
    double low[3] = {HUGE_VAL, HUGE_VAL, HUGE_VAL}, high[3] = {-HUGE_VAL, -HUGE_VAL, -HUGE_VAL};
    bool is_beyond(double reach, const double *x) const;
  };

  void cite() const;
  double ghost_reach() const;
  Box box_of_owned(const std::vector<int> &species_of_type) const;
  void resize(std::size_t n);
  void gather_shapes();
  void set_shape(std::size_t i, const double *shape);
  void choose_rows(const std::vector<int> &species_of_type, double reach);
};

}    // namespace LAMMPS_NS

#endif
