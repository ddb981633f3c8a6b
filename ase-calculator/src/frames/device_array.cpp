// SPDX-License-Identifier: MIT
#include "frames/device_array.hpp"

#include <pybind11/numpy.h>
#include <pybind11/stl.h>

#include "anisoap/error.hpp"
#include "frames/dlpack.hpp"

namespace py = pybind11;
using anisoap::bad_argument;
using anisoap::device::Memory;

namespace {

dlpack::Device this_device() { return {dlpack::device_type(anisoap::device::support().space), anisoap::device::started_index()}; }

std::vector<std::int64_t> shape_of(const Memory& memory) {
  std::vector<std::int64_t> shape{static_cast<std::int64_t>(memory.n_rows)};
  if (memory.row_shape.empty()) shape.push_back(static_cast<std::int64_t>(memory.n_columns));
  for (const std::size_t n : memory.row_shape) shape.push_back(static_cast<std::int64_t>(n));
  return shape;
}

// Memory as a tensor that owns a copy of it.
struct Exported {
  Memory memory;
  std::vector<std::int64_t> shape;
  dlpack::ManagedTensor managed;

  explicit Exported(const Memory& m) : memory(m), shape(shape_of(m)), managed{} {
    managed.tensor = {
        m.data, this_device(), static_cast<std::int32_t>(shape.size()), {dlpack::kFloat, 64, 1}, shape.data(), nullptr, 0};
    managed.context = this;
    managed.deleter = [](dlpack::ManagedTensor* t) { delete static_cast<Exported*>(t->context); };
  }
};

// The capsule's own destructor counts where nobody took the tensor.
py::object to_capsule(const Memory& memory) {
  auto* exported = new Exported(memory);
  PyObject* capsule = PyCapsule_New(&exported->managed, "dltensor", [](PyObject* self) {
    if (PyCapsule_IsValid(self, "dltensor") == 0) return;
    auto* managed = static_cast<dlpack::ManagedTensor*>(PyCapsule_GetPointer(self, "dltensor"));
    managed->deleter(managed);
  });
  return py::reinterpret_steal<py::object>(capsule);
}

py::array_t<double> to_numpy(const Memory& memory) {
  py::array_t<double> out(shape_of(memory));
  double* p = out.mutable_data();
  py::gil_scoped_release release;
  anisoap::device::to_host(memory, p);
  return out;
}

// As the array API asks for: where it lies, or a copy of the host.
py::object give(const Memory& memory, const py::object& device, const py::object& copy) {
  const dlpack::Device here = this_device();
  const bool copied = !copy.is_none() && copy.cast<bool>();
  if (device.is_none() || device.equal(py::make_tuple(here.type, here.index))) {
    if (!copied) return to_capsule(memory);
    py::gil_scoped_release release;
    const Memory other = anisoap::device::copy_of(memory);
    py::gil_scoped_acquire acquire;
    return to_capsule(other);
  }
  if (!device.equal(py::make_tuple(dlpack::kHost, 0)))
    throw py::buffer_error("dl_device " + py::str(device).cast<std::string>() + ": expected that of the array, or of the host");
  if (!copy.is_none() && !copied) throw py::buffer_error("copy=False: an array of a device is on the host as a copy alone");
  return to_numpy(memory).attr("__dlpack__")();
}

Memory to_device(const py::array_t<double, py::array::c_style>& values) {
  if (values.ndim() != 2) bad_argument("dimensions of an array for the device", std::to_string(values.ndim()), "2");
  const auto rows = static_cast<std::size_t>(values.shape(0)), columns = static_cast<std::size_t>(values.shape(1));
  const double* p = values.data();
  py::gil_scoped_release release;
  return anisoap::device::to_device(p, rows, columns);
}

std::string type_text(const dlpack::DataType& type) {
  const char* kinds[] = {"int", "uint", "float"};
  return (type.code < 3 ? kinds[type.code] : "type ") + std::to_string(type.bits);
}

// A capsule of the array. Its producer makes the default stream wait for what still writes it, and ours waits for that stream.
py::object capsule_of(const py::object& array) {
  if (anisoap::device::support().space == "cuda") return array.attr("__dlpack__")(py::arg("stream") = 1);
  return array.attr("__dlpack__")();
}

bool is_row_major(const dlpack::Tensor& t) {
  if (!t.strides) return true;
  std::int64_t step = 1;
  for (int k = t.n_dimensions - 1; k >= 0; --k) {
    if (t.shape[k] > 1 && t.strides[k] != step) return false;
    step *= t.shape[k];
  }
  return true;
}

}  // namespace

BorrowedArray::BorrowedArray(const py::object& array, const std::string& name, std::size_t n_rows, std::size_t n_columns)
    : owner_(capsule_of(array)) {
  auto* managed = static_cast<dlpack::ManagedTensor*>(PyCapsule_GetPointer(owner_.ptr(), "dltensor"));
  if (!managed) throw py::error_already_set();
  const dlpack::Tensor& t = managed->tensor;
  const dlpack::Device here = this_device();
  if (t.device.type != here.type || t.device.index != here.index)
    bad_argument("array '" + name + "'",
                 "memory of device " + std::to_string(t.device.index) + " of DLPack type " + std::to_string(t.device.type),
                 "memory of the device in use, " + std::to_string(here.index) + " of type " + std::to_string(here.type));
  if (t.type.code != dlpack::kFloat || t.type.bits != 64 || t.type.lanes != 1)
    bad_argument("dtype of array '" + name + "'", type_text(t.type), "float64 on the device");
  std::string shape;
  for (int k = 0; k < t.n_dimensions; ++k) shape += (k ? ", " : "") + std::to_string(t.shape[k]);
  const auto rows = static_cast<std::int64_t>(n_rows), columns = static_cast<std::int64_t>(n_columns);
  if (t.n_dimensions != 2 || t.shape[0] != rows || t.shape[1] != columns)
    bad_argument("shape of array '" + name + "'", "(" + shape + ")",
                 "(" + std::to_string(rows) + ", " + std::to_string(columns) + ")");
  if (!is_row_major(t)) bad_argument("array '" + name + "'", "strides of another order", "a contiguous array, rows first");
  data_ = reinterpret_cast<const double*>(static_cast<const char*>(t.data) + t.byte_offset);
}

void export_device_array(py::module_& m) {
  py::class_<Memory>(m, "DeviceArray", "Rows of float64 on the device; CuPy, torch and JAX take them with from_dlpack.")
      .def_property_readonly("shape", [](const Memory& a) { return py::tuple(py::cast(shape_of(a))); })
      .def_property_readonly("dtype", [](const Memory&) { return py::dtype::of<double>(); })
      .def("__len__", [](const Memory& a) { return a.n_rows; })
      .def("numpy", &to_numpy)
      .def(
          "__array__",
          [](const Memory& a, const py::object& dtype, const py::object&) -> py::object {
            const py::object values = to_numpy(a);
            return dtype.is_none() ? values : values.attr("astype")(dtype);
          },
          py::arg("dtype") = py::none(), py::arg("copy") = py::none())
      .def(
          "__dlpack__",
          [](const Memory& a, const py::object&, const py::object&, const py::object& device, const py::object& copy) {
            return give(a, device, copy);
          },
          py::arg("stream") = py::none(), py::kw_only(), py::arg("max_version") = py::none(), py::arg("dl_device") = py::none(),
          py::arg("copy") = py::none(), "The array is complete: no stream has to wait for it.")
      .def("__dlpack_device__", [](const Memory&) { return py::make_tuple(this_device().type, this_device().index); });
  m.def("to_device", &to_device, py::arg("values"));
}
