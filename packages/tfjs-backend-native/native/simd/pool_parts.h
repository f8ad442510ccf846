// What the sources of the pooling family share.
#pragma once
#include "simd/channels.h"
#include "simd/pool.h"

namespace pcam {
namespace PCAM_ISA {

void fill_pool_max(Pooling& table);

namespace {

// Floats that a row of windows reads and writes, roughly; there is at least one window.
PCAM_INLINE int64_t cost_of_row(const Windows& w) {
  const int64_t rows = least(w.filter_height, w.in_height), columns = least(w.filter_width, w.in_width);
  return w.out_width * w.channels * (1 + least(rows * columns, kWorthThreads));
}

PCAM_INLINE int64_t floor_of(int64_t a, int64_t b) { return a / b - (a % b < 0); }

// Which windows along one axis hold the cell at `at`.
PCAM_INLINE Range windows_over(int64_t at, int64_t pad, int64_t size, int64_t stride, int64_t count) {
  return {most(0, floor_of(at + pad - size, stride) + 1), least(count, floor_of(at + pad, stride) + 1)};
}

}  // namespace
}  // namespace PCAM_ISA
}  // namespace pcam
