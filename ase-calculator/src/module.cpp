// SPDX-License-Identifier: MIT
#include <pybind11/pybind11.h>

#include "anisoap/version.hpp"
#include "errors.hpp"
#include "exports/exports.hpp"

PYBIND11_MODULE(_core, m) {
  m.doc() = "C++ core of anisoap_md";
  translate_errors();
  m.attr("__version__") = ANISOAP_VERSION;
  export_radial(m);
  export_descriptor(m);
  export_derivatives(m);
  export_model(m);
  export_potential(m);
  export_device(m);
}
