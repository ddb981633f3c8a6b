// SPDX-License-Identifier: MIT
// One export_<thing>.cpp each.
#pragma once

#include <pybind11/pybind11.h>

void export_radial(pybind11::module_& m);
void export_derivatives(pybind11::module_& m);
void export_descriptor(pybind11::module_& m);
void export_model(pybind11::module_& m);
void export_device(pybind11::module_& m);
void export_potential(pybind11::module_& m);
