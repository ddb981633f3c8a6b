// SPDX-License-Identifier: MIT
// What each weight of a two-body term multiplies, and its derivatives, pair after pair.
#pragma once

#include <memory>
#include <vector>

#include "anisoap/symmetric_tables.hpp"
#include "training/frame_pairs.hpp"

namespace anisoap {

// Derivatives of one number with respect to r and turning i and j.
struct Motion {
  double d[9];
};

// Of one invariant.
Motion motion_of(const FramePair& pair, int input);

class TermDerivatives {
 public:
  virtual ~TermDerivatives() = default;
  virtual void evaluate(const FramePair& pair, bool derivatives) = 0;

  std::size_t size() const { return values_.size(); }
  const double* values() const { return values_.data(); }                              // [n_terms] times f_c and the weight
  const double* changes(std::size_t d) const { return changes_.data() + d * size(); }  // [n_terms] of r, turn i, turn j

 protected:
  void resize(std::size_t n_terms) {
    values_.resize(n_terms);
    changes_.resize(9 * n_terms);
  }
  // A radial part with f_c and the weight, and its derivatives.
  struct Radial {
    double value;
    Motion change;
  };
  static Radial tapered(const FramePair& pair, double radial, const Motion& of_radial);
  // Of term t = radial part times angular part.
  void put(std::size_t t, const Radial& radial, double angular, const Motion& of_angular) {
    values_[t] = radial.value * angular;
    for (std::size_t d = 0; d < 9; ++d) changes_[d * size() + t] = radial.value * of_angular.d[d] + radial.change.d[d] * angular;
  }

  std::vector<double> values_, changes_;
};

// The functions S of an expansion in the order of SymmetricTables::places, pair after pair.
class ExpansionFunctions {
 public:
  ExpansionFunctions(const TwoBody& two_body, const TwoBodyPair& pair);
  ExpansionFunctions(const ExpansionFunctions&) = delete;  // views point into it
  ExpansionFunctions& operator=(const ExpansionFunctions&) = delete;

  const SymmetricTables& tables() const { return tables_; }
  const detail::SymmetricPairView& view() const { return view_; }

  void evaluate(const FramePair& pair, bool derivatives);
  std::size_t size() const { return static_cast<std::size_t>(view_.n_functions); }
  double value(int function) const { return product(function, tensors(0), tensors(1)); }
  // After an evaluation with derivatives.
  Motion change(int function) const;

 private:
  const double* tensors(int p) const { return work_.data() + room_.tensors[p]; }
  double product(int function, const double* qi, const double* qj) const;
  void turn(int p);

  SymmetricTables tables_;
  detail::SymmetricPairView view_;
  detail::SymmetricRoom room_;
  std::vector<double> work_, turned_[2][3];
  double frame_[4] = {}, e_[3] = {}, inverse_r_ = 0;
};

// Of a polynomial or an expansion; of no terms for networks. Keeps pointers into the pair.
std::unique_ptr<TermDerivatives> term_derivatives(const TwoBody& two_body, const TwoBodyPair& pair);

}  // namespace anisoap
