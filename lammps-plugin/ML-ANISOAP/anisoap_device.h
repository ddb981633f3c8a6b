/* -*- c++ -*- ----------------------------------------------------------
   SPDX-License-Identifier: GPL-2.0-only

   Keyword `device` of the styles: where their kernels run in a LAMMPS
   without the package KOKKOS.
------------------------------------------------------------------------- */

#ifndef LMP_ANISOAP_DEVICE_H
#define LMP_ANISOAP_DEVICE_H

#include "pointers.h"

#include "anisoap/frames.hpp"
#include "anisoap/hypers.hpp"

#include <string>
#include <vector>

namespace LAMMPS_NS {

class AniSOAPDevice : protected Pointers {
 public:
  // Of all ranks. style: of messages; name: cpu, auto, a space of the build such as cuda, or one of its devices such as cuda:1
  AniSOAPDevice(class LAMMPS *, const std::string &style, const std::string &name);

  // what is wrong with a name, empty when nothing is
  static std::string wrong(const std::string &name);

  bool given() const { return name != CPU; }

  // Whether the style runs on a device: starts one at the first call, and says on rank 0 what was chosen. Without communication:
  // some ranks may have stopped before. Warns where the basis has no kernels of its own. Throws as the core does.
  bool starts(const anisoap::Hypers &hypers);

  static const char *const CPU, *const AUTO;

 private:
  std::string style, name;
  int rank_of_machine;    // number of this rank among those of its machine
  bool asked = false, runs = false;

  int local_rank() const;
  std::string choose() const;
  void say(const std::string &text) const;
};

}    // namespace LAMMPS_NS

#endif
