// SPDX-License-Identifier: MIT
// A SymmetricExpansion as the tables that detail/symmetric_pair.hpp reads.
#pragma once

#include <array>
#include <string>
#include <utility>
#include <vector>

#include "anisoap/detail/symmetric_pair.hpp"
#include "anisoap/model.hpp"
#include "anisoap/point_group.hpp"

namespace anisoap {

using GroupNames = std::array<std::string, 2>;  // of both species of a pair

// Tensors of one body, and how they are turned.
class BodyTensors {
 public:
  // Which tensor: rank and number of invariant_tensors.
  using Key = std::pair<int, int>;

  // Room for m up to `most` and the one above, which a turn needs.
  void use(const Key& tensor, int most);
  // After the last use.
  void build(const PointGroup& group);

  int at(const Key& tensor, int m) const;
  detail::BodyTensorsView view() const;

 private:
  struct Tensor {
    Key key;
    int most;
  };
  std::size_t place(const Key& tensor) const;
  // Those that have a t_k of this m and k.
  std::vector<std::size_t> users(const std::vector<InvariantTensor>& tensors, int m, int k) const;
  void add_chain(const std::vector<InvariantTensor>& tensors, int m, int k, int first_rank, int stride);
  void add_entries(const std::vector<InvariantTensor>& tensors, int m, int k, int rank, double factor);

  std::vector<Tensor> tensors_;
  std::vector<int> most_, first_;
  std::vector<double> ladder_;
  std::vector<detail::TensorChain> chains_;
  std::vector<detail::TensorStep> steps_;
  std::vector<detail::TensorEntry> entries_;
  std::vector<bool> written_;  // [size / 2] q_m that have an entry
  int size_ = 0, n_powers_ = 0;
  int n_of_kind_[3] = {0, 0, 0};  // chains: plain, of m + k < 0, of m < k
};

class SymmetricTables {
 public:
  // Weights may be missing where none are read.
  SymmetricTables(const SymmetricExpansion& expansion, const GroupNames& names, bool alike);

  detail::SymmetricPairView view() const;
  // Function and power of each term of the expansion; functions are in the order of their tensors, |m|, cosine before sine.
  struct Place {
    int function, power;
  };
  const std::vector<Place>& places() const { return places_; }
  // Where that function stands in the view, and the run that it is of.
  std::size_t position(int function) const { return position_[static_cast<std::size_t>(function)]; }
  const detail::FunctionRun& run_of(std::size_t position) const;

 private:
  void add_functions(const SymmetricExpansion& expansion);
  void add_terms(const SymmetricExpansion& expansion);
  void add_links(int body);

  bool alike_;
  BodyTensors bodies_[2];  // like species: the first alone
  int n_gap_, n_distance_;
  std::vector<int> powers_;
  std::vector<detail::SymmetricFunction> functions_;
  std::vector<detail::FunctionRun> runs_;
  std::vector<detail::SymmetricTerm> terms_;
  std::vector<detail::LinkEnds> link_ends_[2];
  std::vector<detail::TensorLink> links_[2];  // like species: the first alone
  std::vector<Place> places_;
  std::vector<std::size_t> position_;
};

// Throws ArgumentError for terms that bodies of these groups do not have; weights are not looked at.
void check_expansion(const SymmetricExpansion& expansion, const GroupNames& names, bool alike, const std::string& where);

}  // namespace anisoap
