// SPDX-License-Identifier: MIT
// Reads ase.Atoms without Python code per frame: array pointers, species indices, cell and periodic directions.
#pragma once

#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>

#include <string>
#include <vector>

#include "anisoap/frames.hpp"

// Appends the place of each number among those that are known. Throws UnknownSpecies that names frame and particle.
void append_species(const long* numbers, std::size_t n, const std::vector<long>& known, std::size_t frame, std::vector<int>& out);

class AtomsReader {
 public:
  // atomic_numbers: of the species, in column order. rotation_key: the only array to look at for quaternions; empty for any of
  // c_q, quaternion, quaternions, quat.
  AtomsReader(const std::vector<long>& atomic_numbers, const std::string& rotation_key);

  // Appends the frame. Throws ArgumentError that names the frame (`number`) and the array, UnknownSpecies.
  void read(pybind11::handle atoms, std::size_t number);

  // The frames read so far, valid as long as the reader is.
  std::vector<anisoap::FrameView> frames() const;
  std::size_t n_particles() const { return species_.size(); }

 private:
  using Array = pybind11::array_t<double, pybind11::array::c_style>;

  const double* values(pybind11::handle value, const pybind11::str& name, pybind11::ssize_t n, pybind11::ssize_t columns);
  const double* find_quaternions(pybind11::handle arrays, pybind11::ssize_t n);
  void find_diameters(pybind11::handle arrays, pybind11::ssize_t n, anisoap::FrameView& frame);
  void read_species(pybind11::handle arrays, pybind11::ssize_t n);
  std::string where() const { return "frame " + std::to_string(number_) + ": "; }

  std::vector<long> atomic_numbers_;
  std::vector<pybind11::str> rotation_keys_;
  std::size_t number_ = 0;  // of the frame being read
  std::vector<anisoap::FrameView> frames_;
  std::vector<int> species_;              // of all frames
  std::vector<pybind11::object> owners_;  // of the memory that frames_ points into
};
