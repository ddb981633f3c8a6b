// SPDX-License-Identifier: MIT
// What a two-body term may be, and which body axes its pairs have.
#pragma once

#include <string>

#include "anisoap/detail/pair_invariants.hpp"
#include "anisoap/model.hpp"
#include "anisoap/symmetric_tables.hpp"

namespace anisoap {

// Throw std::invalid_argument for what is wrong with a term beside its networks; `where` names the pair of species.
void check_species(const TwoBody& two_body, const TwoBodyPair& pair, const std::string& where);
void check_species_pairs(const TwoBody& two_body);

// Which body axes the invariants of a pair are made of; none for an expansion, whose tensors know the orientations.
detail::PairForm pair_form(const TwoBody& two_body, const TwoBodyPair& pair);

// Point groups of the species of a pair.
GroupNames group_names(const TwoBody& two_body, const TwoBodyPair& pair);

}  // namespace anisoap
