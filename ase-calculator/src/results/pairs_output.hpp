// SPDX-License-Identifier: MIT
// Vectors of the core as arrays, and derivatives by pairs as a dictionary of them.
#pragma once

#include <pybind11/numpy.h>

#include <utility>
#include <vector>

#include "anisoap/training.hpp"

// A vector's memory as an array of that shape.
template <class T>
pybind11::array_t<T> moved(std::vector<T>&& values, std::vector<pybind11::ssize_t> shape) {
  auto* owner = new std::vector<T>(std::move(values));
  const pybind11::capsule free(owner, [](void* p) { delete static_cast<std::vector<T>*>(p); });
  return pybind11::array_t<T>(std::move(shape), owner->data(), free);
}

inline pybind11::dict to_dict(anisoap::PairJacobian&& out) {
  const auto f = static_cast<pybind11::ssize_t>(out.n_features), p = static_cast<pybind11::ssize_t>(out.i.size());
  const auto n = static_cast<pybind11::ssize_t>(out.features.size() / out.n_features);
  pybind11::dict result;
  result["features"] = moved(std::move(out.features), {n, f});
  result["i"] = moved(std::move(out.i), {p});
  result["j"] = moved(std::move(out.j), {p});
  result["r"] = moved(std::move(out.r), {p, 3});
  result["jacobian"] = moved(std::move(out.jacobian), {p, 6, f});
  return result;
}
