// SPDX-License-Identifier: MIT
#include "anisoap/symmetric_tables.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <tuple>

#include "anisoap/error.hpp"
#include "anisoap/monomials.hpp"

namespace anisoap {
namespace {

using Term = SymmetricExpansion::Term;

BodyTensors::Key tensor_of(const Term& term, int body) { return {term.rank[body], term.number[body]}; }

// What tells functions apart, in the order in which they are evaluated.
auto function_of(const Term& t) {
  return std::make_tuple(t.rank[0], t.number[0], t.rank[1], t.number[1], std::abs(t.m), t.m < 0);
}

// F_l of a column with m or k = 0, (slope c^2 + level) F_(l-2) - back F_(l-4): two steps, of which those of l - 2 give c F_(l-3).
WignerStep double_step(int l, int m, int k) {
  const int lowest = std::max(std::abs(m), std::abs(k));
  const WignerStep last = wigner_step(l, m, k), middle = wigner_step(l - 1, m, k);
  const double slope = last.slope * middle.slope;
  if (l - 2 == lowest) return {slope, -last.back, 0};
  const WignerStep first = wigner_step(l - 2, m, k);
  const double share = last.slope * middle.back / first.slope;
  return {slope, -share - last.back, share * first.back};
}

using Function = decltype(function_of(Term()));

}  // namespace

void BodyTensors::use(const Key& tensor, int most) {
  const int m = std::min(tensor.first, most + 1);
  for (Tensor& known : tensors_)
    if (known.key == tensor) {
      known.most = std::max(known.most, m);
      return;
    }
  tensors_.push_back({tensor, m});
}

std::size_t BodyTensors::place(const Key& tensor) const {
  const auto same = [&](const Tensor& known) { return known.key == tensor; };
  return static_cast<std::size_t>(std::find_if(tensors_.begin(), tensors_.end(), same) - tensors_.begin());
}

int BodyTensors::at(const Key& tensor, int m) const { return first_[place(tensor)] + 2 * m; }

void BodyTensors::build(const PointGroup& group) {
  std::sort(tensors_.begin(), tensors_.end(), [](const Tensor& a, const Tensor& b) { return a.key < b.key; });
  std::vector<InvariantTensor> tensors;
  int most_rank = 0, most_m = 0;
  for (const Tensor& tensor : tensors_) {
    const int l = tensor.key.first;
    tensors.push_back(invariant_tensors(group, l)[static_cast<std::size_t>(tensor.key.second)]);
    first_.push_back(size_);
    most_.push_back(tensor.most);
    for (int m = 0; m <= tensor.most; ++m) ladder_.push_back(0.5 * std::sqrt(l * (l + 1) - m * (m + 1)));
    size_ += 2 * (tensor.most + 1);
    most_rank = std::max(most_rank, l);
    most_m = std::max(most_m, tensor.most);
  }
  written_.resize(static_cast<std::size_t>(size_ / 2));
  for (int kind = 0; kind < 3; ++kind)
    for (int m = 0; m <= most_m; ++m)
      for (int k = -most_rank; k <= most_rank; ++k) {
        if ((m < k ? 2 : (m + k < 0 ? 1 : 0)) != kind) continue;
        const std::size_t before = chains_.size();
        const int lowest = std::max(m, std::abs(k)), by_two = m == 0 || k == 0 ? 2 : 1;
        for (int first = lowest; first < lowest + by_two; ++first) add_chain(tensors, m, k, first, by_two);
        n_of_kind_[kind] += static_cast<int>(chains_.size() - before);
      }
}

std::vector<std::size_t> BodyTensors::users(const std::vector<InvariantTensor>& tensors, int m, int k) const {
  std::vector<std::size_t> out;
  for (std::size_t t = 0; t < tensors.size(); ++t) {
    const InvariantTensor& tensor = tensors[t];
    if (m <= most_[t] && std::abs(k) <= tensor.rank && tensor.t[static_cast<std::size_t>(tensor.rank + k)] != 0.0)
      out.push_back(t);
  }
  return out;
}

// Of the ranks first, first + stride, ... up to the highest that some tensor has. (-1)^(k-m) turns powers of -B into those of B;
// `unit` is F_l of the lowest rank, by which values are divided, and `scale` by which they are more than the recursion's.
void BodyTensors::add_chain(const std::vector<InvariantTensor>& tensors, int m, int k, int first, int stride) {
  int highest = -1;
  for (const std::size_t t : users(tensors, m, k))
    if (tensors[t].rank >= first && (tensors[t].rank - first) % stride == 0) highest = std::max(highest, tensors[t].rank);
  if (highest < 0) return;
  const int lowest = std::max(m, std::abs(k));
  const double unit = wigner_step(lowest, m, k).level * (m < k && (k - m) % 2 == 1 ? -1 : 1);
  const WignerStep begin = first == lowest ? WignerStep{0, 1, 0} : wigner_step(first, m, k);
  detail::TensorChain chain{std::abs(m + k), std::abs(m - k), stride == 2, begin.slope, begin.level, 0, 0};
  add_entries(tensors, m, k, first, unit);
  chain.entries = static_cast<int>(entries_.size());
  double scale[2] = {1, 1};  // of the last two values
  for (int l = first + stride; l <= highest; l += stride) {
    const WignerStep step = stride == 2 ? double_step(l, m, k) : wigner_step(l, m, k);
    // v = scale F: v = scale (slope x + level) F_last - v_before asks for scale back = scale_before.
    const double next = l == first + stride ? 1 : scale[0] / step.back, ratio = next / scale[1];
    scale[0] = scale[1];
    scale[1] = next;
    add_entries(tensors, m, k, l, unit / next);
    steps_.push_back({ratio * step.slope, ratio * step.level, static_cast<int>(entries_.size())});
  }
  chain.steps = static_cast<int>(steps_.size());
  chains_.push_back(chain);
  n_powers_ = std::max({n_powers_, chain.a, chain.b});
}

// What tensors of this rank get of a value that `factor` makes a D^l_mk.
void BodyTensors::add_entries(const std::vector<InvariantTensor>& tensors, int m, int k, int rank, double factor) {
  for (const std::size_t number : users(tensors, m, k)) {
    if (tensors[number].rank != rank) continue;
    const std::complex<double> t = factor * tensors[number].t[static_cast<std::size_t>(rank + k)];
    const int at = first_[number] + 2 * m;
    const auto add = [&](bool turned, double part) {
      if (part == 0) return;
      entries_.push_back({at, turned, written_[static_cast<std::size_t>(at / 2)], part});
      written_[static_cast<std::size_t>(at / 2)] = true;
    };
    add(false, t.real());
    add(true, t.imag());
  }
}

detail::BodyTensorsView BodyTensors::view() const {
  return {static_cast<int>(tensors_.size()),
          most_.data(),
          first_.data(),
          size_,
          ladder_.data(),
          n_powers_,
          static_cast<int>(chains_.size()),
          static_cast<int>(steps_.size()),
          static_cast<int>(entries_.size()),
          n_of_kind_[0],
          n_of_kind_[0] + n_of_kind_[1],
          chains_.data(),
          steps_.data(),
          entries_.data()};
}

SymmetricTables::SymmetricTables(const SymmetricExpansion& expansion, const GroupNames& names, bool alike)
    : alike_(alike),
      n_gap_(static_cast<int>(expansion.gap_powers.size())),
      n_distance_(static_cast<int>(expansion.distance_powers.size())),
      powers_(expansion.gap_powers) {
  powers_.insert(powers_.end(), expansion.distance_powers.begin(), expansion.distance_powers.end());
  if (expansion.empty()) return;
  for (const Term& term : expansion.terms)
    for (int p = 0; p < 2; ++p) bodies_[alike ? 0 : p].use(tensor_of(term, p), std::abs(term.m));
  for (int p = 0; p < (alike ? 1 : 2); ++p) bodies_[p].build(point_group(names[static_cast<std::size_t>(p)]));
  add_functions(expansion);
  add_terms(expansion);
  for (int p = 0; p < (alike ? 1 : 2); ++p) add_links(p);
}

void SymmetricTables::add_functions(const SymmetricExpansion& expansion) {
  std::map<Function, int> number;
  std::map<Function, std::pair<int, int>> n_terms;  // of the gap, of the distance
  for (const Term& term : expansion.terms) {
    number[function_of(term)] = 0;
    auto& n = n_terms[function_of(term)];
    ++(term.power < n_gap_ ? n.first : n.second);
  }
  struct Sorted {
    int exchanged;
    detail::FunctionKind kind;
    std::pair<int, int> n_terms;
    std::size_t number;
    detail::SymmetricFunction function;
  };
  std::vector<Sorted> sorted;
  for (auto& [f, place] : number) {
    place = static_cast<int>(sorted.size());
    const BodyTensors::Key a{std::get<0>(f), std::get<1>(f)}, b{std::get<2>(f), std::get<3>(f)};
    const int m = std::get<4>(f), sign = (a.first + b.first) % 2 == 0 ? 1 : -1;
    sorted.push_back(
        {alike_ && a != b ? sign : 0,
         m == 0 ? detail::FunctionKind::Real : (std::get<5>(f) ? detail::FunctionKind::Sine : detail::FunctionKind::Cosine),
         n_terms.at(f),
         sorted.size(),
         {{bodies_[0].at(a, m), bodies_[alike_ ? 0 : 1].at(b, m)}, 0, 0}});
  }
  const auto kind = [](const Sorted& s) { return std::make_pair(s.exchanged, s.kind); };
  // Those of as many terms stand together: processors foresee where their loops end.
  std::stable_sort(sorted.begin(), sorted.end(), [&](const Sorted& a, const Sorted& b) {
    return std::make_pair(kind(a), a.n_terms) < std::make_pair(kind(b), b.n_terms);
  });
  position_.resize(sorted.size());
  for (std::size_t k = 0; k < sorted.size(); ++k) {
    const int at = static_cast<int>(k);
    if (k == 0 || kind(sorted[k]) != kind(sorted[k - 1])) runs_.push_back({at, at, sorted[k].exchanged, sorted[k].kind});
    runs_.back().last = at + 1;
    position_[sorted[k].number] = k;
    functions_.push_back(sorted[k].function);
  }
  for (const Term& term : expansion.terms) places_.push_back({number.at(function_of(term)), term.power});
}

// Function by function, of each those of the gap first.
void SymmetricTables::add_terms(const SymmetricExpansion& expansion) {
  std::vector<std::vector<detail::SymmetricTerm>> of(functions_.size());
  for (std::size_t t = 0; t < places_.size(); ++t)
    of[position(places_[t].function)].push_back({places_[t].power, t < expansion.weights.size() ? expansion.weights[t] : 0.0});
  for (std::size_t k = 0; k < of.size(); ++k) {
    std::sort(of[k].begin(), of[k].end(), [](const auto& a, const auto& b) { return a.power < b.power; });
    const auto of_gap = std::count_if(of[k].begin(), of[k].end(), [&](const auto& one) { return one.power < n_gap_; });
    functions_[k].gap = static_cast<int>(terms_.size()) + static_cast<int>(of_gap);
    terms_.insert(terms_.end(), of[k].begin(), of[k].end());
    functions_[k].last = static_cast<int>(terms_.size());
  }
}

// The functions that each m of each tensor of a body is in. Body j has the conjugate of what body i has: a sine changes sign.
void SymmetricTables::add_links(int body) {
  struct OfEntry {
    std::vector<detail::TensorLink> plain, others;
  };
  std::vector<OfEntry> entries(static_cast<std::size_t>(bodies_[body].view().size / 2));
  const auto add = [&](int at, const detail::TensorLink& link) {
    OfEntry& entry = entries[static_cast<std::size_t>(at / 2)];
    (link.sine || link.sign[0] < 0 || link.sign[1] < 0 ? entry.others : entry.plain).push_back(link);
  };
  for (const detail::FunctionRun& run : runs_)
    for (int k = run.first; k < run.last; ++k) {
      const auto& at = functions_[static_cast<std::size_t>(k)].at;
      const bool sine = run.kind == detail::FunctionKind::Sine;
      const double of_j = sine ? -1.0 : 1.0, exchange = run.exchanged;
      if (!alike_) add(at[body], {k, at[1 - body], {body == 0 ? 1.0 : of_j, 1.0}, sine});
      else add(at[0], {k, at[1], {1.0, (run.exchanged == 0 ? 1.0 : exchange) * of_j}, sine});
      if (run.exchanged != 0) add(at[1], {k, at[0], {exchange, of_j}, sine});
    }
  for (const OfEntry& entry : entries) {
    auto& links = links_[body];
    links.insert(links.end(), entry.plain.begin(), entry.plain.end());
    const int plain = static_cast<int>(links.size());
    links.insert(links.end(), entry.others.begin(), entry.others.end());
    link_ends_[body].push_back({plain, static_cast<int>(links.size())});
  }
}

const detail::FunctionRun& SymmetricTables::run_of(std::size_t position) const {
  const auto ends = [&](const detail::FunctionRun& run) { return static_cast<int>(position) < run.last; };
  return *std::find_if(runs_.begin(), runs_.end(), ends);
}

detail::SymmetricPairView SymmetricTables::view() const {
  const auto links = [&](int body) -> detail::TensorLinksView {
    return {link_ends_[body].data(), static_cast<int>(links_[body].size()), links_[body].data()};
  };
  const detail::BodyTensorsView first = bodies_[0].view(), second = alike_ ? first : bodies_[1].view();
  return {{first, second},
          alike_,
          n_gap_,
          n_distance_,
          powers_.data(),
          static_cast<int>(functions_.size()),
          static_cast<int>(runs_.size()),
          functions_.data(),
          runs_.data(),
          static_cast<int>(terms_.size()),
          terms_.data(),
          {links(0), links(alike_ ? 0 : 1)}};
}

namespace {

class Check {
 public:
  Check(const SymmetricExpansion& expansion, const GroupNames& names, bool alike, std::string where)
      : expansion_(expansion), alike_(alike), where_(std::move(where)) {
    for (int p = 0; p < 2; ++p)
      groups_[p] = point_group(names[static_cast<std::size_t>(p)], "entry 'two_body.species.group' of the model");
  }

  void run() {
    powers("gap_powers", expansion_.gap_powers);
    powers("distance_powers", expansion_.distance_powers);
    const std::size_t n = n_powers();
    if (n < 1 || n > detail::kMostPowers)
      refuse("gap_powers", std::to_string(n) + " powers in all", "1 to " + std::to_string(detail::kMostPowers) + " of them");
    for (std::size_t k = 0; k < expansion_.terms.size(); ++k) term(expansion_.terms[k], "terms[" + std::to_string(k) + "]");
  }

 private:
  [[noreturn]] void refuse(const std::string& name, const std::string& got, const std::string& allowed) const {
    bad_argument("entry '" + where_ + "." + name + "' of the model", got, allowed);
  }

  std::size_t n_powers() const { return expansion_.gap_powers.size() + expansion_.distance_powers.size(); }

  void powers(const char* name, const std::vector<int>& given) const {
    int before = 0;
    for (const int n : given) {
      if (n <= before || n > kMostDegree)
        refuse(name, std::to_string(n), "integers from 1 to " + std::to_string(kMostDegree) + ", ascending");
      before = n;
    }
  }

  void term(const Term& t, const std::string& name) {
    if (t.power < 0 || t.power >= static_cast<int>(n_powers()))
      refuse(name, "power number " + std::to_string(t.power), "0 to " + std::to_string(n_powers() - 1));
    for (int p = 0; p < 2; ++p) tensor(t, p, name);
    const int most = std::min(t.rank[0], t.rank[1]);
    if (std::abs(t.m) > most) refuse(name, "m = " + std::to_string(t.m), "at most " + std::to_string(most));
    if (t.m < 0 && !groups_[0].chiral() && !groups_[1].chiral())
      refuse(name, "the sine m = " + std::to_string(t.m), "cosines (m >= 0) for groups that are not chiral");
    if (alike_ && tensor_of(t, 1) < tensor_of(t, 0))
      refuse(name, "tensors out of order", "those of the lower rank and number first");
    if (!seen_.insert(std::make_tuple(function_of(t), t.power)).second) refuse(name, "a term given before", "each term once");
  }

  void tensor(const Term& t, int p, const std::string& name) {
    const int l = t.rank[p];
    if (l < 0 || l > kMostRank) refuse(name, "rank " + std::to_string(l), "0 to " + std::to_string(kMostRank));
    auto& n = counts_[p];
    if (n.empty()) n.assign(kMostRank + 1, -1);
    int& count = n[static_cast<std::size_t>(l)];
    if (count < 0) count = static_cast<int>(invariant_tensors(groups_[p], l).size());
    if (t.number[p] < 0 || t.number[p] >= count)
      refuse(name, "tensor " + std::to_string(t.number[p]) + " of rank " + std::to_string(l),
             "one of the " + std::to_string(count) + " that " + groups_[p].name + " has");
  }

  const SymmetricExpansion& expansion_;
  bool alike_;
  std::string where_;
  PointGroup groups_[2];
  std::vector<int> counts_[2];  // of the invariant tensors of each rank, -1 where not known yet
  std::set<std::tuple<std::tuple<int, int, int, int, int, bool>, int>> seen_;
};

}  // namespace

void check_expansion(const SymmetricExpansion& expansion, const GroupNames& names, bool alike, const std::string& where) {
  Check(expansion, names, alike, where).run();
}

}  // namespace anisoap
