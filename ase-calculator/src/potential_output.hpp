// SPDX-License-Identifier: MIT
// What a potential says about the frames of a call, as arrays.
#pragma once

#include <pybind11/numpy.h>

#include "frame_source.hpp"

struct PotentialOutput {
  using Array = pybind11::array_t<double>;

  Array energy, virial;                                     // [n_frames], [n_frames, 3, 3]
  Array energies, forces, torques, uncertainties, virials;  // [n], [n, 3], [n, 3], [n] or [0], [n, 3, 3] or [0, 3, 3]
  bool has_uncertainties, has_virials;

  PotentialOutput(const FrameSource& source, bool uncertainties_wanted, bool virials_wanted);
  pybind11::dict to_dict(const FrameSource& source) const;
};
