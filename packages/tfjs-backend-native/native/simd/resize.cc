#include "simd/resize.h"

#include "memory.h"
#include "simd/channels.h"

namespace pcam {
namespace PCAM_ISA {
namespace {

// to[i] = Σ weights · from[places · stride + i]
PCAM_INLINE void mix(const int32_t* places, const float* weights, int32_t entries, const float* from, int64_t stride,
                     int64_t floats, float* to) {
  over_channels<4>(floats, [&](auto lanes, int64_t c) {
    typedef typename decltype(lanes)::type V;
    constexpr int count = decltype(lanes)::count, step = decltype(lanes)::step;
    V sum[count];
#pragma GCC unroll 4
    for (int n = 0; n < count; n++) sum[n] = V{};
    for (int32_t i = 0; i < entries; i++) {
      const float* const at = from + places[i] * stride + c;
#pragma GCC unroll 4
      for (int n = 0; n < count; n++) sum[n] += weights[i] * fetch<V>(at + n * step);
    }
#pragma GCC unroll 4
    for (int n = 0; n < count; n++) put<V>(to + c + n * step, sum[n]);
  });
}

// Rows first, into a line of x's width, which is then mixed column by column.
void separable(int64_t batch, int64_t channels, const Taps& rows, const Taps& columns, const float* x, float* y) {
  if (batch == 0 || channels == 0 || rows.out == 0 || columns.out == 0) return;
  const int64_t line = columns.in * channels;
  Scratch scratch(line);
  share_ranges(batch * rows.out, line + columns.out * channels, [&](int64_t begin, int64_t end, int thread) {
    float* const mixed = scratch.of(thread);
    for (int64_t row = begin; row < end; row++) {
      const int32_t first = rows.starts[row % rows.out], entries = rows.starts[row % rows.out + 1] - first;
      mix(rows.places + first, rows.weights + first, entries, x + row / rows.out * rows.in * line, line, line, mixed);
      float* to = y + row * columns.out * channels;
      for (int64_t column = 0; column < columns.out; column++, to += channels) {
        const int32_t start = columns.starts[column], count = columns.starts[column + 1] - start;
        mix(columns.places + start, columns.weights + start, count, mixed, channels, channels, to);
      }
    }
  });
}

}  // namespace

void fill_resize(Resize& table) { table.separable = separable; }

}  // namespace PCAM_ISA
}  // namespace pcam
