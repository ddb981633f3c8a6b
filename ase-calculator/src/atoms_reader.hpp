// SPDX-License-Identifier: MIT
// Reads ase.Atoms without Python code per frame: array pointers, species indices, cell and periodic directions.
#pragma once

#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>

#include <unordered_map>
#include <vector>

#include "anisoap/frames.hpp"

// A FrameView together with the Python objects that own its memory.
struct AtomsView {
  anisoap::FrameView frame;
  std::vector<int> species;
  std::vector<pybind11::object> owners;
};

class AtomsReader {
 public:
  // atomic_numbers: of the species, in column order. rotation_key: the only array to look at for quaternions; empty for any of
  // c_q, quaternion, quaternions, quat.
  AtomsReader(const std::vector<long>& atomic_numbers, const std::string& rotation_key);

  // Throws ValueError that names the frame and the array. `number` is the frame's, for messages.
  AtomsView read(pybind11::handle atoms, std::size_t number) const;

 private:
  using Array = pybind11::array_t<double, pybind11::array::c_style>;

  Array require(pybind11::handle value, const char* name, std::size_t number, pybind11::ssize_t n, pybind11::ssize_t columns) const;
  Array find_quaternions(pybind11::handle arrays, std::size_t number, pybind11::ssize_t n) const;
  void find_diameters(pybind11::handle arrays, std::size_t number, pybind11::ssize_t n, AtomsView& view) const;
  void find_species(pybind11::handle arrays, std::size_t number, pybind11::ssize_t n, AtomsView& view) const;

  std::unordered_map<long, int> species_;
  std::vector<long> numbers_;
  std::vector<pybind11::str> rotation_keys_;
};
