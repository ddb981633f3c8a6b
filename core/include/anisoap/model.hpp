// SPDX-License-Identifier: MIT
// A potential for ellipsoids: E = sum_i [e_s(i) + E_s(i)(p_i)] + sum_{i<j} f_c(r_ij) phi_{s(i) s(j)}(r_ij, R_i, R_j), with p_i
// the AniSOAP power spectrum (symmetric storage, species s in the order of Hypers::species), and its JSON document. Reading runs
// no code. Energies and lengths are in the document's units.
#pragma once

#include <string>
#include <vector>

#include "anisoap/detail/local/forms.hpp"
#include "anisoap/hypers.hpp"

namespace anisoap {

// Fully connected network with one output. Between layers stands the activation silu(x) = x / (1 + exp(-x)).
struct Network {
  std::vector<int> widths;         // inputs, hidden layers, 1
  std::vector<double> parameters;  // for each layer W [out * in] row major, then b [out]

  static std::size_t n_parameters(const std::vector<int>& widths);
};

using LocalKind = detail::LocalForm;

// Many-body energy of the particles of one species. x = (p - shift) * scale, column by column, for Linear and Networks.
struct LocalEnergy {
  LocalKind kind = LocalKind::None;
  double offset = 0.0;                // e_s, counted once for each particle whatever the kind
  std::vector<double> shift, scale;   // [n_features]
  std::vector<double> weights;        // Linear [n_features], Kernel [n_points]
  std::vector<double> points;         // Kernel [n_points * n_features], unit rows
  int exponent = 2;                   // Kernel: zeta
  std::vector<Network> networks;      // Networks
  double prior_variance = 0.0;        // Kernel: variance without data, energy^2
  std::vector<double> variance_rows;  // [n_rows * n_features] or [n_rows * n_points]: Linear variance = |V x|^2, Kernel variance
                                      // = prior_variance - |V k|^2 with k_m = (x . z_m)^zeta; empty when not known
  // [n_rows * n_species_terms] V_p: what the weights of the two-body polynomials add to the variance, with t the terms of
  // species_terms summed over the neighbours. Linear: |V x + V_p t|^2, as many rows as V has; others: + |V_p t|^2.
  std::vector<double> pair_variance_rows;
  // Extrapolation grade of Linear and None: the largest |g| of g = G x + G_p t, the coefficients of this particle's row in the
  // rows of the active set. [n_rows * n_features] and [n_rows * n_species_terms], as many rows; empty when not known.
  std::vector<double> grade_rows, pair_grade_rows;
};

// Which body axes a species is told apart by.
enum class BodySymmetry { Sphere, Uniaxial, Biaxial };

struct TwoBodySpecies {
  BodySymmetry symmetry = BodySymmetry::Uniaxial;
  int axis = 2;         // Uniaxial: the axis of revolution, 0, 1 or 2
  std::string group{};  // name of point_group.hpp, which pairs with an expansion need
};

// phi = sum_m sum_k w_mk u^(n_k) z_m: u and the invariants of orientation are those of detail/pair_invariants.hpp; z_m are all
// monomials of the latter up to `degree` in the cosines u_k . e, w_l . e, u_k . w_l, the constant 1 included. For bodies of one
// axis X appears once at most, since X^2 is a product of others.
struct PairPolynomial {
  std::vector<int> powers;      // n_k >= 1, ascending
  int degree = 0;               // 0 to 64
  std::vector<double> weights;  // [n_monomials * n_powers]
  bool empty() const { return powers.empty(); }
};

// phi = sum_t w_t R_t S_t of detail/symmetric_pair.hpp, for bodies of any point group.
struct SymmetricExpansion {
  struct Term {
    int power;      // number of R among gap_powers and then distance_powers
    int rank[2];    // l of the tensors of the first species and of the second
    int number[2];  // which of the invariant_tensors of this rank, from 0
    int m;          // of the cosine; below zero: of the sine of -m
  };
  std::vector<int> gap_powers, distance_powers;  // of u and of v, >= 1, ascending
  std::vector<Term> terms;                       // like species: rank and number of the first tensor not above the second's
  std::vector<double> weights;                   // [n_terms]
  bool empty() const { return terms.empty(); }
};

// Pair energy of one unordered pair of species: a polynomial, an expansion for bodies of any point group, or the mean of a
// committee of networks on the invariants of detail/pair_invariants.hpp.
struct TwoBodyPair {
  int species[2] = {0, 0};           // first <= second
  double length = 1.0;               // s_0 of the invariants: a typical contact distance
  std::vector<double> shift, scale;  // networks: [n_inputs] x = (invariant - shift) * scale
  std::vector<Network> networks;
  PairPolynomial polynomial;
  SymmetricExpansion symmetric;
};

struct TwoBody {
  double cutoff = 0.0;                  // length
  double width = 0.0;                   // length of the cosine taper inside the cutoff, > 0
  std::vector<TwoBodySpecies> species;  // one per species of the model
  std::vector<TwoBodyPair> pairs;       // each unordered pair once or not at all
  bool empty() const { return pairs.empty(); }
};

// Unit systems of LAMMPS. lj: reduced units, taken as they are.
enum class Units { Metal, Real, Lj };

struct Model {
  Hypers hypers;
  double density_scale = 1.0;        // semi-axes of the density as a fraction of the particle's
  bool allow_discontinuity = false;  // forces without a cutoff function: the energy jumps at the cutoff
  bool joint_committees = false;     // member k of the two-body networks and of Networks are one: their energies are summed
                                     // before the variance is taken
  Units units = Units::Metal;
  std::vector<LocalEnergy> local;  // one per species
  TwoBody two_body;
  std::string training = "{}";  // JSON object: what the model was trained on

  // Throws std::invalid_argument that names the entry that is wrong or not finite.
  void validate() const;

  bool has_many_body() const;
  bool has_uncertainty() const;
  bool has_grade() const;
  double cutoff() const;  // the largest of the terms that the model has
  std::size_t n_features() const;

  // How to add back what was subtracted from the labels before training; empty when nothing was. Of the entry `training`.
  std::string prior_hint() const;

  // Diameters [3 * n_species] along the body axes that all particles of a species had in training, zeros for a species of
  // several; empty when the model does not say. Of the entry `training`, in the model's lengths. Throws std::invalid_argument for
  // an entry that holds no diameters.
  std::vector<double> trained_diameters() const;

  // Document with format, version, library version and checksum.
  std::string to_json() const;
  // Throws std::invalid_argument for a document that is damaged, truncated, newer, or holds numbers that are not finite.
  static Model from_json(const std::string& text);
  static Model from_file(const std::string& path);
  // As in the document.
  std::string checksum() const;
};

// Inputs of the networks of one pair of species.
std::size_t n_pair_inputs(const TwoBody& two_body, const TwoBodyPair& pair);

// Weights of the polynomial of one pair of species; 0 for others.
std::size_t n_pair_terms(const TwoBody& two_body, const TwoBodyPair& pair);

// The same, summed over the pairs with species s, in their order: columns of LocalEnergy::pair_variance_rows, pair_grade_rows.
std::size_t n_species_terms(const TwoBody& two_body, int s);

Units units_from_name(const std::string& name);
const char* name_of(Units units);

// Factors that turn a model's energies and lengths into those of another unit system; throws for lj against others.
struct UnitFactors {
  double energy = 1.0, length = 1.0;
};
UnitFactors convert(Units from, Units to);

// The same potential in other units.
Model converted(const Model& model, Units to);

}  // namespace anisoap
