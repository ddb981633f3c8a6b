// SPDX-License-Identifier: MIT
// Copies of all arrays of a view in the memory of an Upload: upload(pointer, n) returns a copy that it keeps.
#pragma once

#include <memory>
#include <vector>

#include "anisoap/detail/arrays.hpp"

namespace anisoap::test {

template <class Upload>
struct Copies {
  Upload& upload;

  template <class V>
  void operator()(const V*& p, std::size_t n) const {
    p = n > 0 ? upload(p, n) : nullptr;
  }
  template <class V, class Each>
  void operator()(const V*& p, std::size_t n, const Each& each) const {
    std::vector<V> entries(p, p + n);
    for (V& v : entries) each(v);
    p = n > 0 ? upload(entries.data(), n) : nullptr;
  }
};

template <class View, class Upload>
View copied(View view, Upload& upload) {
  detail::visit_arrays(view, Copies<Upload>{upload});
  return view;
}

class HostMemory {
 public:
  template <class V>
  const V* operator()(const V* p, std::size_t n) {
    auto copy = std::make_shared<std::vector<V>>(p, p + n);
    kept_.push_back(copy);
    return copy->data();
  }

 private:
  std::vector<std::shared_ptr<void>> kept_;
};

}  // namespace anisoap::test
