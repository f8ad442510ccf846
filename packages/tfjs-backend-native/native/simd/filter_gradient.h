// The filter's gradient as a matrix product: windows transposed, times dy.
#pragma once
#include "memory.h"
#include "simd/im2col.h"
#include "threads.h"

namespace pcam {
namespace PCAM_ISA {
namespace {

// dfilter = sum of the `pieces` partial results, in their order.
void add_up(const float* partial, int64_t pieces, int64_t count, float* out) {
  parallel_ranges(count, 1 << 14, [&](int64_t begin, int64_t end) {
    copy_floats(out + begin, partial + begin, end - begin);
    for (int64_t piece = 1; piece < pieces; piece++) {
      const float* const from = partial + piece * count;
      for (int64_t i = begin; i < end; i++) out[i] += from[i];
    }
  });
}

void filter_gradient_direct(const ConvShape& s, const float* x, const float* dy, float* dfilter) {
  const Windows windows = forward_windows(s, x);
  const int64_t depth = s.filter_h * s.filter_w * s.in_c, n = s.out_c;
  const int64_t cells = s.batch * s.out_h * s.out_w;
  const int64_t blocks = (depth + kTaskRows - 1) / kTaskRows;
  const int64_t columns = round_up(n, kColumns), step = n > 256 ? kDepth / 2 : kDepth;
  // Where the filter alone makes few tasks, its cells are shared out too.
  const int64_t pieces = most(1, least(12 / blocks, cells / (4 * kDepth)));
  const int64_t cells_of_piece = round_up((cells + pieces - 1) / pieces, step);
  const Scratch scratch(step * (kTaskRows + columns), pieces > 1 ? pieces * depth * n : 0);
  float* const results = pieces > 1 ? scratch.shared() : dfilter;
  parallel(blocks * pieces, [&](int64_t task, int thread) {
    const int64_t piece = task / blocks, k0 = task % blocks * kTaskRows, k1 = least(depth, k0 + kTaskRows);
    const int64_t first = piece * cells_of_piece, last = least(cells, first + cells_of_piece);
    float* const out = results + (piece * depth + k0) * n;
    float* const left = scratch.of(thread);
    float* const right = left + step * kTaskRows;
    if (first >= last) clear_floats(out, (k1 - k0) * n);
    for (int64_t cell = first; cell < last; cell += step) {
      const int64_t count = least(step, last - cell);
      windows_to_rows(windows, cell, cell + count, k0, k1, left, kTaskRows);
      for (int64_t j = 0; j < n; j += kColumns) {
        pack_panel(dy + cell * n + j, n, count, static_cast<int>(least(kColumns, n - j)), right + j * count);
      }
      block<true>(k1 - k0, n, count, left, kTaskRows, right, count * kColumns, out, n,
                  {cell > first, nullptr, Activation::kLinear});
    }
  });
  if (pieces > 1) add_up(results, pieces, depth * n, dfilter);
}

}  // namespace
}  // namespace PCAM_ISA
}  // namespace pcam
