// SPDX-License-Identifier: MIT
// The JSON document of a Hypers: {"format": "anisoap-hypers", "version": 1, "hypers": {...}, "species": [...]}.
#include "anisoap/error.hpp"
#include "anisoap/hypers.hpp"
#include "documents/json_text.hpp"

namespace anisoap {
namespace {

constexpr const char* kFormat = "anisoap-hypers";
constexpr const char* kWhat = "hyperparameter file";
constexpr const char* kAllowed = "the names of anisoap_md.Descriptor";
constexpr int kVersion = 1;

const std::vector<std::string> kKeys = {
    "max_angular", "radial_basis_name", "cutoff_radius",   "radial_gaussian_width", "max_radial", "subtract_center_contribution",
    "basis_rcond", "basis_tol",         "cutoff_function", "cutoff_width"};

template <class T>
T get(const Json& object, const char* key, const char* type) {
  return json_entry<T>(object, key, type, kWhat);
}

double number_or_zero(const Json& object, const char* key) {
  if (!object.contains(key) || object.at(key).is_null()) return 0.0;
  if (!object.at(key).is_number())
    bad_argument(std::string("entry '") + key + "' of the hyperparameter file", object.at(key).dump(), "a number or null");
  return object.at(key).get<double>();
}

int integer(const Json& value, const char* key) {
  return json_integer(value, std::string("entry '") + key + "' of the " + kWhat);
}

std::vector<int> read_max_radial(const Json& h, int max_angular) {
  if (!h.contains("max_radial") || h.at("max_radial").is_null()) return {};
  const Json& value = h.at("max_radial");
  if (!value.is_array()) return {integer(value, "max_radial")};
  std::vector<int> out;
  for (const Json& v : value) out.push_back(integer(v, "max_radial"));
  if (static_cast<int>(out.size()) != max_angular + 1)
    bad_argument("entry 'max_radial' of the hyperparameter file", value.dump(),
                 "null, an integer or a list of max_angular + 1 = " + std::to_string(max_angular + 1) + " integers");
  return out;
}

Hypers read_hypers(const Json& document) {
  require_format(document, kFormat, kVersion, kWhat);
  const Json h = get<Json>(document, "hypers", "an object");
  if (!h.is_object()) bad_argument("entry 'hypers' of the hyperparameter file", h.dump(), "an object");
  require_known(document, {"format", "version", "hypers", "species"}, kWhat, kAllowed);
  require_known(h, kKeys, kWhat, kAllowed);
  Hypers out;
  if (!h.contains("max_angular")) bad_argument("hyperparameter file", "no entry 'max_angular'", "an integer");
  out.max_angular = integer(h.at("max_angular"), "max_angular");
  out.radial_basis = radial_basis_from_name(get<std::string>(h, "radial_basis_name", "a string"));
  out.cutoff_radius = get<double>(h, "cutoff_radius", "a number");
  out.radial_gaussian_width = number_or_zero(h, "radial_gaussian_width");
  if (out.max_angular < 0 || out.max_angular > kMaxAngular) out.validate();
  out.max_radial = read_max_radial(h, out.max_angular);
  if (h.contains("subtract_center_contribution"))
    out.subtract_center_contribution = get<bool>(h, "subtract_center_contribution", "true or false");
  if (h.contains("basis_rcond")) out.basis_rcond = get<double>(h, "basis_rcond", "a number");
  if (h.contains("basis_tol")) out.basis_tol = get<double>(h, "basis_tol", "a number");
  if (h.contains("cutoff_function"))
    out.cutoff_function = cutoff_function_from_name(get<std::string>(h, "cutoff_function", "a string"));
  out.cutoff_width = number_or_zero(h, "cutoff_width");
  out.species = get<std::vector<std::string>>(document, "species", "a list of strings");
  out.validate();
  return out;
}

Json number_or_null(double value) { return value == 0 ? Json(nullptr) : Json(value); }

}  // namespace

std::string Hypers::to_json() const {
  Json radial = nullptr;
  if (max_radial.size() == 1) radial = max_radial[0];
  else if (!max_radial.empty()) radial = max_radial;
  const Json document{{"format", kFormat},
                      {"version", kVersion},
                      {"hypers",
                       {{"max_angular", max_angular},
                        {"radial_basis_name", name_of(radial_basis)},
                        {"cutoff_radius", cutoff_radius},
                        {"radial_gaussian_width", number_or_null(radial_gaussian_width)},
                        {"max_radial", radial},
                        {"subtract_center_contribution", subtract_center_contribution},
                        {"basis_rcond", basis_rcond},
                        {"basis_tol", basis_tol},
                        {"cutoff_function", name_of(cutoff_function)},
                        {"cutoff_width", number_or_null(cutoff_width)}}},
                      {"species", species}};
  return document.dump(2);
}

Hypers Hypers::from_json(const std::string& text) { return read_hypers(parse_document(text, kWhat)); }

Hypers Hypers::from_file(const std::string& path) { return from_json(read_text_file(path, kWhat)); }

}  // namespace anisoap
