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
  struct Column {
    int m, k, lowest;         // rank
    int highest[2];           // of ranks that are an even, an odd number above the lowest; -1 for none
    std::vector<int> values;  // of the ranks, from the lowest on; -1 where there is none
    double unit;              // F_l of the lowest rank, by which values are divided
  };
  struct Output {
    int at;
    std::vector<detail::TensorEntry> real, imaginary;
  };
  std::size_t place(const Key& tensor) const;
  bool has(const InvariantTensor& tensor, std::size_t number, int m, int k) const;
  void add_column(const std::vector<InvariantTensor>& tensors, int m, int k, int kind, std::vector<Column>& columns);
  void add_steps(std::vector<Column>& columns, int most_rank);
  Output output(const InvariantTensor& tensor, std::size_t number, int m, const std::vector<Column>& columns) const;
  void add_outputs(std::vector<Output> outputs);

  std::vector<Tensor> tensors_;
  std::vector<int> most_, first_;
  std::vector<double> ladder_;
  std::vector<detail::TensorColumn> columns_;
  std::vector<detail::TensorStep> steps_;
  std::vector<detail::TensorEntry> entries_;
  std::vector<int> outputs_;
  std::vector<detail::TensorRun> runs_;
  int size_ = 0, n_powers_ = 0;
  int n_of_kind_[3] = {0, 0, 0};  // columns: plain, of m + k < 0, of m < k
};

class SymmetricTables {
 public:
  // Weights may be missing where none are read.
  SymmetricTables(const SymmetricExpansion& expansion, const GroupNames& names, bool alike);

  detail::SymmetricPairView view() const;
  // Function and power (of the view) of each term of the expansion; functions are in the order of their tensors, |m|, cosine
  // before sine.
  struct Place {
    int function, power;
  };
  const std::vector<Place>& places() const { return places_; }
  // Where that function stands in the view, and the run that it is of.
  std::size_t position(int function) const { return position_[static_cast<std::size_t>(function)]; }
  const detail::FunctionRun& run_of(std::size_t position) const;

 private:
  int place_of_power(const SymmetricExpansion::Term& term) const { return place_of_power_[static_cast<std::size_t>(term.power)]; }
  void add_powers(const SymmetricExpansion& expansion);
  void add_functions(const SymmetricExpansion& expansion);
  void add_weights(const SymmetricExpansion& expansion);

  bool alike_;
  BodyTensors bodies_[2];  // like species: the first alone
  int n_gap_, n_distance_;
  std::vector<int> powers_, place_of_power_;  // the second: where each of the expansion stands in the first
  std::vector<detail::SymmetricFunction> functions_;
  std::vector<detail::FunctionRun> runs_;
  std::vector<double> weights_;
  std::vector<Place> places_;
  std::vector<std::size_t> position_;
};

// Throws ArgumentError for terms that bodies of these groups do not have; weights are not looked at.
void check_expansion(const SymmetricExpansion& expansion, const GroupNames& names, bool alike, const std::string& where);

}  // namespace anisoap
