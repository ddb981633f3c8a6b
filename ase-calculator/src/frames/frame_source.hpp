// SPDX-License-Identifier: MIT
// Frames of a call, whatever they come from: ase.Atoms, or arrays of many frames on the host or on the device.
#pragma once

#include <pybind11/numpy.h>

#include <vector>

#include "anisoap/device.hpp"
#include "frames/atoms_reader.hpp"
#include "frames/device_array.hpp"

// What anisoap_md.FrameArrays holds: checked arrays of frames side by side.
struct ArrayFrames {
  using Doubles = pybind11::array_t<double, pybind11::array::c_style>;
  using Integers = pybind11::array_t<long, pybind11::array::c_style>;
  using Flags = pybind11::array_t<bool, pybind11::array::c_style>;

  pybind11::object positions, quaternions, diameters;  // Doubles, or arrays of the device
  Integers numbers, counts;                            // [n], [n_frames]
  Doubles cells;                                       // [n_frames * 9]
  Flags periodic;                                      // [n_frames * 3]
  bool on_device;
};

class FrameSource {
 public:
  // frames: a sequence of ase.Atoms or ArrayFrames; the rest as AtomsReader.
  FrameSource(const pybind11::object& frames, const std::vector<long>& atomic_numbers, const std::string& rotation_key,
              std::size_t first_frame);

  const std::vector<anisoap::FrameView>& frames() const { return set_.frames; }
  std::size_t n_particles() const { return n_particles_; }
  pybind11::array_t<pybind11::ssize_t> counts() const;

  const anisoap::device::FrameSet& set() const { return set_; }
  // Copies the frames; without the GIL. Throws Interrupted once a signal came.
  void add_to(anisoap::FrameBatch& batch) const;
  // Throws ArgumentError for arrays of the device.
  void require_host() const;

 private:
  void read(const ArrayFrames& arrays, const std::vector<long>& atomic_numbers);

  AtomsReader reader_;
  std::vector<int> species_;
  ArrayFrames::Doubles host_[3];  // positions, quaternions, diameters
  BorrowedArray borrowed_[3];     // the same
  anisoap::device::Particles particles_;
  anisoap::device::FrameSet set_;
  std::size_t n_particles_ = 0;
};

void export_frame_source(pybind11::module_& m);
