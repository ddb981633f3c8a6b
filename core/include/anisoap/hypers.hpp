// SPDX-License-Identifier: MIT
// Hyperparameters of the descriptor, named as in the AniSOAP reference (Lin et al., J. Chem. Phys. 161, 074112 (2024),
// doi:10.1063/5.0210910), and their JSON document, which Python and LAMMPS read and write alike.
#pragma once

#include <string>
#include <vector>

namespace anisoap {

// Places in the list of core/src/basis/radial/forms.hpp; bases without a name here come from radial_basis_from_name.
enum class RadialBasis { Gto, Monomial };
enum class CutoffFunction { None, Cosine };

// What a radial basis is made of. Its functions are N_q r^q w(r), of order q = l + 2 n, with one of two windows: the moments know
// no others. Lengths are in units of sigma with a Gaussian window, of the cutoff without one.
struct RadialForm {
  const char* name;                 // radial_basis_name
  bool gaussian;                    // w = exp(-r^2 / 2), which takes a radial_gaussian_width; else 1
  double (*norm)(int q);            // N_q
  double (*overlap)(int p, int q);  // of the functions of orders p and q with their norms; 1 for p = q
};

const RadialForm& form_of(RadialBasis basis);

constexpr int kMaxAngular = 24;  // highest max_angular
constexpr int kMaxDegree = 40;   // highest l + 2 n, the degree of the Cartesian moments

// What errors call the entries; a caller with other words gives his own.
struct HypersNames {
  std::string max_angular = "max_angular", max_radial = "max_radial", cutoff_radius = "cutoff_radius",
              radial_gaussian_width = "radial_gaussian_width", cutoff_function = "cutoff_function", cutoff_width = "cutoff_width";
};

struct Hypers {
  int max_angular = 6;
  RadialBasis radial_basis = RadialBasis::Gto;
  double cutoff_radius = 0.0;                 // length
  double radial_gaussian_width = 0.0;         // length; of a Gaussian window (gto), 0 = not given
  std::vector<int> max_radial;                // largest n: {} = (l_max - l) / 2; {N} = N for each l; else one entry per l
  bool subtract_center_contribution = false;  // true leaves the self pair out
  double basis_rcond = 0.0;                   // overlap eigenvalues <= rcond are dropped
  double basis_tol = 1e-8;                    // largest allowed |S - pinv(S^-1/2 S^-1/2)|
  CutoffFunction cutoff_function = CutoffFunction::None;
  double cutoff_width = 0.0;         // length of the taper inside cutoff_radius; cosine only
  std::vector<std::string> species;  // one label per species, in column order

  // Throws ArgumentError that names the first wrong field.
  void validate(const HypersNames& names = {}) const;

  // Unit of the moments: the width of a basis with a Gaussian window, the cutoff of others.
  double basis_length() const { return form_of(radial_basis).gaussian ? radial_gaussian_width : cutoff_radius; }

  // Radial functions per l, n_l; size max_angular + 1.
  std::vector<int> num_radial() const;

  // Highest degree l + 2 (n_l - 1) over l.
  int degree() const;

  std::string to_json() const;
  static Hypers from_json(const std::string& text);
  static Hypers from_file(const std::string& path);
};

std::vector<std::string> radial_basis_names();
RadialBasis radial_basis_from_name(const std::string& name);
CutoffFunction cutoff_function_from_name(const std::string& name);
const char* name_of(RadialBasis basis);
const char* name_of(CutoffFunction function);

}  // namespace anisoap
