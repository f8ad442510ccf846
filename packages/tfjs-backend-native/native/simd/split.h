// How element-wise work is split: into pieces that fit the second-level cache, on one thread where starting
// others would take longer than the work.
#pragma once
#include "simd/sizes.h"
#include "simd/vector.h"
#include "threads.h"

namespace pcam {
namespace PCAM_ISA {
namespace {

constexpr int64_t kPiece = 16384;        // elements of one task
constexpr int64_t kWorthThreads = 32768;  // elements from which on threads pay
// Outputs of this many floats are gone from the caches before anyone reads them: writing past the caches spares
// reading the lines first.
constexpr int64_t kStreamed = int64_t{1} << 20;

// f(task) for each of `count` tasks that touch `elements` in all.
template <class F>
void each_task(int64_t count, int64_t elements, F&& f) {
  if (elements < kWorthThreads) {
    for (int64_t task = 0; task < count; task++) f(task);
    return;
  }
  parallel(count, [&](int64_t task, int) { f(task); });
}

// f(begin, end) over [0, count).
template <class F>
void each_piece(int64_t count, F&& f) {
  each_task(parts(count, kPiece), count,
            [&](int64_t task) { f(task * kPiece, least(count, (task + 1) * kPiece)); });
}

}  // namespace
}  // namespace PCAM_ISA
}  // namespace pcam
