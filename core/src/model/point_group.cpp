// SPDX-License-Identifier: MIT
#include "anisoap/point_group.hpp"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstdlib>

#include "anisoap/error.hpp"

namespace anisoap {
namespace {

using Complex = std::complex<double>;

constexpr int kMostFold = 24;
constexpr double kIndependent = 1e-6;  // norm of what is new in a tensor

std::vector<std::string> known_names() {
  std::vector<std::string> names{"Cs", "Ci", "T", "Td", "Th", "O", "Oh", "Kh"};
  for (int n = 1; n <= 8; ++n)
    for (const char* form : {"C", "Cv", "Ch", "D", "Dh", "Dd"})
      names.push_back(form[0] + std::to_string(n) + (form[1] ? std::string(1, form[1]) : ""));
  for (const char* name : {"S4", "S6", "S8", "Cinf", "Cinfv", "Cinfh", "Dinf", "Dinfh"}) names.emplace_back(name);
  return names;
}

std::string lowered(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

// Letters of the wrong case first.
std::string hint_of(const std::string& name) {
  std::vector<std::string> known = known_names(), alike;
  for (const std::string& one : known)
    if (lowered(one) == lowered(name)) alike.push_back(one);
  return suggestion(name, alike.empty() ? known : alike);
}

[[noreturn]] void refuse(const std::string& name, const std::string& what) {
  bad_argument(what, "'" + name + "'",
               "a point group: Cn, Cnv, Cnh, Dn, Dnh, Dnd with n from 1 to " + std::to_string(kMostFold) +
                   " or inf (no Dinfd), S4, S6, ..., Cs, Ci, T, Th, Td, O, Oh or Kh (a sphere)",
               hint_of(name));
}

// The order behind the first letter, 0 for inf, and where it ends; -1 where there is none.
int order_of(const std::string& name, std::size_t& end) {
  if (name.compare(1, 3, "inf") == 0) return end = 4, 0;
  end = 1;
  while (end < name.size() && end < 3 && name[end] >= '0' && name[end] <= '9') ++end;
  const int n = std::atoi(name.substr(1, end - 1).c_str());
  return n >= 1 && n <= kMostFold && name[1] != '0' ? n : -1;
}

bool read_axial(const std::string& name, PointGroup& out) {
  std::size_t end = 1;
  const int n = name.empty() ? -1 : order_of(name, end);
  if (n < 0) return false;
  const std::string rest = name.substr(end);
  out.fold = n;
  out.across = name[0] == 'D';
  out.horizontal = rest == "h";
  if (name[0] == 'S') {
    out.fold = n / 2;
    out.alternating = true;
    return n >= 2 && n % 2 == 0 && rest.empty();
  }
  out.vertical = name[0] == 'C' && rest == "v";
  out.alternating = name[0] == 'D' && rest == "d" && n > 0;
  const bool known = rest.empty() || out.horizontal || out.vertical || out.alternating;
  return (name[0] == 'C' || name[0] == 'D') && known;
}

// Names that the orders of axes do not make; false for others.
bool read_special(const std::string& name, PointGroup& out) {
  out.horizontal = name == "Cs";
  out.spherical = name == "Kh";
  out.inversion = name == "Ci" || name == "Th" || name == "Oh";
  out.cubic = name == "T" || name == "Th" || name == "Td" || name == "O" || name == "Oh";
  out.alternating = name == "Td";
  out.across = out.cubic;
  if (out.cubic) out.fold = name[0] == 'O' ? 4 : 2;
  return out.horizontal || out.spherical || out.inversion || out.cubic;
}

bool even(int n) { return n % 2 == 0; }

// Whether cos(k phi) or sin(k phi) of rank l is left unchanged by all but the threefold axes of cubic groups.
bool is_invariant(const PointGroup& g, int l, int k, bool sine) {
  if (g.spherical) return l == 0;
  if (g.fold == 0 ? k != 0 : k % g.fold != 0) return false;
  if (g.horizontal && !even(l + k)) return false;
  if (g.vertical && sine) return false;
  if (g.across && sine == even(l + k)) return false;
  if (g.alternating && !even(k / g.fold + l + k)) return false;
  return !g.inversion || even(l);
}

// cos(k phi) or sin(k phi) times a Legendre function.
InvariantTensor harmonic(int l, int k, bool sine) {
  InvariantTensor out{l};
  out.t.resize(static_cast<std::size_t>(2 * l + 1));
  if (k == 0) {
    out.t[static_cast<std::size_t>(l)] = 1;
    return out;
  }
  const Complex factor = sine ? Complex(0, -std::sqrt(0.5)) : Complex(std::sqrt(0.5), 0);
  out.t[static_cast<std::size_t>(l + k)] = (even(k) ? 1.0 : -1.0) * factor;
  out.t[static_cast<std::size_t>(l - k)] = std::conj(factor);
  return out;
}

template <class Visit>
void visit_harmonics(const PointGroup& group, int l, const Visit& visit) {
  for (int k = 0; k <= l; ++k)
    for (const bool sine : {false, true})
      if (!(sine && k == 0) && is_invariant(group, l, k, sine)) visit(harmonic(l, k, sine));
}

Complex inner(const InvariantTensor& a, const InvariantTensor& b) {
  Complex sum = 0;
  for (std::size_t k = 0; k < a.t.size(); ++k) sum += std::conj(a.t[k]) * b.t[k];
  return sum;
}

void add(Complex factor, const InvariantTensor& a, InvariantTensor& out) {
  for (std::size_t k = 0; k < a.t.size(); ++k) out.t[k] += factor * a.t[k];
}

// D^l_mk of a third of a turn about (1, 1, 1): A = (1 + i) / 2, B = (1 - i) / 2.
Complex third_turn(int l, int m, int k) {
  const Complex a(0.5, 0.5), b(0.5, -0.5);
  const int lowest = std::max(std::abs(m), std::abs(k));
  double before = 0, value = wigner_step(lowest, m, k).level;
  for (int rank = lowest + 1; rank <= l; ++rank) {
    const WignerStep step = wigner_step(rank, m, k);
    const double next = step.level * value - step.back * before;
    before = value;
    value = next;
  }
  return std::pow(m + k < 0 ? a : std::conj(a), std::abs(m + k)) * std::pow(m < k ? b : -std::conj(b), std::abs(m - k)) * value;
}

// The average over the turns about (1, 1, 1), and of that what the other operations leave.
InvariantTensor projected(const PointGroup& group, const InvariantTensor& f) {
  const int l = f.rank;
  InvariantTensor turned{l}, back{l}, out{l};
  turned.t.resize(f.t.size());
  back.t.resize(f.t.size());
  out.t.resize(f.t.size());
  for (int m = -l; m <= l; ++m)
    for (int k = -l; k <= l; ++k) {
      const auto at = static_cast<std::size_t>(l + m), from = static_cast<std::size_t>(l + k);
      turned.t[at] += third_turn(l, m, k) * f.t[from];
      back.t[at] += std::conj(third_turn(l, k, m)) * f.t[from];
    }
  InvariantTensor sum = f;
  add(1, turned, sum);
  add(1, back, sum);
  visit_harmonics(group, l, [&](const InvariantTensor& h) { add(inner(h, sum) / 3.0, h, out); });
  return out;
}

std::vector<InvariantTensor> cubic_tensors(const PointGroup& group, int l) {
  PointGroup twofold;
  twofold.fold = 2;
  twofold.across = true;
  std::vector<InvariantTensor> out;
  visit_harmonics(twofold, l, [&](const InvariantTensor& h) {
    InvariantTensor f = projected(group, h);
    for (const InvariantTensor& known : out) add(-inner(known, f), known, f);
    const double norm = std::sqrt(inner(f, f).real());
    if (norm < kIndependent) return;
    for (Complex& t : f.t) t /= norm;
    out.push_back(f);
  });
  return out;
}

}  // namespace

bool PointGroup::chiral() const { return !(horizontal || vertical || alternating || inversion || spherical); }

int PointGroup::equal_diameters() const {
  if (cubic || spherical) return 3;
  return fold == 0 || fold > 2 || (alternating && fold == 2) ? 2 : 1;
}

PointGroup point_group(const std::string& name, const std::string& what) {
  PointGroup special;
  if (read_special(name, special)) {
    special.name = name;
    return special;
  }
  PointGroup out;
  if (!read_axial(name, out)) refuse(name, what);
  out.name = name;
  return out;
}

std::vector<InvariantTensor> invariant_tensors(const PointGroup& group, int rank) {
  if (group.cubic) return cubic_tensors(group, rank);
  std::vector<InvariantTensor> out;
  visit_harmonics(group, rank, [&](const InvariantTensor& h) { out.push_back(h); });
  return out;
}

WignerStep wigner_step(int l, int m, int k) {
  const int mu = std::max(std::abs(m), std::abs(k)), nu = std::min(std::abs(m), std::abs(k));
  if (l == mu) {
    double squared = 1;  // (2 mu)! / ((mu + nu)! (mu - nu)!)
    for (int n = 1; n <= mu - nu; ++n) squared *= static_cast<double>(mu + nu + n) / n;
    return {0, std::sqrt(squared), 0};
  }
  const auto root = [&](int n) {
    return std::sqrt(static_cast<double>((n * n - mu * mu)) * static_cast<double>(n * n - nu * nu));
  };
  const double scale = l * (2 * l - 1) / root(l);
  if (l == 1) return {scale, 0, 0};
  return {scale, -scale * m * k / (l * (l - 1)), l * root(l - 1) / ((l - 1) * root(l))};
}

}  // namespace anisoap
