// SPDX-License-Identifier: MIT
#include "atoms_reader.hpp"

#include <algorithm>
#include <string>

#include "anisoap/error.hpp"

namespace py = pybind11;

namespace {

// Interned, so that dictionary look-ups compare pointers.
py::str interned(const char* text) { return py::reinterpret_steal<py::str>(PyUnicode_InternFromString(text)); }

py::handle item(py::handle dict, const py::str& key) { return PyDict_GetItemWithError(dict.ptr(), key.ptr()); }

std::string where(std::size_t number) { return "frame " + std::to_string(number) + ": "; }

std::string shape_text(const py::array& a) {
  std::string s = "(";
  for (py::ssize_t k = 0; k < a.ndim(); ++k) s += (k ? ", " : "") + std::to_string(a.shape(k));
  return s + ")";
}

bool same(const py::array_t<double, py::array::c_style>& a, const py::array_t<double, py::array::c_style>& b) {
  return std::equal(a.data(), a.data() + a.size(), b.data());
}

}  // namespace

AtomsReader::AtomsReader(const std::vector<long>& atomic_numbers, const std::string& rotation_key)
    : numbers_(atomic_numbers) {
  for (long z : atomic_numbers) species_.emplace(z, static_cast<int>(species_.size()));
  if (!rotation_key.empty()) rotation_keys_ = {interned(rotation_key.c_str())};
  else rotation_keys_ = {interned("c_q"), interned("quaternion"), interned("quaternions"), interned("quat")};
}

AtomsReader::Array AtomsReader::require(py::handle value, const char* name, std::size_t number, py::ssize_t n,
                                        py::ssize_t columns) const {
  Array a;
  if (Array::check_(value)) {
    a = py::reinterpret_borrow<Array>(value);
  } else {
    a = Array::ensure(value);
    if (!a) {
      PyErr_Clear();
      anisoap::bad_argument(where(number) + "array '" + name + "'", "values that are not numbers", "an array of float");
    }
  }
  const bool fits = columns == 1 ? a.ndim() == 1 || (a.ndim() == 2 && a.shape(1) == 1) : a.ndim() == 2 && a.shape(1) == columns;
  if (!fits || a.shape(0) != n)
    anisoap::bad_argument(where(number) + "shape of array '" + name + "'", shape_text(a),
                          columns == 1 ? "(" + std::to_string(n) + ",)"
                                       : "(" + std::to_string(n) + ", " + std::to_string(columns) + ")");
  return a;
}

AtomsReader::Array AtomsReader::find_quaternions(py::handle arrays, std::size_t number, py::ssize_t n) const {
  Array found;
  const py::str* found_key = nullptr;
  for (const py::str& key : rotation_keys_) {
    const py::handle value = item(arrays, key);
    if (!value) continue;
    Array q = require(value, std::string(key).c_str(), number, n, 4);
    if (found_key && !same(found, q))
      anisoap::bad_argument(where(number) + "quaternions",
                            "two different arrays, '" + std::string(*found_key) + "' and '" + std::string(key) + "'",
                            "one of them (w, x, y, z)");
    if (!found_key) {
      found = q;
      found_key = &key;
    }
  }
  if (!found_key) {
    std::string names;
    for (const py::str& key : rotation_keys_) names += (names.empty() ? "'" : "', '") + std::string(key);
    anisoap::bad_argument(where(number) + "quaternions", "no array " + names + "' in atoms.arrays",
                          "an array (" + std::to_string(n) + ", 4) in the order w, x, y, z");
  }
  return found;
}

void AtomsReader::find_diameters(py::handle arrays, std::size_t number, py::ssize_t n, AtomsView& view) const {
  static const py::str columns[2][3] = {{interned("c_diameter[1]"), interned("c_diameter[2]"), interned("c_diameter[3]")},
                                        {interned("c_diameter1"), interned("c_diameter2"), interned("c_diameter3")}};
  static const py::str whole[3] = {interned("c_diameter"), interned("shape"), interned("shapes")};
  for (const auto& names : columns) {
    py::handle values[3];
    for (int k = 0; k < 3; ++k) values[k] = item(arrays, names[k]);
    if (!values[0] || !values[1] || !values[2]) continue;
    for (int k = 0; k < 3; ++k) {
      Array d = require(values[k], std::string(names[k]).c_str(), number, n, 1);
      view.frame.diameters[k] = d.data();
      view.owners.push_back(std::move(d));
    }
    view.frame.diameter_stride = 1;
    return;
  }
  for (const py::str& name : whole) {
    const py::handle value = item(arrays, name);
    if (!value) continue;
    Array d = require(value, std::string(name).c_str(), number, n, 3);
    for (int k = 0; k < 3; ++k) view.frame.diameters[k] = d.data() + k;
    view.frame.diameter_stride = 3;
    view.owners.push_back(std::move(d));
    return;
  }
  anisoap::bad_argument(where(number) + "diameters",
                        "neither 'c_diameter[1]', 'c_diameter[2]', 'c_diameter[3]' nor 'shape' in atoms.arrays",
                        "full diameters along the three body axes");
}

void AtomsReader::find_species(py::handle arrays, std::size_t number, py::ssize_t n, AtomsView& view) const {
  static const py::str key = interned("numbers");
  using Integers = py::array_t<long, py::array::c_style>;
  const py::handle value = item(arrays, key);
  const Integers z = Integers::check_(value) ? py::reinterpret_borrow<Integers>(value) : Integers::ensure(value);
  if (!z || z.ndim() != 1 || z.shape(0) != n) {
    PyErr_Clear();
    anisoap::bad_argument(where(number) + "array 'numbers'", "something else", "one atomic number per particle");
  }
  view.species.resize(static_cast<std::size_t>(n));
  long last = -1;
  int index = -1;
  for (py::ssize_t i = 0; i < n; ++i) {
    if (z.data()[i] != last || index < 0) {
      last = z.data()[i];
      const auto found = species_.find(last);
      if (found == species_.end()) {
        std::string names;
        for (long s : numbers_) names += (names.empty() ? "" : ", ") + std::to_string(s);
        anisoap::bad_argument(where(number) + "particle " + std::to_string(i) + ": species (atomic number)",
                              std::to_string(last), "one of species = [" + names + "]");
      }
      index = found->second;
    }
    view.species[static_cast<std::size_t>(i)] = index;
  }
  view.frame.species = view.species.data();
}

AtomsView AtomsReader::read(py::handle atoms, std::size_t number) const {
  static const py::str arrays_key = interned("arrays"), positions_key = interned("positions"), cell_key = interned("cell"),
                       array_key = interned("array"), pbc_key = interned("pbc");
  AtomsView view;
  if (!py::hasattr(atoms, arrays_key)) {
    const std::string type = py::str(py::type::handle_of(atoms));
    anisoap::bad_argument(where(number).substr(0, where(number).size() - 2), type, "an ase.Atoms");
  }
  const py::object arrays = atoms.attr(arrays_key);
  const py::handle positions_item = item(arrays, positions_key);
  if (!PyDict_Check(arrays.ptr()) || !positions_item)
    anisoap::bad_argument(where(number) + "positions", "no array 'positions'", "an ase.Atoms");
  const py::ssize_t n = py::len(positions_item);
  Array positions = require(positions_item, "positions", number, n, 3);
  view.frame.n = static_cast<std::size_t>(n);
  view.frame.positions = positions.data();
  Array quaternions = find_quaternions(arrays, number, n);
  view.frame.quaternions = quaternions.data();
  find_diameters(arrays, number, n, view);
  find_species(arrays, number, n, view);
  Array cell = require(atoms.attr(cell_key).attr(array_key), "cell", number, 3, 3);
  view.frame.cell = cell.data();
  const py::array_t<bool> pbc(atoms.attr(pbc_key));
  for (int k = 0; k < 3; ++k) view.frame.periodic[k] = pbc.at(k);
  view.owners.insert(view.owners.end(), {positions, quaternions, cell});
  return view;
}
