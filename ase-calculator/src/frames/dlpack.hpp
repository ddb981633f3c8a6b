// SPDX-License-Identifier: MIT
// Arrays of other packages without copies: the structures of the DLPack protocol, version 0.8
// (https://dmlc.github.io/dlpack/latest/c_api.html, https://data-apis.org/array-api/latest/design_topics/data_interchange.html).
#pragma once

#include <cstdint>
#include <string>

namespace dlpack {

struct Device {
  std::int32_t type, index;
};
struct DataType {
  std::uint8_t code, bits;
  std::uint16_t lanes;
};
struct Tensor {
  void* data;
  Device device;
  std::int32_t n_dimensions;
  DataType type;
  std::int64_t* shape;
  std::int64_t* strides;  // nullptr: row major
  std::uint64_t byte_offset;
};
struct ManagedTensor {
  Tensor tensor;
  void* context;
  void (*deleter)(ManagedTensor*);
};

constexpr std::uint8_t kFloat = 2;
constexpr std::int32_t kHost = 1;

// Type of the devices of an execution space.
inline std::int32_t device_type(const std::string& space) {
  if (space == "cuda") return 2;
  if (space == "hip") return 10;
  if (space == "sycl") return 14;
  return kHost;
}

}  // namespace dlpack
