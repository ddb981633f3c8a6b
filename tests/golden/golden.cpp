// SPDX-License-Identifier: MIT
#include "golden.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

namespace anisoap::test {
namespace {

using Json = nlohmann::json;

Frame read_frame(const Json& json, const std::vector<int>& species) {
  Frame f;
  for (int number : json.at("numbers"))
    f.species.push_back(static_cast<int>(std::find(species.begin(), species.end(), number) - species.begin()));
  const auto append = [](const Json& rows, std::vector<double>& out) {
    for (const Json& row : rows)
      for (double v : row) out.push_back(v);
  };
  append(json.at("positions"), f.positions);
  append(json.at("quaternions"), f.quaternions);
  append(json.at("diameters"), f.diameters);
  for (std::size_t k = 0; k < 3; ++k) {
    f.periodic[k] = json.at("pbc").at(k);
    for (std::size_t d = 0; d < 3; ++d) f.cell[3 * k + d] = json.at("cell").at(k).at(d);
  }
  return f;
}

// The library's own reader takes the hyperparameters: they have the same names.
Hypers read_hypers(const Json& json, const std::vector<int>& species) {
  std::vector<std::string> labels;
  for (int s : species) labels.push_back(std::to_string(s));
  const Json document{{"format", "anisoap-hypers"}, {"version", 1}, {"hypers", json}, {"species", labels}};
  return Hypers::from_json(document.dump());
}

// Entries of one centre in order; null stands where a species has no neighbour: zero.
void append_numbers(const Json& json, std::vector<double>& out) {
  if (json.is_array()) {
    for (const Json& item : json) append_numbers(item, out);
  } else {
    out.push_back(json.is_null() ? 0.0 : json.get<double>());
  }
}

// [l][centre]... to rows of centres.
std::vector<double> read_rows(const Json& blocks) {
  std::vector<double> rows;
  for (std::size_t centre = 0; centre < blocks.at(0).size(); ++centre)
    for (const Json& block : blocks) append_numbers(block.at(centre), rows);
  return rows;
}

}  // namespace

Golden read_golden(const std::string& path) {
  std::ifstream file(path);
  if (!file) throw std::runtime_error("cannot read " + path);
  const Json json = Json::parse(file);
  const std::vector<int> species = json.at("species");
  Golden g;
  g.name = json.at("name");
  g.hypers = read_hypers(json.at("hypers"), species);
  for (const Json& frame : json.at("frames")) g.frames.push_back(read_frame(frame, species));
  g.coefficients = read_rows(json.at("coefficients"));
  g.power_spectrum = read_rows(json.at("power_spectrum"));
  return g;
}

std::vector<std::string> golden_files(const std::string& folder) {
  std::vector<std::string> files;
  if (!std::filesystem::is_directory(folder)) return files;
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    if (entry.path().extension() == ".json") files.push_back(entry.path().string());
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace anisoap::test
