// SPDX-License-Identifier: MIT
#include "frames/atoms_reader.hpp"

#include <algorithm>

#include "anisoap/error.hpp"
#include "errors.hpp"

namespace py = pybind11;
using anisoap::bad_argument;

namespace {

// Interned, so that dictionary look-ups compare pointers.
py::str interned(const char* text) { return py::reinterpret_steal<py::str>(PyUnicode_InternFromString(text)); }

py::handle item(py::handle dict, const py::str& key) { return PyDict_GetItemWithError(dict.ptr(), key.ptr()); }

// A plain contiguous ndarray of the type of `like`, told by pointers alone.
bool is_plain(py::handle value, py::handle like) {
  const auto& api = py::detail::npy_api::get();
  if (Py_TYPE(value.ptr()) != api.PyArray_Type_) return false;
  const auto* array = py::detail::array_proxy(value.ptr());
  return array->descr == like.ptr() && (array->flags & py::array::c_style) != 0 &&
         (array->flags & py::detail::npy_api::NPY_ARRAY_ALIGNED_) != 0;
}

std::string shape_text(const py::array& a) {
  std::string s = "(";
  for (py::ssize_t k = 0; k < a.ndim(); ++k) s += (k ? ", " : "") + std::to_string(a.shape(k));
  return s + (a.ndim() == 1 ? ",)" : ")");
}

int species_index(long atomic_number, const std::vector<long>& known, std::size_t frame, std::size_t particle) {
  const auto found = std::find(known.begin(), known.end(), atomic_number);
  if (found == known.end()) {
    std::string names;
    for (long s : known) names += (names.empty() ? "" : ", ") + std::to_string(s);
    const std::string at = "frame " + std::to_string(frame) + ", particle " + std::to_string(particle);
    throw UnknownSpecies(at + ": species (atomic number)", std::to_string(atomic_number), "one of species = [" + names + "]");
  }
  return static_cast<int>(found - known.begin());
}

}  // namespace

void append_species(const long* numbers, std::size_t n, const std::vector<long>& known, std::size_t frame,
                    std::vector<int>& out) {
  constexpr long kTable = 128;
  int table[kTable];
  std::fill(table, table + kTable, -1);
  for (std::size_t s = known.size(); s-- > 0;)
    if (known[s] >= 0 && known[s] < kTable) table[known[s]] = static_cast<int>(s);
  const std::size_t first = out.size();
  out.resize(first + n);
  for (std::size_t i = 0; i < n; ++i) {
    const long z = numbers[i];
    int place = z >= 0 && z < kTable ? table[z] : -1;
    if (place < 0) place = species_index(z, known, frame, i);
    out[first + i] = place;
  }
}

AtomsReader::AtomsReader(const std::vector<long>& atomic_numbers, const std::string& rotation_key)
    : atomic_numbers_(atomic_numbers) {
  if (!rotation_key.empty()) rotation_keys_ = {interned(rotation_key.c_str())};
  else rotation_keys_ = {interned("c_q"), interned("quaternion"), interned("quaternions"), interned("quat")};
}

std::vector<anisoap::FrameView> AtomsReader::frames() const {
  std::vector<anisoap::FrameView> out = frames_;
  const int* species = species_.data();
  for (auto& frame : out) {
    frame.species = species;
    species += frame.n;
  }
  return out;
}

// Values of an array [n] or [n, columns], converted to contiguous double where necessary.
const double* AtomsReader::values(py::handle value, const py::str& name, py::ssize_t n, py::ssize_t columns) {
  static const py::dtype float64 = py::dtype::of<double>();
  py::object owner = py::reinterpret_borrow<py::object>(value);
  if (!is_plain(value, float64)) {
    owner = Array::ensure(value);
    if (!owner) {
      PyErr_Clear();
      bad_argument(where() + "array '" + std::string(name) + "'", "values that are not numbers", "an array of float");
    }
  }
  const auto* a = py::detail::array_proxy(owner.ptr());
  const py::ssize_t* shape = a->dimensions;
  const bool fits = columns == 1 ? a->nd == 1 || (a->nd == 2 && shape[1] == 1) : a->nd == 2 && shape[1] == columns;
  if (!fits || shape[0] != n)
    bad_argument(where() + "shape of array '" + std::string(name) + "'", shape_text(py::cast<py::array>(owner)),
                 "(" + std::to_string(n) + (columns == 1 ? ",)" : ", " + std::to_string(columns) + ")"));
  owners_.push_back(std::move(owner));
  return reinterpret_cast<const double*>(a->data);
}

const double* AtomsReader::find_quaternions(py::handle arrays, py::ssize_t n) {
  const double* found = nullptr;
  const py::str* found_key = nullptr;
  for (const py::str& key : rotation_keys_) {
    const py::handle value = item(arrays, key);
    if (!value) continue;
    const double* q = values(value, key, n, 4);
    if (found_key && !std::equal(found, found + 4 * n, q))
      bad_argument(where() + "quaternions",
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
    bad_argument(where() + "quaternions", "no array " + names + "' in atoms.arrays",
                 "an array (" + std::to_string(n) + ", 4) in the order w, x, y, z");
  }
  return found;
}

void AtomsReader::find_diameters(py::handle arrays, py::ssize_t n, anisoap::FrameView& frame) {
  static const py::str columns[2][3] = {{interned("c_diameter[1]"), interned("c_diameter[2]"), interned("c_diameter[3]")},
                                        {interned("c_diameter1"), interned("c_diameter2"), interned("c_diameter3")}};
  static const py::str whole[3] = {interned("c_diameter"), interned("shape"), interned("shapes")};
  for (const auto& names : columns) {
    py::handle value[3];
    for (int k = 0; k < 3; ++k) value[k] = item(arrays, names[k]);
    if (!value[0] || !value[1] || !value[2]) continue;
    for (int k = 0; k < 3; ++k) frame.diameters[k] = values(value[k], names[k], n, 1);
    frame.diameter_stride = 1;
    return;
  }
  for (const py::str& name : whole) {
    const py::handle value = item(arrays, name);
    if (!value) continue;
    const double* d = values(value, name, n, 3);
    for (int k = 0; k < 3; ++k) frame.diameters[k] = d + k;
    frame.diameter_stride = 3;
    return;
  }
  bad_argument(where() + "diameters", "neither 'c_diameter[1]', 'c_diameter[2]', 'c_diameter[3]' nor 'shape' in atoms.arrays",
               "full diameters along the three body axes");
}

void AtomsReader::read_species(py::handle arrays, py::ssize_t n) {
  static const py::str key = interned("numbers");
  static const py::dtype integer = py::dtype::of<long>();
  using Integers = py::array_t<long, py::array::c_style>;
  const py::handle value = item(arrays, key);
  const Integers z = value && is_plain(value, integer) ? py::reinterpret_borrow<Integers>(value) : Integers::ensure(value);
  if (!z || z.ndim() != 1 || z.shape(0) != n) {
    PyErr_Clear();
    bad_argument(where() + "array 'numbers'", "something else", "one atomic number per particle");
  }
  append_species(z.data(), static_cast<std::size_t>(n), atomic_numbers_, number_, species_);
}

void AtomsReader::read(py::handle atoms, std::size_t number) {
  static const py::str arrays_key = interned("arrays"), positions_key = interned("positions"), cell_key = interned("cell"),
                       array_key = interned("array"), pbc_key = interned("pbc");
  static const py::dtype boolean = py::dtype::of<bool>();
  number_ = number;
  const auto arrays = py::reinterpret_steal<py::object>(PyObject_GetAttr(atoms.ptr(), arrays_key.ptr()));
  const py::handle positions = arrays && PyDict_Check(arrays.ptr()) ? item(arrays, positions_key) : py::handle();
  if (!positions) {
    PyErr_Clear();
    bad_argument("frame " + std::to_string(number), std::string(py::str(py::type::handle_of(atoms))), "an ase.Atoms");
  }
  anisoap::FrameView frame;
  const py::ssize_t n = py::len(positions);
  frame.n = static_cast<std::size_t>(n);
  frame.positions = values(positions, positions_key, n, 3);
  if (n > 0) {  // a frame without particles needs no arrays of theirs
    frame.quaternions = find_quaternions(arrays, n);
    find_diameters(arrays, n, frame);
  }
  frame.cell = values(atoms.attr(cell_key).attr(array_key), cell_key, 3, 3);
  const py::object pbc = atoms.attr(pbc_key);
  const py::array_t<bool> flags =
      is_plain(pbc, boolean) ? py::reinterpret_borrow<py::array_t<bool>>(pbc) : py::array_t<bool>(pbc);
  for (py::ssize_t k = 0; k < 3; ++k) frame.periodic[k] = flags.at(k);
  read_species(arrays, n);
  frames_.push_back(frame);
}
