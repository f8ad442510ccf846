#include "simd/resize.h"

#include "simd/channels.h"

namespace pcam {
namespace PCAM_ISA {
namespace {

void separable(int64_t batch, int64_t channels, const Taps& rows, const Taps& columns, const float* x, float* y) {
  if (batch == 0 || channels == 0 || rows.out == 0 || columns.out == 0) return;
  const int64_t line = columns.in * channels;
  share_ranges(batch * rows.out, 4 * columns.out * channels, [&](int64_t begin, int64_t end, int) {
    for (int64_t row = begin; row < end; row++) {
      const float* const image = x + row / rows.out * rows.in * line;
      const int32_t* const r = rows.starts + row % rows.out;
      float* to = y + row * columns.out * channels;
      for (int64_t column = 0; column < columns.out; column++, to += channels) {
        const int32_t* const k = columns.starts + column;
        over_channels<4>(channels, [&](auto lanes, int64_t c) {
          typedef typename decltype(lanes)::type V;
          constexpr int count = decltype(lanes)::count, step = decltype(lanes)::step;
          V sum[count];
          for (int n = 0; n < count; n++) sum[n] = V{};
          for (int32_t i = r[0]; i < r[1]; i++) {
            const float* const from = image + rows.places[i] * line + c;
            for (int32_t j = k[0]; j < k[1]; j++) {
              const V weight = all<V>(rows.weights[i] * columns.weights[j]);
              const float* const at = from + columns.places[j] * channels;
#pragma GCC unroll 4
              for (int n = 0; n < count; n++) sum[n] += weight * fetch<V>(at + n * step);
            }
          }
#pragma GCC unroll 4
          for (int n = 0; n < count; n++) put<V>(to + c + n * step, sum[n]);
        });
      }
    }
  });
}

}  // namespace

void fill_resize(Resize& table) { table.separable = separable; }

}  // namespace PCAM_ISA
}  // namespace pcam
