// SPDX-License-Identifier: MIT
// Rows of a descriptor as an array, and the names of what they hold.
#pragma once

#include <pybind11/numpy.h>

#include <string>

#include "anisoap/descriptor.hpp"
#include "anisoap/error.hpp"
#include "frames/frame_source.hpp"
#include "results/kept_memory.hpp"

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

  // kept: in memory of earlier results where there is any.
  RowsOutput(std::size_t n, std::size_t length, bool single, bool kept = false) {
    const std::vector<pybind11::ssize_t> shape{static_cast<pybind11::ssize_t>(n), static_cast<pybind11::ssize_t>(length)};
    const auto type = single ? pybind11::dtype::of<float>() : pybind11::dtype::of<double>();
    array = kept ? kept_array(type, shape) : pybind11::array(type, shape);
    rows.stride = length;
    if (single) rows.data_single = static_cast<float*>(array.mutable_data());
    else rows.data = static_cast<double*>(array.mutable_data());
  }
};
