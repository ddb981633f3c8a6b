// SPDX-License-Identifier: MIT
#include <pybind11/complex.h>
#include <pybind11/numpy.h>
#include <pybind11/stl.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "anisoap/detail/radial_powers.hpp"
#include "anisoap/error.hpp"
#include "anisoap/model.hpp"
#include "anisoap/monomials.hpp"
#include "anisoap/point_group.hpp"
#include "exports/exports.hpp"

namespace py = pybind11;
using namespace anisoap;

namespace {

using Array = py::array_t<double, py::array::c_style | py::array::forcecast>;

Array to_array(const std::vector<double>& values, py::ssize_t columns = 0) {
  const auto n = static_cast<py::ssize_t>(values.size());
  if (columns == 0) return Array(n, values.data());
  return Array({n / columns, columns}, values.data());
}

std::vector<double> to_vector(const Array& a) { return {a.data(), a.data() + a.size()}; }

// A property that is a vector of numbers on the C++ side and a NumPy array on the other.
template <class Class, class Owner>
void def_numbers(Class& c, const char* name, std::vector<double> Owner::*member) {
  c.def_property(
      name, [member](const Owner& o) { return to_array(o.*member); },
      [member](Owner& o, const Array& a) { o.*member = to_vector(a); });
}

// The same for rows whose length is that of another field.
template <class Class, class Owner, class Columns>
void def_rows(Class& c, const char* name, std::vector<double> Owner::*member, const Columns& columns) {
  c.def_property(
      name, [member, columns](const Owner& o) { return to_array(o.*member, columns(o)); },
      [member](Owner& o, const Array& a) { o.*member = to_vector(a); });
}

// A list that is copied in and out: elements of def_readwrite would point into a vector that another assignment moves.
template <class Class, class Owner, class Item>
void def_list(Class& c, const char* name, std::vector<Item> Owner::*member) {
  c.def_property(
      name, [member](const Owner& o) { return std::vector<Item>(o.*member); },
      [member](Owner& o, std::vector<Item> given) { o.*member = std::move(given); });
}

template <class Enum>
using Names = std::vector<std::pair<const char*, Enum>>;

Names<LocalKind> names_of_kinds() {
  Names<LocalKind> names;
  for (const auto& facts : anisoap::detail::kLocalForms) names.emplace_back(facts.name, static_cast<LocalKind>(names.size()));
  return names;
}

const Names<LocalKind> kKinds = names_of_kinds();
const Names<BodySymmetry> kSymmetries = {
    {"sphere", BodySymmetry::Sphere}, {"uniaxial", BodySymmetry::Uniaxial}, {"biaxial", BodySymmetry::Biaxial}};

template <class Enum>
Enum from_name(const Names<Enum>& names, const std::string& name, const char* what) {
  std::string allowed;
  for (const auto& [known, value] : names) {
    if (name == known) return value;
    allowed += (allowed.empty() ? "'" : ", '") + std::string(known) + "'";
  }
  bad_argument(what, "'" + name + "'", "one of " + allowed);
}

template <class Enum>
std::string to_name(const Names<Enum>& names, Enum value) {
  for (const auto& [known, v] : names)
    if (v == value) return known;
  return "";
}

py::ssize_t variance_columns(const LocalEnergy& e) {
  return static_cast<py::ssize_t>(anisoap::detail::facts_of(e.kind).points ? e.weights.size() : e.scale.size());
}

void export_local(py::module_& m) {
  py::class_<LocalEnergy> c(m, "LocalEnergy", "Many-body energy of the particles of one species.");
  c.def(py::init<>())
      .def_property(
          "kind", [](const LocalEnergy& e) { return to_name(kKinds, e.kind); },
          [](LocalEnergy& e, const std::string& name) { e.kind = from_name(kKinds, name, "kind"); })
      .def_readwrite("offset", &LocalEnergy::offset)
      .def_readwrite("exponent", &LocalEnergy::exponent)
      .def_readwrite("prior_variance", &LocalEnergy::prior_variance);
  def_list(c, "networks", &LocalEnergy::networks);
  def_numbers(c, "shift", &LocalEnergy::shift);
  def_numbers(c, "scale", &LocalEnergy::scale);
  def_numbers(c, "weights", &LocalEnergy::weights);
  def_rows(c, "points", &LocalEnergy::points, [](const LocalEnergy& e) {
    return e.weights.empty() ? py::ssize_t{0} : static_cast<py::ssize_t>(e.points.size() / e.weights.size());
  });
  def_rows(c, "variance_rows", &LocalEnergy::variance_rows, variance_columns);
  def_numbers(c, "pair_variance_rows", &LocalEnergy::pair_variance_rows);
  def_rows(c, "grade_rows", &LocalEnergy::grade_rows,
           [](const LocalEnergy& e) { return static_cast<py::ssize_t>(e.scale.size()); });
  def_numbers(c, "pair_grade_rows", &LocalEnergy::pair_grade_rows);
}

using Integers = py::array_t<int, py::array::c_style>;
constexpr py::ssize_t kTermEntries = 6;

// An entry of a row of terms: NumPy would cut off what is behind the point.
int to_entry(double value) {
  constexpr double kMost = std::numeric_limits<int>::max();
  if (!(std::trunc(value) == value && std::abs(value) <= kMost))
    bad_argument("terms", py::str(py::float_(value)), "rows of 6 integers");
  return static_cast<int>(value);
}

std::vector<SymmetricExpansion::Term> to_terms(const Array& rows) {
  if (rows.size() > 0 && (rows.ndim() != 2 || rows.shape(1) != kTermEntries))
    bad_argument("terms", "an array of another shape", "rows of 6 integers");
  std::vector<int> n(static_cast<std::size_t>(rows.size()));
  std::transform(rows.data(), rows.data() + rows.size(), n.begin(), to_entry);
  std::vector<SymmetricExpansion::Term> out;
  for (auto t = n.begin(); t != n.end(); t += kTermEntries) out.push_back({t[0], {t[1], t[3]}, {t[2], t[4]}, t[5]});
  return out;
}

Integers from_terms(const std::vector<SymmetricExpansion::Term>& terms) {
  Integers out({static_cast<py::ssize_t>(terms.size()), kTermEntries});
  int* n = out.mutable_data();
  for (const auto& t : terms)
    for (const int value : {t.power, t.rank[0], t.number[0], t.rank[1], t.number[1], t.m}) *n++ = value;
  return out;
}

void export_point_group(py::module_& m) {
  py::class_<PointGroup>(m, "PointGroup", "Point group of a body by its Schoenflies symbol; see anisoap/point_group.hpp.")
      .def(py::init([](const std::string& name) { return point_group(name); }), py::arg("name"))
      .def_readonly("name", &PointGroup::name)
      .def_readonly("fold", &PointGroup::fold)
      .def_property_readonly("is_chiral", &PointGroup::chiral)
      .def_property_readonly("equal_diameters", &PointGroup::equal_diameters)
      .def(
          "tensors",
          [](const PointGroup& group, int rank) {
            if (rank < 0 || rank > kMostRank) bad_argument("rank", std::to_string(rank), "0 to " + std::to_string(kMostRank));
            std::vector<std::vector<std::complex<double>>> out;
            for (const InvariantTensor& tensor : invariant_tensors(group, rank)) out.push_back(tensor.t);
            return out;
          },
          py::arg("rank"));
}

void export_expansion(py::module_& m) {
  py::class_<SymmetricExpansion> c(m, "SymmetricExpansion", "Pair energy of bodies of any point group, linear in its weights.");
  c.def(py::init([](std::vector<int> gap, std::vector<int> distance, const Array& terms, const Array& weights) {
          return SymmetricExpansion{std::move(gap), std::move(distance), to_terms(terms), to_vector(weights)};
        }),
        py::arg("gap_powers"), py::arg("distance_powers"), py::arg("terms"), py::arg("weights") = Array(0))
      .def_readonly("gap_powers", &SymmetricExpansion::gap_powers)
      .def_readonly("distance_powers", &SymmetricExpansion::distance_powers)
      .def_property_readonly("terms", [](const SymmetricExpansion& e) { return from_terms(e.terms); });
  def_numbers(c, "weights", &SymmetricExpansion::weights);
}

void export_two_body(py::module_& m) {
  py::class_<TwoBodySpecies>(m, "TwoBodySpecies", "Symmetry of a species' body.")
      .def(py::init([](const std::string& symmetry, int axis, const std::string& group) {
             return TwoBodySpecies{from_name(kSymmetries, symmetry, "symmetry"), axis, group};
           }),
           py::arg("symmetry") = "uniaxial", py::arg("axis") = 2, py::arg("group") = "")
      .def_property_readonly("symmetry", [](const TwoBodySpecies& s) { return to_name(kSymmetries, s.symmetry); })
      .def_readonly("axis", &TwoBodySpecies::axis)
      .def_readonly("group", &TwoBodySpecies::group);
  py::class_<PairPolynomial> polynomial(m, "PairPolynomial", "Polynomial pair energy in the inverse distance and orientations.");
  polynomial
      .def(py::init([](std::vector<int> powers, int degree, const Array& weights) {
             return PairPolynomial{std::move(powers), degree, to_vector(weights)};
           }),
           py::arg("powers"), py::arg("degree"), py::arg("weights") = Array(0))
      .def_readonly("powers", &PairPolynomial::powers)
      .def_readonly("degree", &PairPolynomial::degree);
  def_numbers(polynomial, "weights", &PairPolynomial::weights);
  export_expansion(m);
  py::class_<TwoBodyPair> pair(m, "TwoBodyPair", "Pair energy of two species.");
  pair.def(py::init<>())
      .def_property(
          "species", [](const TwoBodyPair& p) { return std::make_pair(p.species[0], p.species[1]); },
          [](TwoBodyPair& p, const std::pair<int, int>& s) {
            p.species[0] = s.first;
            p.species[1] = s.second;
          })
      .def_readwrite("length", &TwoBodyPair::length)
      .def_property(
          "polynomial",
          [](const TwoBodyPair& p) { return p.polynomial.empty() ? std::nullopt : std::optional<PairPolynomial>(p.polynomial); },
          [](TwoBodyPair& p, const std::optional<PairPolynomial>& given) { p.polynomial = given.value_or(PairPolynomial{}); })
      .def_property(
          "symmetric",
          [](const TwoBodyPair& p) {
            return p.symmetric.empty() ? std::nullopt : std::optional<SymmetricExpansion>(p.symmetric);
          },
          [](TwoBodyPair& p, const std::optional<SymmetricExpansion>& given) {
            p.symmetric = given.value_or(SymmetricExpansion{});
          });
  def_list(pair, "networks", &TwoBodyPair::networks);
  def_numbers(pair, "shift", &TwoBodyPair::shift);
  def_numbers(pair, "scale", &TwoBodyPair::scale);
  py::class_<TwoBody> term(m, "TwoBody", "Two-body term of a model.");
  def_list(term, "species", &TwoBody::species);
  def_list(term, "pairs", &TwoBody::pairs);
  term.def(py::init<>())
      .def_readwrite("cutoff", &TwoBody::cutoff)
      .def_readwrite("width", &TwoBody::width)
      .def(
          "n_inputs", [](const TwoBody& t, std::size_t k) { return n_pair_inputs(t, t.pairs.at(k)); }, py::arg("pair"),
          "Inputs of the networks of pair number `pair`.")
      .def(
          "n_terms", [](const TwoBody& t, std::size_t k) { return n_pair_terms(t, t.pairs.at(k)); }, py::arg("pair"),
          "Weights of the polynomial of pair number `pair`; 0 for others.");
}

}  // namespace

void export_model(py::module_& m) {
  py::class_<Network> network(m, "Network", "Fully connected network with one output; silu between layers.");
  network
      .def(py::init([](std::vector<int> widths, const Array& parameters) {
             return Network{std::move(widths), to_vector(parameters)};
           }),
           py::arg("widths"), py::arg("parameters"))
      .def_readonly("widths", &Network::widths);
  def_numbers(network, "parameters", &Network::parameters);
  m.attr("MOST_POWERS") = detail::kMostPowers;
  m.attr("MOST_DEGREE") = kMostDegree;
  m.attr("MOST_RANK") = kMostRank;
  export_local(m);
  export_point_group(m);
  export_two_body(m);
  py::class_<Model> model_class(m, "Model", "A potential as plain data; see anisoap_md.Model.");
  def_list(model_class, "local", &Model::local);
  model_class.def(py::init<>())
      .def_readwrite("hypers", &Model::hypers)
      .def_readwrite("density_scale", &Model::density_scale)
      .def_readwrite("allow_discontinuity", &Model::allow_discontinuity)
      .def_readwrite("joint_committees", &Model::joint_committees)
      .def_property(
          "units", [](const Model& model) { return name_of(model.units); },
          [](Model& model, const std::string& name) { model.units = units_from_name(name); })
      .def_readwrite("two_body", &Model::two_body)
      .def_readwrite("training", &Model::training)
      .def("validate", &Model::validate)
      .def("to_json", &Model::to_json)
      .def_static("from_json", &Model::from_json, py::arg("text"))
      .def("checksum", &Model::checksum)
      .def(
          "converted", [](const Model& model, const std::string& units) { return converted(model, units_from_name(units)); },
          py::arg("units"))
      .def_property_readonly("has_many_body", &Model::has_many_body)
      .def_property_readonly("has_uncertainty", &Model::has_uncertainty)
      .def_property_readonly("has_grade", &Model::has_grade)
      .def_property_readonly("cutoff", &Model::cutoff)
      .def_property_readonly("n_features", &Model::n_features);
}
