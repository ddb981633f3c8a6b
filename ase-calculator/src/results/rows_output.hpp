// SPDX-License-Identifier: MIT
// Rows of a descriptor as an array, and the names of what they hold.
#pragma once

#include <pybind11/numpy.h>

#include <string>

#include "anisoap/descriptor.hpp"
#include "anisoap/error.hpp"
#include "frames/frame_source.hpp"

inline anisoap::Quantity quantity_from(const std::string& name) {
  using anisoap::Quantity;
  if (name == "power_spectrum") return Quantity::PowerSpectrum;
  if (name == "symmetric") return Quantity::SymmetricPowerSpectrum;
  if (name == "coefficients") return Quantity::Coefficients;
  anisoap::bad_argument("quantity", "'" + name + "'", "'power_spectrum', 'symmetric' or 'coefficients'");
}

// [n, length], float64 or float32, to be filled.
struct RowsOutput {
  pybind11::array array;
  anisoap::Rows rows;

  RowsOutput(std::size_t n, std::size_t length, bool single) {
    const std::vector<pybind11::ssize_t> shape{static_cast<pybind11::ssize_t>(n), static_cast<pybind11::ssize_t>(length)};
    rows.stride = length;
    if (single) {
      pybind11::array_t<float> values(shape);
      rows.data_single = values.mutable_data();
      array = values;
    } else {
      pybind11::array_t<double> values(shape);
      rows.data = values.mutable_data();
      array = values;
    }
  }
};
