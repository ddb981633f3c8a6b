// SPDX-License-Identifier: MIT
// detail/ as device code: every function in a kernel for float and double; where there is a GPU its numbers are compared with the
// host's. Bounds: the device fuses multiply-adds and its exp may differ in the last place, which leaves some ten units of
// round-off after the contraction. Degrees above kUnrolled run at run time alone (host_case.hpp).
#include <cuda_runtime.h>

#include "force_case.hpp"

static_assert(__cplusplus / 100 - 2000 >= ANISOAP_TEST_STANDARD, "compiled for an older C++ than asked for");

namespace {

using namespace anisoap::test;
namespace detail = anisoap::detail;

void require(cudaError_t status, const char* what) {
  if (status == cudaSuccess) return;
  std::printf("FAIL %s: %s\n", what, cudaGetErrorString(status));
  std::exit(1);
}

template <class T>
class DeviceArray {
 public:
  explicit DeviceArray(std::size_t n) { require(cudaMalloc(&data_, n * sizeof(T)), "cudaMalloc"); }
  DeviceArray(const T* values, std::size_t n) : DeviceArray(n) {
    require(cudaMemcpy(data_, values, n * sizeof(T), cudaMemcpyHostToDevice), "copy to the device");
  }
  ~DeviceArray() { cudaFree(data_); }
  DeviceArray(const DeviceArray&) = delete;
  DeviceArray& operator=(const DeviceArray&) = delete;
  T* get() const { return data_; }

 private:
  T* data_ = nullptr;
};

// Copies on the device that live as long as it does.
class DeviceMemory {
 public:
  template <class V>
  const V* operator()(const V* p, std::size_t n) {
    auto copy = std::make_shared<DeviceArray<V>>(p, n);
    kept_.push_back(copy);
    return copy->get();
  }

 private:
  std::vector<std::shared_ptr<void>> kept_;
};

template <int D, class T>
__global__ void describe_kernel(Surroundings s, detail::BasisView basis, const detail::MomentStep* steps, const double* scale,
                                int n_full, Scratch<T>* scratch, T* out) {
  if (steps) describe(s, steps, basis, scale, n_full, *scratch, out);
  else describe<D>(s, basis, scale, n_full, *scratch, out);
}

template <int D, class T>
std::vector<T> on_device(const anisoap::Basis& basis, bool compiled) {
  DeviceMemory memory;
  const detail::BasisView view = copied(basis.view(), memory);
  const DeviceArray<double> scale(basis.power_scale().data(), basis.power_scale().size());
  const DeviceArray<detail::MomentStep> steps(basis.steps().data(), basis.steps().size());
  const DeviceArray<Scratch<T>> scratch(1);
  std::vector<T> out(static_cast<std::size_t>(both_lengths(basis)));
  const DeviceArray<T> result(out.size());
  describe_kernel<D><<<1, 1>>>(surroundings(), view, compiled ? nullptr : steps.get(), scale.get(), full_length(basis),
                               scratch.get(), result.get());
  require(cudaDeviceSynchronize(), "kernel");
  require(cudaMemcpy(out.data(), result.get(), out.size() * sizeof(T), cudaMemcpyDeviceToHost), "copy to the host");
  return out;
}

template <int D, class T>
__global__ void force_kernel(Surroundings s, ForceTables t, ForceScratch<T>* x, T* out) {
  force_values<D>(s, t, *x, out);
}

template <int D, class T>
std::vector<T> forces_on_device(const ForceCase& given, bool compiled) {
  DeviceMemory memory;
  const ForceTables t = given.tables(memory);
  const DeviceArray<ForceScratch<T>> scratch(1);
  std::vector<T> out(static_cast<std::size_t>(n_force_values(t)));
  const DeviceArray<T> result(out.size());
  if (compiled) force_kernel<D><<<1, 1>>>(surroundings(), t, scratch.get(), result.get());
  else force_kernel<-1><<<1, 1>>>(surroundings(), t, scratch.get(), result.get());
  require(cudaDeviceSynchronize(), "force kernel");
  require(cudaMemcpy(out.data(), result.get(), out.size() * sizeof(T), cudaMemcpyDeviceToHost), "copy to the host");
  return out;
}

template <int D>
bool forces_pass() {
  const ForceCase given(D);
  bool passed = true;
  for (bool compiled : paths(D)) {
    const char* double_name = compiled ? "forces, double" : "forces, double, run-time degree";
    const char* float_name = compiled ? "forces, float" : "forces, float, run-time degree";
    passed &= agree(double_name, D, forces_on_device<kCompiled<D>, double>(given, compiled),
                    forces_on_host<kCompiled<D>, double>(given, compiled), 1e-14);
    passed &= agree(float_name, D, forces_on_device<kCompiled<D>, float>(given, compiled),
                    forces_on_host<kCompiled<D>, float>(given, compiled), 1e-5);
  }
  return passed;
}

template <int D>
bool passes() {
  const anisoap::Basis basis = basis_of_degree(D);
  bool passed = true;
  for (bool compiled : paths(D)) {
    const char* double_name = compiled ? "double" : "double, run-time degree";
    const char* float_name = compiled ? "float" : "float, run-time degree";
    passed &= agree(double_name, D, on_device<kCompiled<D>, double>(basis, compiled),
                    on_host<kCompiled<D>, double>(basis, compiled), 1e-14);
    passed &= agree(float_name, D, on_device<kCompiled<D>, float>(basis, compiled), on_host<kCompiled<D>, float>(basis, compiled),
                    1e-5);
  }
  return passed;
}

template <int D>
bool all_pass() {
  return passes<D>() & forces_pass<D>();
}

}  // namespace

int main() {
  int count = 0;
  const cudaError_t status = cudaGetDeviceCount(&count);
  if (status == cudaErrorNoDevice || status == cudaErrorInsufficientDriver || (status == cudaSuccess && count == 0)) {
    std::printf("no GPU (%s): the kernels compile and link, their numbers are not compared\n", cudaGetErrorString(status));
    return 0;
  }
  require(status, "cudaGetDeviceCount");
  cudaDeviceProp properties;
  require(cudaGetDeviceProperties(&properties, 0), "cudaGetDeviceProperties");
  std::printf("%s, C++ %ld\n", properties.name, static_cast<long>(__cplusplus));
  return all_pass<0>() & all_pass<1>() & all_pass<4>() & all_pass<6>() & all_pass<kLargestDegree>() ? 0 : 1;
}
