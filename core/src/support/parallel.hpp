// SPDX-License-Identifier: MIT
// Threads: OpenMP where it was found, else the calling thread alone.
#pragma once

#include <atomic>
#include <cstddef>
#include <exception>
#include <utility>

#if defined(_OPENMP)
#include <omp.h>
#endif

namespace anisoap {

// Threads for a caller who asked for `num_threads`; 0 = the default.
inline int thread_count(int num_threads) {
#if defined(_OPENMP)
  return num_threads > 0 ? num_threads : omp_get_max_threads();
#else
  return num_threads > 0 ? num_threads : 1;
#endif
}

// Thrown inside a worker to end it quietly once another one has failed.
struct Stopped {};

// Calls work(k, thread, checkpoint) for k = 0..n-1, handed out one by one in order. The first exception stops the rest and is
// thrown here. Work calls checkpoint() now and then: it runs between() on the calling thread, which may throw, and ends the
// others once something was thrown.
template <class Work, class Between>
void parallel_for(std::size_t n, int num_threads, Work&& work, Between&& between) {
  std::atomic<std::size_t> next{0};
  std::atomic<bool> stop{false};
  std::exception_ptr error;
  std::atomic_flag has_error = ATOMIC_FLAG_INIT;
  const auto run = [&](int thread) {
    const auto checkpoint = [&] {
      if (stop) throw Stopped{};
      if (thread == 0) between();
    };
    try {
      for (std::size_t k; !stop && (k = next++) < n;) {
        checkpoint();
        work(k, thread, checkpoint);
      }
    } catch (const Stopped&) {
    } catch (...) {
      if (!has_error.test_and_set()) error = std::current_exception();
      stop = true;
    }
  };
#if defined(_OPENMP)
  if (num_threads > 1 && n > 1) {
#pragma omp parallel num_threads(num_threads)
    run(omp_get_thread_num());
  } else {
    run(0);
  }
#else
  (void)num_threads;
  run(0);
#endif
  if (error) std::rethrow_exception(error);
}

}  // namespace anisoap
