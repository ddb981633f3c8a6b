// SPDX-License-Identifier: MIT
// Errors of the caller's values in Python: classes of anisoap_md.common.errors, with the fields of ArgumentError.
#pragma once

#include <pybind11/pybind11.h>

#include <exception>
#include <utility>

#include "anisoap/error.hpp"

// A particle whose species the caller did not give.
class UnknownSpecies : public anisoap::ArgumentError {
 public:
  using ArgumentError::ArgumentError;
};

inline void raise_in_python(const char* name, const anisoap::ArgumentError& e) {
  const pybind11::object type = pybind11::module_::import("anisoap_md.common.errors").attr(name);
  PyErr_SetObject(type.ptr(), type(e.argument(), e.got(), e.expected(), e.hint()).ptr());
}

inline void translate_errors() {
  pybind11::register_local_exception_translator([](std::exception_ptr thrown) {
    try {
      if (thrown) std::rethrow_exception(std::move(thrown));
    } catch (const UnknownSpecies& e) {
      raise_in_python("UnknownSpecies", e);
    } catch (const anisoap::ArgumentError& e) {
      raise_in_python("ArgumentError", e);
    }
  });
}
