#pragma once
#include <cstdint>

namespace pcam {

// For each place of an axis of the result: which places of x, and how much of each. Result i takes entries
// [starts[i], starts[i + 1]).
struct Taps {
  int64_t in, out;
  const int32_t* starts;   // out + 1
  const int32_t* places;   // in [0, in)
  const float* weights;
};

struct Resize {
  // Throws std::bad_alloc. y[b, i, j, :] = Σ rows' weight · columns' weight · x[b, row, column, :] over the entries of i and of j:
  // resizing of [batch, rows.in, columns.in, channels], and with the taps transposed its gradient.
  void (*separable)(int64_t batch, int64_t channels, const Taps& rows, const Taps& columns, const float* x, float* y);
};

}  // namespace pcam
