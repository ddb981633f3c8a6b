// SPDX-License-Identifier: MIT
#include "results/kept_memory.hpp"

#include <functional>
#include <memory>
#include <numeric>
#include <utility>

namespace py = pybind11;

namespace {

using Memory = py::array_t<char>;

constexpr py::ssize_t kLeast = py::ssize_t{4} << 20, kMost = py::ssize_t{256} << 20;  // bytes

Memory& kept() {
  static auto* memory = new Memory;  // outlives Python
  return *memory;
}

void give_back(void* pointer) {
  const std::unique_ptr<Memory> memory(static_cast<Memory*>(pointer));
  if (memory->size() <= kMost) kept() = *memory;
}

Memory kept_or_new(py::ssize_t size) {
  Memory memory = std::exchange(kept(), Memory());
  if (memory.size() >= size && memory.size() <= 2 * size) return memory;
  memory = Memory();
  return Memory(size);
}

}  // namespace

py::array kept_array(const py::dtype& type, const std::vector<py::ssize_t>& shape) {
  const py::ssize_t size = std::accumulate(shape.begin(), shape.end(), type.itemsize(), std::multiplies<>());
  if (size < kLeast) return py::array(type, shape);
  auto memory = std::make_unique<Memory>(kept_or_new(size));
  char* data = memory->mutable_data();
  return py::array(type, shape, data, py::capsule(memory.release(), give_back));
}
