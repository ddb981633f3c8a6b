// SPDX-License-Identifier: MIT
// Parts and texts of errors.
#include "anisoap/error.hpp"
#include "support/frame.hpp"

namespace anisoap::test {
namespace {

const std::array<double, 9> kCell = {6, 0, 0, 0, 6, 0, 0, 0, 6};

// Argument, got, expected and hint of the error that a call throws.
template <class Call>
std::array<std::string, 4> parts_of(Call&& call) {
  try {
    call();
  } catch (const ArgumentError& e) {
    const std::string hint = e.hint().empty() ? "" : ", " + e.hint();
    EXPECT_EQ("anisoap: " + e.argument() + ", got " + e.got() + "; expected " + e.expected() + hint, e.what());
    return {e.argument(), e.got(), e.expected(), e.hint()};
  }
  return {};
}

TEST(Errors, AnErrorHasItsPartsBesideTheText) {
  using Parts = std::array<std::string, 4>;
  EXPECT_EQ(parts_of([] { radial_basis_from_name("gtoo"); }),
            (Parts{"radial_basis_name", "'gtoo'", "'gto' or 'monomial'", "did you mean 'gto'?"}));
  EXPECT_EQ(parts_of([] { radial_basis_from_name("plane waves"); }),
            (Parts{"radial_basis_name", "'plane waves'", "'gto' or 'monomial'", ""}));
  EXPECT_EQ(quoted_choices({"a", "b", "c"}), "'a', 'b' or 'c'");
  Frame frame = random_frame(7, 3, kCell, {true, true, true}, 1);
  frame.cell[4] = std::nan("");
  const Descriptor descriptor(gto(2, 4.0, 1.0));
  FrameBatch batch(descriptor.basis(), 1);
  batch.count_frames_from(6);
  EXPECT_EQ(parts_of([&] { batch.add(frame.view()); }), (Parts{"frame 6, cell", "nan", "finite cell vectors", ""}));
}

TEST(Errors, OfAParticleNameItAndTakeAnotherName) {
  const Frame good = random_frame(8, 3, kCell, {true, true, true}, 1);
  const Descriptor descriptor(gto(2, 4.0, 1.0));
  FrameBatch batch(descriptor.basis(), 1);
  batch.count_frames_from(6);
  batch.add(good.view());
  const auto expect_particle = [&](void (*change)(Frame&), const char* fault, const char* expected) {
    Frame frame = good;
    change(frame);
    try {
      batch.add(frame.view());
      ADD_FAILURE() << "accepted";
    } catch (const ParticleError& e) {
      EXPECT_EQ(e.frame(), 7u);
      EXPECT_EQ(e.particle(), 2u);
      EXPECT_EQ(e.fault(), fault);
      EXPECT_EQ(e.argument(), std::string("frame 7, particle 2: ") + fault);
      EXPECT_EQ(e.renamed("atom ID 5").what(),
                std::string("anisoap: atom ID 5: ") + fault + ", got " + e.got() + "; expected " + expected);
    }
  };
  expect_particle([](Frame& f) { f.positions[7] = std::nan(""); }, "position is not finite", "finite numbers");
  expect_particle([](Frame& f) { f.positions[7] = 1e12; }, "position",
                  "a place less than 10^7 cells and cutoffs from the origin");
  expect_particle([](Frame& f) { f.species[2] = 4; }, "species is unknown", "one of the descriptor's species");
}

TEST(Errors, TextsAreTheMessagesWithoutTheName) {
  const ArgumentError of_caller("a", "b", "c", "d");
  EXPECT_EQ(text_of(of_caller), "a, got b; expected c, d");
  EXPECT_EQ(text_of(ParticleError(1, 2, "a", "b", "c")), "frame 1, particle 2: a, got b; expected c");
  EXPECT_EQ(of_caller.what(), "anisoap: " + text_of(of_caller));
  EXPECT_EQ(text_of(std::runtime_error("anisoap: not ours")), "anisoap: not ours");
  try {
    failure("no file");
  } catch (const std::runtime_error& e) {
    EXPECT_STREQ(e.what(), "anisoap: no file");
    EXPECT_EQ(text_of(e), "no file");
  }
}

}  // namespace
}  // namespace anisoap::test
