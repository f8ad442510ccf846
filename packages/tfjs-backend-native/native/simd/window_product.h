// A matrix product whose left side is rows of windows, gathered block by block.
#pragma once
#include "memory.h"
#include "simd/conv_plain.h"
#include "simd/im2col.h"
#include "threads.h"

namespace pcam {
namespace PCAM_ISA {
namespace {

PCAM_INLINE int64_t panels_for(int64_t columns) { return (columns + kColumns - 1) / kColumns; }

// Floats of working memory that a task needs.
PCAM_INLINE int64_t room_for(int64_t columns) { return kTaskRows * (kDepth + round_up(columns, kColumns)); }

// activation(windows · b + bias), with b packed in panels of the windows' depth.
struct WindowProduct {
  Windows windows;
  int64_t rows, n, depth;
  const float* packed;
  const float* bias;
  Activation activation;

  // Rows [i0, i1) and panels [j0, j1), rows of `out` ld floats apart.
  void part(int64_t i0, int64_t i1, int64_t j0, int64_t j1, float* gathered, float* out, int64_t ld) const {
    const int64_t n0 = j0 * kColumns, width = least(n, j1 * kColumns) - n0;
    for (int64_t k = 0; k < depth; k += kDepth) {
      const int64_t step = least(kDepth, depth - k);
      const bool last = k + step == depth;
      windows_to_rows(windows, i0, i1, k, k + step, gathered, kDepth);
      const Finish finish{k > 0, last && bias ? bias + n0 : nullptr, last ? activation : Activation::kLinear};
      block<false>(i1 - i0, width, step, gathered, kDepth, packed + j0 * depth * kColumns + k * kColumns,
                   depth * kColumns, out, ld, finish);
    }
  }
};

// f(i0, i1, j0, j1, thread) for tasks of kTaskRows rows and, where those are few, of some of the panels.
template <class F>
void for_parts(const WindowProduct& product, F&& f) {
  const int64_t panels = panels_for(product.n), row_blocks = (product.rows + kTaskRows - 1) / kTaskRows;
  const int64_t splits = least(panels, most(1, 16 / most(1, row_blocks)));
  const int64_t step = (panels + splits - 1) / splits, column_blocks = (panels + step - 1) / step;
  parallel(row_blocks * column_blocks, [&](int64_t task, int thread) {
    const int64_t i = task / column_blocks * kTaskRows, j = task % column_blocks * step;
    f(i, least(product.rows, i + kTaskRows), j, least(panels, j + step), thread);
  });
}

// Writes the product's rows one after the other; false if a result is infinite or NaN.
PCAM_INLINE bool to_rows(const WindowProduct& product, const Scratch& scratch, float* out) {
  Flag flag;
  const int64_t n = product.n;
  for_parts(product, [&](int64_t i0, int64_t i1, int64_t j0, int64_t j1, int thread) {
    float* const results = out + i0 * n + j0 * kColumns;
    product.part(i0, i1, j0, j1, scratch.of(thread), results, n);
    flag.raise_if(!all_finite(results, i1 - i0, least(n, j1 * kColumns) - j0 * kColumns, n));
  });
  return !flag.raised;
}

// place(image, i, j, n0, width, values) for each row of the product: its window's place on the grid, and the
// values of columns [n0, n0 + width). False as above.
template <class Place>
bool to_places(const WindowProduct& product, const Scratch& scratch, Place&& place) {
  Flag flag;
  const int64_t columns = product.windows.grid_w, per_image = product.windows.grid_h * columns;
  for_parts(product, [&](int64_t i0, int64_t i1, int64_t j0, int64_t j1, int thread) {
    const int64_t n0 = j0 * kColumns, width = least(product.n, j1 * kColumns) - n0;
    float* const results = scratch.of(thread) + kTaskRows * kDepth;
    product.part(i0, i1, j0, j1, scratch.of(thread), results, width);
    flag.raise_if(!all_finite(results, i1 - i0, width, width));
    for (int64_t row = i0; row < i1; row++) {
      place(row / per_image, row % per_image / columns, row % columns, n0, width, results + (row - i0) * width);
    }
  });
  return !flag.raised;
}

}  // namespace
}  // namespace PCAM_ISA
}  // namespace pcam
