// SPDX-License-Identifier: MIT
// Radial basis tables, for the classes that mirror the reference and for tests.
#include <pybind11/numpy.h>
#include <pybind11/stl.h>

#include "anisoap/basis.hpp"
#include "exports/exports.hpp"

namespace py = pybind11;
using anisoap::Hypers;

namespace {

// None -> {}, N -> {N}, a sequence -> its entries.
std::vector<int> max_radial_from(const py::object& value) {
  if (value.is_none()) return {};
  if (py::isinstance<py::int_>(value)) return {value.cast<int>()};
  return value.cast<std::vector<int>>();
}

Hypers make_hypers(int max_angular, const std::string& radial_basis_name, double cutoff_radius, std::vector<std::string> species,
                   double radial_gaussian_width, const py::object& max_radial, bool subtract_center_contribution,
                   double basis_rcond, double basis_tol, const std::string& cutoff_function, double cutoff_width) {
  Hypers h;
  h.max_angular = max_angular;
  h.radial_basis = anisoap::radial_basis_from_name(radial_basis_name);
  h.cutoff_radius = cutoff_radius;
  h.species = std::move(species);
  h.radial_gaussian_width = radial_gaussian_width;
  h.max_radial = max_radial_from(max_radial);
  h.subtract_center_contribution = subtract_center_contribution;
  h.basis_rcond = basis_rcond;
  h.basis_tol = basis_tol;
  h.cutoff_function = anisoap::cutoff_function_from_name(cutoff_function);
  h.cutoff_width = cutoff_width;
  h.validate();
  return h;
}

py::object max_radial_of(const Hypers& h) {
  if (h.max_radial.empty()) return py::none();
  if (h.max_radial.size() == 1) return py::int_(h.max_radial[0]);
  return py::cast(h.max_radial);
}

py::array_t<double> orthonormalizer(const Hypers& h, int l) {
  if (l < 0 || l > h.max_angular) throw py::index_error("l is out of range");
  const std::vector<double> x = anisoap::radial_orthonormalizer(h, l);
  const py::ssize_t n = h.num_radial()[static_cast<std::size_t>(l)];
  return py::array_t<double>({n, n}, x.data());
}

}  // namespace

void export_radial(py::module_& m) {
  m.attr("MAX_ANGULAR") = anisoap::kMaxAngular;
  py::class_<Hypers>(m, "Hypers", "Validated hyperparameters of a descriptor.")
      .def(py::init(&make_hypers), py::kw_only(), py::arg("max_angular"), py::arg("radial_basis_name"), py::arg("cutoff_radius"),
           py::arg("species"), py::arg("radial_gaussian_width") = 0.0, py::arg("max_radial") = py::none(),
           py::arg("subtract_center_contribution") = false, py::arg("basis_rcond") = 0.0, py::arg("basis_tol") = 1e-8,
           py::arg("cutoff_function") = "none", py::arg("cutoff_width") = 0.0)
      .def_static("from_json", &Hypers::from_json, py::arg("text"))
      .def("to_json", &Hypers::to_json)
      .def("num_radial", &Hypers::num_radial, "Radial functions per l.")
      .def("degree", &Hypers::degree, "Highest degree of the moments.")
      .def("radial_norm", &anisoap::radial_norm, py::arg("order"), "Norm N_q of the radial function of order q = l + 2 n.")
      .def("radial_overlap", &anisoap::radial_overlap, py::arg("p"), py::arg("q"),
           "Overlap of the normalised radial functions of orders p and q.")
      .def("radial_orthonormalizer", &orthonormalizer, py::arg("l"), "S^(-1/2) over n at fixed l.")
      .def_readonly("max_angular", &Hypers::max_angular)
      .def_property_readonly("radial_basis_name", [](const Hypers& h) { return anisoap::name_of(h.radial_basis); })
      .def_readonly("cutoff_radius", &Hypers::cutoff_radius)
      .def_readonly("radial_gaussian_width", &Hypers::radial_gaussian_width)
      .def_property_readonly("max_radial", &max_radial_of)
      .def_readonly("subtract_center_contribution", &Hypers::subtract_center_contribution)
      .def_readonly("basis_rcond", &Hypers::basis_rcond)
      .def_readonly("basis_tol", &Hypers::basis_tol)
      .def_property_readonly("cutoff_function", [](const Hypers& h) { return anisoap::name_of(h.cutoff_function); })
      .def_readonly("cutoff_width", &Hypers::cutoff_width)
      .def_readonly("species", &Hypers::species);
}
