/* -*- c++ -*- ----------------------------------------------------------
   SPDX-License-Identifier: GPL-2.0-only

   What surrounds the atoms of this rank, from the owned atoms of all ranks
   and the box alone. Ghost atoms are good only within a run: commands
   between runs remove, move or outdate them, or change the box.
------------------------------------------------------------------------- */

#ifndef LMP_ANISOAP_IMAGES_H
#define LMP_ANISOAP_IMAGES_H

#include "pointers.h"

#include <vector>

namespace LAMMPS_NS {

// one atom as it travels between ranks
struct AniSOAPAtom {
  double position[3], diameters[3], quaternion[4];
  tagint tag;
  int type, owner;    // owner: rank
};

class AniSOAPImages : protected Pointers {
 public:
  explicit AniSOAPImages(class LAMMPS *);

  // Moves a position into the box along periodic directions; false for one absurdly far from the box, which stays. A position
  // that is not finite stays as well.
  bool wrap(double *position) const;

  // Periodic images and atoms of other ranks within `reach` of the box around `mine`, whose positions are wrapped and whose
  // owner is this rank. Collective.
  std::vector<AniSOAPAtom> around(const std::vector<AniSOAPAtom> &mine, double reach);

 private:
  bool repeats[3];              // directions with images
  double lower[3], upper[3];    // box around the atoms of this rank, grown by the reach
  std::vector<AniSOAPAtom> found;

  void bound(const std::vector<AniSOAPAtom> &mine, double reach);
  void add(const AniSOAPAtom &atom);
  void range(int k, double position, int &from, int &to) const;
  static void receive(int n, char *atoms, void *self);
};

}    // namespace LAMMPS_NS

#endif
