// SPDX-License-Identifier: MIT
// A network as its definition reads: double loops, std::exp, and tangents carried forward.
#pragma once

#include <cmath>
#include <vector>

#include "anisoap/model.hpp"

namespace anisoap::test {

struct PlainValue {
  double value;
  std::vector<double> gradient;  // with respect to the inputs
};

inline PlainValue plain_network(const Network& net, std::vector<double> x) {
  const std::size_t n = x.size();
  std::vector<std::vector<double>> tangent(n, std::vector<double>(n));  // [unit][input]
  for (std::size_t k = 0; k < n; ++k) tangent[k][k] = 1;
  const double* parameter = net.parameters.data();
  for (std::size_t layer = 1; layer < net.widths.size(); ++layer) {
    const auto n_out = static_cast<std::size_t>(net.widths[layer]);
    std::vector<double> y(n_out);
    std::vector<std::vector<double>> moved(n_out, std::vector<double>(n));
    for (std::size_t o = 0; o < n_out; ++o)
      for (std::size_t i = 0; i < x.size(); ++i, ++parameter) {
        y[o] += *parameter * x[i];
        for (std::size_t k = 0; k < n; ++k) moved[o][k] += *parameter * tangent[i][k];
      }
    for (std::size_t o = 0; o < n_out; ++o) y[o] += *parameter++;
    if (layer + 1 < net.widths.size())
      for (std::size_t o = 0; o < n_out; ++o) {
        const double gate = 1 / (1 + std::exp(-y[o]));
        for (double& t : moved[o]) t *= gate + y[o] * gate * (1 - gate);
        y[o] *= gate;
      }
    x = y;
    tangent = moved;
  }
  return {x[0], tangent[0]};
}

// Mean of a committee on x = (input - shift) * scale, and the values of its members; the gradient is that in the inputs.
struct PlainCommittee {
  double mean = 0;
  std::vector<double> members, gradient;
};

inline PlainCommittee plain_committee(const std::vector<Network>& networks, const std::vector<double>& shift,
                                      const std::vector<double>& scale, const double* inputs) {
  PlainCommittee out;
  std::vector<double> x;
  for (std::size_t k = 0; k < shift.size(); ++k) x.push_back((inputs[k] - shift[k]) * scale[k]);
  out.gradient.resize(x.size());
  const double share = 1.0 / static_cast<double>(networks.size());
  for (const Network& net : networks) {
    const PlainValue member = plain_network(net, x);
    out.members.push_back(member.value);
    out.mean += share * member.value;
    for (std::size_t k = 0; k < x.size(); ++k) out.gradient[k] += share * member.gradient[k] * scale[k];
  }
  return out;
}

inline double plain_variance(const std::vector<double>& values) {
  double mean = 0, sum = 0;
  for (double v : values) mean += v / static_cast<double>(values.size());
  for (double v : values) sum += (v - mean) * (v - mean);
  return sum / static_cast<double>(values.size() - 1);
}

}  // namespace anisoap::test
