// SPDX-License-Identifier: MIT
// The JSON document of a Model: {"format": "anisoap-model", "version": 1, "library_version", "checksum", "units", "descriptor":
// the document of its Hypers, "density_scale", "allow_discontinuity", "local": [...], "two_body": {...} or null, "training":
// {...}}. The checksum is over the document without it and the library version, written without spaces.
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>

#include "anisoap/error.hpp"
#include "anisoap/model.hpp"
#include "anisoap/version.hpp"
#include "documents/json_text.hpp"

namespace anisoap {
namespace {

constexpr const char* kFormat = "anisoap-model";
constexpr int kVersion = 1;
constexpr const char* kWhat = "model file";
constexpr const char* kAllowed = "the entries that Model.save writes";

constexpr std::array<const char*, 3> kSymmetries = {"sphere", "uniaxial", "biaxial"};

// FNV-1a, 64 bits: finds damage, not malice.
std::string hash_of(const std::string& text) {
  std::uint64_t h = 14695981039346656037ull;
  for (const char c : text) h = (h ^ static_cast<unsigned char>(c)) * 1099511628211ull;
  char buffer[32];
  std::snprintf(buffer, sizeof(buffer), "fnv1a64:%016llx", static_cast<unsigned long long>(h));
  return buffer;
}

template <class Names>
std::size_t index_of(const std::string& name, const Names& names, const std::string& entry) {
  std::string allowed;
  for (std::size_t k = 0; k < names.size(); ++k) {
    if (name == names[k]) return k;
    allowed += (k ? ", '" : "'") + std::string(names[k]) + "'";
  }
  bad_argument("entry '" + entry + "' of the model file", "'" + name + "'", "one of " + allowed);
}

std::vector<double> numbers(const Json& object, const char* key) {
  return json_entry<std::vector<double>>(object, key, "a list of numbers", kWhat);
}

const Json& object_entry(const Json& object, const char* key) {
  if (!object.contains(key) || !object.at(key).is_object())
    bad_argument(std::string("entry '") + key + "' of the " + kWhat, object.contains(key) ? excerpt(object.at(key)) : "nothing",
                 "an object");
  return object.at(key);
}

const Json& list_entry(const Json& object, const char* key) {
  if (!object.contains(key) || !object.at(key).is_array())
    bad_argument(std::string("entry '") + key + "' of the " + kWhat, object.contains(key) ? excerpt(object.at(key)) : "nothing",
                 "a list");
  for (const Json& item : object.at(key))
    if (!item.is_object()) bad_argument(std::string("entry '") + key + "' of the " + kWhat, excerpt(item), "a list of objects");
  return object.at(key);
}

Json write_networks(const std::vector<Network>& networks) {
  Json list = Json::array();
  for (const Network& net : networks)
    list.push_back({{"widths", net.widths}, {"activation", "silu"}, {"parameters", net.parameters}});
  return list;
}

std::vector<Network> read_networks(const Json& object) {
  std::vector<Network> networks;
  for (const Json& item : list_entry(object, "networks")) {
    require_known(item, {"widths", "activation", "parameters"}, kWhat, kAllowed);
    const auto activation = json_entry<std::string>(item, "activation", "'silu'", kWhat);
    if (activation != "silu") bad_argument("entry 'activation' of the model file", "'" + activation + "'", "'silu'");
    Network net;
    for (const Json& w : json_entry<std::vector<Json>>(item, "widths", "a list of integers", kWhat))
      net.widths.push_back(json_integer(w, "entry 'widths' of the model file"));
    net.parameters = numbers(item, "parameters");
    networks.push_back(std::move(net));
  }
  return networks;
}

std::vector<const char*> local_kinds() {
  std::vector<const char*> names;
  for (const detail::LocalFormFacts& facts : detail::kLocalForms) names.push_back(facts.name);
  return names;
}

Json write_local(const LocalEnergy& e) {
  const detail::LocalFormFacts& facts = detail::facts_of(e.kind);
  Json out{{"kind", facts.name}, {"offset", e.offset}};
  if (facts.scaled) {
    out["shift"] = e.shift;
    out["scale"] = e.scale;
  }
  if (facts.weights) out["weights"] = e.weights;
  if (facts.points) {
    out["exponent"] = e.exponent;
    out["points"] = e.points;
    out["prior_variance"] = e.prior_variance;
  }
  if (facts.networks) out["networks"] = write_networks(e.networks);
  if (!e.variance_rows.empty()) out["variance_rows"] = e.variance_rows;
  if (!e.pair_variance_rows.empty()) out["pair_variance_rows"] = e.pair_variance_rows;
  if (!e.grade_rows.empty()) out["grade_rows"] = e.grade_rows;
  if (!e.pair_grade_rows.empty()) out["pair_grade_rows"] = e.pair_grade_rows;
  return out;
}

LocalEnergy read_local(const Json& in) {
  require_known(in,
                {"kind", "offset", "shift", "scale", "weights", "exponent", "points", "prior_variance", "networks",
                 "variance_rows", "pair_variance_rows", "grade_rows", "pair_grade_rows"},
                kWhat, kAllowed);
  LocalEnergy e;
  e.kind = static_cast<LocalKind>(index_of(json_entry<std::string>(in, "kind", "a string", kWhat), local_kinds(), "kind"));
  const detail::LocalFormFacts& facts = detail::facts_of(e.kind);
  e.offset = json_entry<double>(in, "offset", "a number", kWhat);
  if (facts.scaled) {
    e.shift = numbers(in, "shift");
    e.scale = numbers(in, "scale");
  }
  if (facts.weights) e.weights = numbers(in, "weights");
  if (facts.points) {
    e.exponent = json_integer(json_entry<Json>(in, "exponent", "an integer", kWhat), "entry 'exponent' of the model file");
    e.points = numbers(in, "points");
    e.prior_variance = json_entry<double>(in, "prior_variance", "a number", kWhat);
  }
  if (facts.networks) e.networks = read_networks(in);
  if (in.contains("variance_rows")) e.variance_rows = numbers(in, "variance_rows");
  if (in.contains("pair_variance_rows")) e.pair_variance_rows = numbers(in, "pair_variance_rows");
  if (in.contains("grade_rows")) e.grade_rows = numbers(in, "grade_rows");
  if (in.contains("pair_grade_rows")) e.pair_grade_rows = numbers(in, "pair_grade_rows");
  return e;
}

// A term is a row: power, rank and number of either tensor, m.
Json write_expansion(const SymmetricExpansion& e) {
  Json terms = Json::array();
  for (const auto& t : e.terms) terms.push_back({t.power, t.rank[0], t.number[0], t.rank[1], t.number[1], t.m});
  return {{"gap_powers", e.gap_powers}, {"distance_powers", e.distance_powers}, {"terms", terms}, {"weights", e.weights}};
}

Json write_pair(const TwoBodyPair& p) {
  Json out{{"species", {p.species[0], p.species[1]}}, {"length", p.length}};
  if (!p.symmetric.empty()) {
    out["symmetric"] = write_expansion(p.symmetric);
  } else if (p.polynomial.empty()) {
    out["shift"] = p.shift;
    out["scale"] = p.scale;
    out["networks"] = write_networks(p.networks);
  } else {
    out["polynomial"] = {{"powers", p.polynomial.powers}, {"degree", p.polynomial.degree}, {"weights", p.polynomial.weights}};
  }
  return out;
}

std::vector<int> integers(const Json& object, const char* key) {
  std::vector<int> out;
  for (const Json& n : json_entry<std::vector<Json>>(object, key, "a list of integers", kWhat))
    out.push_back(json_integer(n, std::string("entry '") + key + "' of the model file"));
  return out;
}

PairPolynomial read_polynomial(const Json& in) {
  require_known(in, {"powers", "degree", "weights"}, kWhat, kAllowed);
  PairPolynomial out;
  out.powers = integers(in, "powers");
  if (out.empty()) bad_argument("entry 'powers' of the model file", "[]", "one integer or more");
  out.degree = json_integer(json_entry<Json>(in, "degree", "an integer", kWhat), "entry 'degree' of the model file");
  out.weights = numbers(in, "weights");
  return out;
}

SymmetricExpansion read_expansion(const Json& in) {
  require_known(in, {"gap_powers", "distance_powers", "terms", "weights"}, kWhat, kAllowed);
  SymmetricExpansion out;
  out.gap_powers = integers(in, "gap_powers");
  out.distance_powers = integers(in, "distance_powers");
  const std::string where = "entry 'terms' of the model file";
  for (const Json& row : json_entry<std::vector<Json>>(in, "terms", "a list of rows of integers", kWhat)) {
    if (!row.is_array() || row.size() != 6) bad_argument(where, excerpt(row), "rows of 6 integers");
    int n[6];
    for (std::size_t k = 0; k < 6; ++k) n[k] = json_integer(row[k], where);
    out.terms.push_back({n[0], {n[1], n[3]}, {n[2], n[4]}, n[5]});
  }
  if (out.empty()) bad_argument(where, "[]", "one row or more");
  out.weights = numbers(in, "weights");
  return out;
}

TwoBodyPair read_pair(const Json& in, std::size_t number) {
  require_known(in, {"species", "length", "shift", "scale", "networks", "polynomial", "symmetric"}, kWhat, kAllowed);
  TwoBodyPair pair;
  const auto species = json_entry<std::vector<Json>>(in, "species", "two integers", kWhat);
  if (species.size() != 2) bad_argument("entry 'species' of the model file", in.at("species").dump(), "two integers");
  for (std::size_t k = 0; k < 2; ++k) pair.species[k] = json_integer(species[k], "entry 'species' of the model file");
  pair.length = json_entry<double>(in, "length", "a number", kWhat);
  const bool networks = in.contains("shift") || in.contains("scale") || in.contains("networks");
  if (in.contains("polynomial") + in.contains("symmetric") + networks > 1)
    bad_argument("entry 'two_body.pairs[" + std::to_string(number) + "]' of the model file",
                 in.contains("symmetric") ? "an expansion beside another energy" : "a polynomial and networks", "one of them");
  if (in.contains("polynomial")) pair.polynomial = read_polynomial(object_entry(in, "polynomial"));
  if (in.contains("symmetric")) pair.symmetric = read_expansion(object_entry(in, "symmetric"));
  if (!pair.polynomial.empty() || !pair.symmetric.empty()) return pair;
  pair.shift = numbers(in, "shift");
  pair.scale = numbers(in, "scale");
  pair.networks = read_networks(in);
  return pair;
}

Json write_species(const TwoBodySpecies& s) {
  Json out{{"symmetry", kSymmetries[static_cast<std::size_t>(s.symmetry)]}, {"axis", s.axis}};
  if (!s.group.empty()) out["group"] = s.group;
  return out;
}

TwoBodySpecies read_species(const Json& in) {
  require_known(in, {"symmetry", "axis", "group"}, kWhat, kAllowed);
  const auto name = json_entry<std::string>(in, "symmetry", "a string", kWhat);
  const int axis = json_integer(json_entry<Json>(in, "axis", "an integer", kWhat), "entry 'axis' of the model file");
  const auto group = in.contains("group") ? json_entry<std::string>(in, "group", "a point group", kWhat) : std::string();
  return {static_cast<BodySymmetry>(index_of(name, kSymmetries, "symmetry")), axis, group};
}

Json write_two_body(const TwoBody& t) {
  if (t.empty()) return nullptr;
  Json species = Json::array(), pairs = Json::array();
  for (const TwoBodySpecies& s : t.species) species.push_back(write_species(s));
  for (const TwoBodyPair& p : t.pairs) pairs.push_back(write_pair(p));
  return {{"cutoff", t.cutoff}, {"width", t.width}, {"species", species}, {"pairs", pairs}};
}

TwoBody read_two_body(const Json& document) {
  TwoBody t;
  if (json_entry<Json>(document, "two_body", "an object or null", kWhat).is_null()) return t;
  const Json& in = object_entry(document, "two_body");
  require_known(in, {"cutoff", "width", "species", "pairs"}, kWhat, kAllowed);
  t.cutoff = json_entry<double>(in, "cutoff", "a number", kWhat);
  t.width = json_entry<double>(in, "width", "a number", kWhat);
  for (const Json& s : list_entry(in, "species")) t.species.push_back(read_species(s));
  for (const Json& p : list_entry(in, "pairs")) t.pairs.push_back(read_pair(p, t.pairs.size()));
  if (t.empty()) bad_argument("entry 'two_body.pairs' of the model file", "[]", "one pair or more, or two_body null");
  return t;
}

Json without_checksum(const Model& model) {
  Json local = Json::array();
  for (const LocalEnergy& e : model.local) local.push_back(write_local(e));
  return {{"format", kFormat},
          {"version", kVersion},
          {"library_version", ANISOAP_VERSION},
          {"units", name_of(model.units)},
          {"descriptor", Json::parse(model.hypers.to_json())},
          {"density_scale", model.density_scale},
          {"allow_discontinuity", model.allow_discontinuity},
          {"joint_committees", model.joint_committees},
          {"local", local},
          {"two_body", write_two_body(model.two_body)},
          {"training", parse_document(model.training, "training entry of the model")}};
}

std::string sum_of(Json document) {
  document.erase("checksum");
  document.erase("library_version");
  return hash_of(document.dump());
}

void check_sum(const Json& document) {
  const auto given = json_entry<std::string>(document, "checksum", "the text that Model.save writes", kWhat);
  const std::string found = sum_of(document);
  if (given != found)
    bad_argument("checksum of the model file", found + " of its content, beside the entry " + given,
                 "equal ones: the file is damaged or was changed by hand");
}

}  // namespace

std::string Model::prior_hint() const {
  const Json document = parse_document(training, "training entry of the model");
  if (!document.is_object() || !document.contains("prior") || !document.at("prior").is_object()) return "";
  const Json& prior = document.at("prior");
  const bool has_hint = prior.contains("hint") && prior.at("hint").is_string();
  return has_hint ? prior.at("hint").get<std::string>() : "the prior of its training is to be added back";
}

std::vector<double> Model::trained_diameters() const {
  const Json document = parse_document(training, "training entry of the model");
  if (!document.is_object() || !document.contains("diameters") || document.at("diameters").is_null()) return {};
  const Json& found = object_entry(document, "diameters");
  std::vector<double> out(3 * hypers.species.size(), 0.0);
  for (std::size_t s = 0; s < hypers.species.size(); ++s) {
    const std::string& name = hypers.species[s];
    if (!found.contains(name) || found.at(name).is_null()) continue;
    const auto lengths = numbers(found, name.c_str());
    const bool good = lengths.size() == 3 && std::all_of(lengths.begin(), lengths.end(), [](double d) { return d > 0; });
    if (!good)
      bad_argument("entry 'training.diameters." + name + "' of the model file", excerpt(found.at(name)), "3 lengths > 0");
    std::copy(lengths.begin(), lengths.end(), out.begin() + static_cast<std::ptrdiff_t>(3 * s));
  }
  return out;
}

std::string Model::to_json() const {
  validate();
  Json document = without_checksum(*this);
  if (!document.at("training").is_object())
    bad_argument("training entry of the model", excerpt(document.at("training")), "a JSON object");
  document["checksum"] = sum_of(document);
  return document.dump();
}

std::string Model::checksum() const { return sum_of(without_checksum(*this)); }

Model Model::from_json(const std::string& text) {
  const Json document = parse_document(text, kWhat);
  require_format(document, kFormat, kVersion, kWhat);
  require_known(document,
                {"format", "version", "library_version", "checksum", "units", "descriptor", "density_scale",
                 "allow_discontinuity", "joint_committees", "local", "two_body", "training"},
                kWhat, kAllowed);
  check_sum(document);
  Model model;
  model.units = units_from_name(json_entry<std::string>(document, "units", "a string", kWhat));
  model.hypers = Hypers::from_json(object_entry(document, "descriptor").dump());
  model.density_scale = json_entry<double>(document, "density_scale", "a number", kWhat);
  model.allow_discontinuity = json_entry<bool>(document, "allow_discontinuity", "true or false", kWhat);
  model.joint_committees = json_entry<bool>(document, "joint_committees", "true or false", kWhat);
  for (const Json& e : list_entry(document, "local")) model.local.push_back(read_local(e));
  model.two_body = read_two_body(document);
  model.training = object_entry(document, "training").dump();
  model.validate();
  return model;
}

Model Model::from_file(const std::string& path) { return from_json(read_text_file(path, kWhat)); }

}  // namespace anisoap
