// SPDX-License-Identifier: MIT
#pragma once

#include <pybind11/pybind11.h>

// Asks Python for signals; keeps the exception that a handler raised.
inline bool signalled() {
  pybind11::gil_scoped_acquire gil;
  return PyErr_CheckSignals() != 0;
}
