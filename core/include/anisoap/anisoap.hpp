// SPDX-License-Identifier: MIT
// The public headers.
#pragma once

#include "anisoap/basis.hpp"           // hyperparameters -> tables
#include "anisoap/derivatives.hpp"     // derivatives of power spectra
#include "anisoap/descriptor.hpp"      // density coefficients and power spectra
#include "anisoap/error.hpp"           // error text
#include "anisoap/frames.hpp"          // boxes of particles
#include "anisoap/hypers.hpp"          // hyperparameters and their JSON
#include "anisoap/model.hpp"           // potentials and their JSON
#include "anisoap/neighbors.hpp"       // neighbour sources
#include "anisoap/options.hpp"         // threads, interrupts, instruction sets
#include "anisoap/particles.hpp"       // particle table
#include "anisoap/potential.hpp"       // energies, forces, torques
#include "anisoap/training.hpp"        // derivatives that fitting needs
#include "anisoap/training_range.hpp"  // what training frames span
#include "anisoap/version.hpp"
