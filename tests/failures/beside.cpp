// SPDX-License-Identifier: MIT
// Work of a second thread, and of a process that gets none.
#include "support/beside.hpp"

#include <gtest/gtest.h>
#include <pthread.h>

#include <cstddef>
#include <stdexcept>
#include <thread>

namespace anisoap::test {
namespace {

// While it lives no thread starts: its stack would be as large as all that a process can address.
class NoThreads {
 public:
  NoThreads() {
    pthread_getattr_default_np(&attributes_);
    pthread_attr_getstacksize(&attributes_, &usual_);
    set(std::size_t{1} << 47);
  }
  ~NoThreads() {
    set(usual_);
    pthread_attr_destroy(&attributes_);
  }

 private:
  void set(std::size_t bytes) {
    pthread_attr_setstacksize(&attributes_, bytes);
    pthread_setattr_default_np(&attributes_);
  }
  pthread_attr_t attributes_;
  std::size_t usual_ = 0;
};

TEST(Beside, AnotherThreadDoesTheWork) {
  std::thread::id worker;
  start_beside([&] { worker = std::this_thread::get_id(); }).get();
  EXPECT_NE(worker, std::this_thread::get_id());
}

TEST(Beside, WithoutAThreadTheCallerDoesTheWork) {
  const NoThreads limit;
  EXPECT_THROW(std::thread([] {}).join(), std::system_error);
  std::thread::id worker;
  start_beside([&] { worker = std::this_thread::get_id(); }).get();
  EXPECT_EQ(worker, std::this_thread::get_id());
}

TEST(Beside, ErrorsArriveWithTheResult) {
  const auto fails = [] { throw std::runtime_error("of the work"); };
  EXPECT_THROW(start_beside(fails).get(), std::runtime_error);
  const NoThreads limit;
  EXPECT_THROW(start_beside(fails).get(), std::runtime_error);
}

}  // namespace
}  // namespace anisoap::test
