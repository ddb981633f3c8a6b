// SPDX-License-Identifier: MIT
// Memory of large results on the host: what was given back last, up to 256 MiB, is used again, since memory that was never
// touched is slow to write.
#pragma once

#include <pybind11/numpy.h>

#include <vector>

// An array to be filled. With the GIL.
pybind11::array kept_array(const pybind11::dtype& type, const std::vector<pybind11::ssize_t>& shape);
