// SPDX-License-Identifier: MIT
#include "anisoap/symmetric_tables.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
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

// Of n powers, how many first ones the functions have that do without the others: products of weights and powers are fewest.
// last: the last power of each function.
int common_powers(const std::map<Function, int>& last, int n) {
  int best = n;
  auto least = static_cast<std::ptrdiff_t>(last.size()) * n;
  for (int k = 1; k < n; ++k) {
    const auto within = std::count_if(last.begin(), last.end(), [&](const auto& one) { return one.second < k; });
    const auto products = within * k + (static_cast<std::ptrdiff_t>(last.size()) - within) * n;
    if (products < least) {
      least = products;
      best = k;
    }
  }
  return best;
}

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
  std::vector<Column> columns;
  for (int kind = 0; kind < 3; ++kind)
    for (int m = 0; m <= most_m; ++m)
      for (int k = -most_rank; k <= most_rank; ++k)
        if ((m < k ? 2 : (m + k < 0 ? 1 : 0)) == kind) add_column(tensors, m, k, kind, columns);
  add_steps(columns, most_rank);
  std::vector<Output> outputs;
  for (std::size_t t = 0; t < tensors.size(); ++t)
    for (int m = 0; m <= most_[t]; ++m) outputs.push_back(output(tensors[t], t, m, columns));
  add_outputs(std::move(outputs));
}

// Where some tensor has a t_k, up to the highest ranks that do. (-1)^(k-m) turns powers of -B into those of B.
void BodyTensors::add_column(const std::vector<InvariantTensor>& tensors, int m, int k, int kind, std::vector<Column>& columns) {
  const int lowest = std::max(m, std::abs(k));
  Column column{m, k, lowest, {-1, -1}, {}, wigner_step(lowest, m, k).level};
  for (std::size_t t = 0; t < tensors.size(); ++t) {
    int& highest = column.highest[(tensors[t].rank - lowest) & 1];
    if (has(tensors[t], t, m, k)) highest = std::max(highest, tensors[t].rank);
  }
  if (column.highest[0] < 0 && column.highest[1] < 0) return;
  if (m < k && (k - m) % 2 == 1) column.unit = -column.unit;
  columns.push_back(column);
  columns_.push_back({std::abs(m + k), std::abs(m - k)});
  n_powers_ = std::max({n_powers_, std::abs(m + k), std::abs(m - k)});
  ++n_of_kind_[kind];
}

bool BodyTensors::has(const InvariantTensor& tensor, std::size_t number, int m, int k) const {
  return m <= most_[number] && std::abs(k) <= tensor.rank && tensor.t[static_cast<std::size_t>(tensor.rank + k)] != 0.0;
}

void BodyTensors::add_steps(std::vector<Column>& columns, int most_rank) {
  for (int l = 0; l <= most_rank; ++l)
    for (Column& column : columns) {
      const int above = l - column.lowest;
      if (above < 0) continue;
      const bool by_two = column.m == 0 || column.k == 0;
      const int highest = by_two ? column.highest[above & 1] : std::max(column.highest[0], column.highest[1]);
      const auto value = [&](int back) { return back > above ? 0 : column.values[static_cast<std::size_t>(above - back)]; };
      if (above == 0) {
        column.values.push_back(1);
      } else if (l > highest) {
        column.values.push_back(-1);
      } else {
        const bool two = by_two && above > 1;
        const WignerStep step = two ? double_step(l, column.m, column.k) : wigner_step(l, column.m, column.k);
        const int last = value(two ? 2 : 1), before = value(two ? 4 : 2);
        column.values.push_back(static_cast<int>(steps_.size()) + detail::kFirstStep);
        steps_.push_back({step.slope, step.level, step.back, two ? 3 : 2, last, before});
      }
    }
}

auto BodyTensors::output(const InvariantTensor& tensor, std::size_t number, int m, const std::vector<Column>& columns) const
    -> Output {
  Output out{first_[number] + 2 * m, {}, {}};
  for (std::size_t c = 0; c < columns.size(); ++c) {
    const Column& column = columns[c];
    if (column.m != m || !has(tensor, number, m, column.k)) continue;
    const int value = column.values[static_cast<std::size_t>(tensor.rank - column.lowest)], z = static_cast<int>(2 * c);
    const std::complex<double> factor = column.unit * tensor.t[static_cast<std::size_t>(tensor.rank + column.k)];
    if (factor.real() != 0) out.real.push_back({value, z, factor.real()});
    if (factor.imag() != 0) out.imaginary.push_back({value, z, factor.imag()});
  }
  return out;
}

void BodyTensors::add_outputs(std::vector<Output> outputs) {
  const auto counts = [](const Output& o) { return std::make_pair(o.imaginary.size(), o.real.size()); };
  std::stable_sort(outputs.begin(), outputs.end(), [&](const Output& a, const Output& b) { return counts(a) < counts(b); });
  for (std::size_t k = 0; k < outputs.size(); ++k) {
    const Output& one = outputs[k];
    if (k == 0 || counts(one) != counts(outputs[k - 1]))
      runs_.push_back({0, static_cast<int>(one.real.size()), static_cast<int>(one.imaginary.size())});
    runs_.back().last = static_cast<int>(k) + 1;
    outputs_.push_back(one.at);
    entries_.insert(entries_.end(), one.real.begin(), one.real.end());
    entries_.insert(entries_.end(), one.imaginary.begin(), one.imaginary.end());
  }
}

detail::BodyTensorsView BodyTensors::view() const {
  return {static_cast<int>(tensors_.size()),
          most_.data(),
          first_.data(),
          size_,
          ladder_.data(),
          n_powers_,
          static_cast<int>(columns_.size()),
          static_cast<int>(steps_.size()),
          static_cast<int>(entries_.size()),
          static_cast<int>(outputs_.size()),
          static_cast<int>(runs_.size()),
          n_of_kind_[0],
          n_of_kind_[0] + n_of_kind_[1],
          columns_.data(),
          steps_.data(),
          entries_.data(),
          outputs_.data(),
          runs_.data()};
}

SymmetricTables::SymmetricTables(const SymmetricExpansion& expansion, const GroupNames& names, bool alike)
    : alike_(alike),
      n_gap_(static_cast<int>(expansion.gap_powers.size())),
      n_distance_(static_cast<int>(expansion.distance_powers.size())) {
  add_powers(expansion);
  if (expansion.empty()) return;
  for (const Term& term : expansion.terms)
    for (int p = 0; p < 2; ++p) bodies_[alike ? 0 : p].use(tensor_of(term, p), std::abs(term.m));
  for (int p = 0; p < (alike ? 1 : 2); ++p) bodies_[p].build(point_group(names[static_cast<std::size_t>(p)]));
  add_functions(expansion);
  add_weights(expansion);
}

// Powers of the distance that few functions have come last, so that others do without them.
void SymmetricTables::add_powers(const SymmetricExpansion& expansion) {
  std::vector<int> given(expansion.gap_powers), order(static_cast<std::size_t>(n_gap_ + n_distance_)), count(order.size());
  given.insert(given.end(), expansion.distance_powers.begin(), expansion.distance_powers.end());
  for (const Term& term : expansion.terms) ++count[static_cast<std::size_t>(term.power)];
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin() + n_gap_, order.end(),
                   [&](int a, int b) { return count[static_cast<std::size_t>(a)] > count[static_cast<std::size_t>(b)]; });
  place_of_power_.resize(order.size());
  for (const int power : order) {
    place_of_power_[static_cast<std::size_t>(power)] = static_cast<int>(powers_.size());
    powers_.push_back(given[static_cast<std::size_t>(power)]);
  }
}

void SymmetricTables::add_functions(const SymmetricExpansion& expansion) {
  std::map<Function, int> number, last;
  for (const Term& term : expansion.terms) {
    int& power = last[function_of(term)];
    power = std::max(power, place_of_power(term));
    number[function_of(term)] = 0;
  }
  const int n = n_gap_ + n_distance_, common = common_powers(last, n);
  struct Sorted {
    int exchanged;
    detail::FunctionKind kind;
    int n_powers;
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
         last.at(f) < common ? common : n,
         sorted.size(),
         {{bodies_[0].at(a, m), bodies_[alike_ ? 0 : 1].at(b, m)}}});
  }
  const auto kind = [](const Sorted& s) { return std::make_tuple(s.exchanged, s.kind, s.n_powers); };
  std::stable_sort(sorted.begin(), sorted.end(), [&](const Sorted& a, const Sorted& b) { return kind(a) < kind(b); });
  position_.resize(sorted.size());
  for (std::size_t k = 0; k < sorted.size(); ++k) {
    const int at = static_cast<int>(k);
    if (k == 0 || kind(sorted[k]) != kind(sorted[k - 1]))
      runs_.push_back({at, at, sorted[k].exchanged, sorted[k].kind, sorted[k].n_powers});
    runs_.back().last = at + 1;
    position_[sorted[k].number] = k;
    functions_.push_back(sorted[k].function);
  }
  for (const Term& term : expansion.terms) places_.push_back({number.at(function_of(term)), place_of_power(term)});
}

void SymmetricTables::add_weights(const SymmetricExpansion& expansion) {
  weights_.resize(functions_.size() * powers_.size());
  if (expansion.weights.size() != expansion.terms.size()) return;
  for (std::size_t t = 0; t < places_.size(); ++t)
    weights_[position(places_[t].function) * powers_.size() + static_cast<std::size_t>(places_[t].power)] = expansion.weights[t];
}

const detail::FunctionRun& SymmetricTables::run_of(std::size_t position) const {
  const auto ends = [&](const detail::FunctionRun& run) { return static_cast<int>(position) < run.last; };
  return *std::find_if(runs_.begin(), runs_.end(), ends);
}

detail::SymmetricPairView SymmetricTables::view() const {
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
          weights_.data()};
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
