#include "simd/pool.h"

#include "simd/channels.h"
#include "simd/pool_parts.h"

namespace pcam {
namespace PCAM_ISA {
namespace {

void average(const Windows& w, const float* x, float* y) {
  if (w.batch == 0 || w.out_size() == 0) return;
  const int64_t line = w.in_width * w.channels;
  share_ranges(w.batch * w.out_height, cost_of_row(w), [&](int64_t begin, int64_t end, int) {
    for (int64_t row = begin; row < end; row++) {
      const float* const from = x + row / w.out_height * w.in_size();
      const Range rows = inside(row % w.out_height * w.stride_height - w.top, w.filter_height, w.in_height);
      for (int64_t column = 0; column < w.out_width; column++) {
        const Range columns = inside(column * w.stride_width - w.left, w.filter_width, w.in_width);
        float* const to = y + (row * w.out_width + column) * w.channels;
        const bool empty = rows.end <= rows.begin || columns.end <= columns.begin;
        const float cells = empty ? 0 : (rows.end - rows.begin) * (columns.end - columns.begin);
        over_channels<4>(w.channels, [&](auto lanes, int64_t c) {
          typedef typename decltype(lanes)::type V;
          constexpr int count = decltype(lanes)::count, step = decltype(lanes)::step;
          V sum[count];
#pragma GCC unroll 4
          for (int n = 0; n < count; n++) sum[n] = V{};
          for (int64_t i = rows.begin; i < rows.end; i++) {
            // A sum for each row first: short sums lose less.
            V part[count];
#pragma GCC unroll 4
            for (int n = 0; n < count; n++) part[n] = V{};
            const float* at = from + i * line + columns.begin * w.channels + c;
            for (int64_t j = columns.begin; j < columns.end; j++, at += w.channels) {
#pragma GCC unroll 4
              for (int n = 0; n < count; n++) part[n] += fetch<V>(at + n * step);
            }
#pragma GCC unroll 4
            for (int n = 0; n < count; n++) sum[n] += part[n];
          }
#pragma GCC unroll 4
          for (int n = 0; n < count; n++) put<V>(to + c + n * step, sum[n] / cells);
        });
      }
    }
  });
}

void average_gradient(const Windows& w, const float* dy, float* dx) {
  if (w.batch == 0 || w.in_size() == 0) return;
  const float part = 1.0f / (static_cast<float>(w.filter_height) * static_cast<float>(w.filter_width));
  const int64_t line = w.out_width * w.channels;
  share_ranges(w.batch * w.in_height, 2 * w.in_width * w.channels, [&](int64_t begin, int64_t end, int) {
    for (int64_t row = begin; row < end; row++) {
      const float* const from = dy + row / w.in_height * w.out_size();
      const Range rows = windows_over(row % w.in_height, w.top, w.filter_height, w.stride_height, w.out_height);
      for (int64_t column = 0; column < w.in_width; column++) {
        const Range columns = windows_over(column, w.left, w.filter_width, w.stride_width, w.out_width);
        float* const to = dx + (row * w.in_width + column) * w.channels;
        over_channels<4>(w.channels, [&](auto lanes, int64_t c) {
          typedef typename decltype(lanes)::type V;
          constexpr int count = decltype(lanes)::count, step = decltype(lanes)::step;
          V sum[count];
#pragma GCC unroll 4
          for (int n = 0; n < count; n++) sum[n] = V{};
          for (int64_t i = rows.begin; i < rows.end; i++) {
            const float* at = from + i * line + columns.begin * w.channels + c;
            for (int64_t j = columns.begin; j < columns.end; j++, at += w.channels) {
#pragma GCC unroll 4
              for (int n = 0; n < count; n++) sum[n] += fetch<V>(at + n * step);
            }
          }
#pragma GCC unroll 4
          for (int n = 0; n < count; n++) put<V>(to + c + n * step, sum[n] * part);
        });
      }
    }
  });
}

}  // namespace

void fill_pool(Pooling& table) {
  table.average = average;
  table.average_gradient = average_gradient;
  fill_pool_max(table);
}

}  // namespace PCAM_ISA
}  // namespace pcam
