// SPDX-License-Identifier: MIT
// A Model as the pointers that kernels read.
#pragma once

#include <vector>

#include "anisoap/detail/local_energy.hpp"
#include "anisoap/model.hpp"
#include "two_body.hpp"

namespace anisoap {

class ModelViews {
 public:
  // Keeps pointers into the model.
  explicit ModelViews(const Model& model);

  const std::vector<detail::LocalEnergyView>& local() const { return local_; }
  const std::vector<detail::LocalEnergyView>& local_without_variance() const { return without_variance_; }
  const TwoBodyView& two_body() const { return two_body_; }
  std::size_t n_two_body_members() const { return n_members_; }  // networks of each pair; 0 without a committee

 private:
  using Networks = std::vector<detail::NetworkView>;
  const Networks& views_of(const std::vector<Network>& networks);

  std::vector<std::vector<detail::NetworkView>> networks_;
  std::vector<detail::LocalEnergyView> local_, without_variance_;
  std::vector<TwoBodyPairView> pairs_;
  std::vector<int> pair_of_species_;
  TwoBodyView two_body_{};
  std::size_t n_members_ = 0;
};

}  // namespace anisoap
