// SPDX-License-Identifier: MIT
// Arrays of float64 on the device: ours for others, others' for us.
#pragma once

#include <pybind11/pybind11.h>

#include <string>

#include "anisoap/device.hpp"

// An array of another package, or one of ours, that lives as long as this does.
class BorrowedArray {
 public:
  BorrowedArray() = default;
  // rows of n numbers. Throws ArgumentError that names the array: another type, shape, order or device.
  BorrowedArray(const pybind11::object& array, const std::string& name, std::size_t n_rows, std::size_t n_columns);

  const double* data() const { return data_; }

 private:
  pybind11::object owner_;
  const double* data_ = nullptr;
};

void export_device_array(pybind11::module_& m);
