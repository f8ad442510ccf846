#include "simd/channels.h"
#include "simd/pool.h"
#include "simd/pool_parts.h"

namespace pcam {
namespace PCAM_ISA {
namespace {

// Row `r` of the windows of one image. With Pick, what `values` holds at the maximum's place.
template <bool Pick>
void row_of_maxima(const Windows& w, int64_t r, const float* x, const float* values, float* y) {
  const Range rows = inside(r * w.stride_height - w.top, w.filter_height, w.in_height);
  const int64_t line = w.in_width * w.channels;
  for (int64_t column = 0; column < w.out_width; column++, y += w.channels) {
    const Range columns = inside(column * w.stride_width - w.left, w.filter_width, w.in_width);
    over_channels<4>(w.channels, [&](auto lanes, int64_t c) {
      typedef typename decltype(lanes)::type V;
      constexpr int count = decltype(lanes)::count, step = decltype(lanes)::step;
      V best[count], picked[count];
#pragma GCC unroll 4
      for (int n = 0; n < count; n++) {
        best[n] = all<V>(-__builtin_inff());
        picked[n] = V{};
      }
      for (int64_t i = rows.begin; i < rows.end; i++) {
        for (int64_t j = columns.begin; j < columns.end; j++) {
          const int64_t at = i * line + j * w.channels + c;
#pragma GCC unroll 4
          for (int n = 0; n < count; n++) {
            const V here = fetch<V>(x + at + n * step);
            const auto wins = here > best[n];
            best[n] = choose(wins, here, best[n]);
            if constexpr (Pick) picked[n] = choose(wins, fetch<V>(values + at + n * step), picked[n]);
          }
        }
      }
#pragma GCC unroll 4
      for (int n = 0; n < count; n++) put(y + c + n * step, Pick ? picked[n] : best[n]);
    });
  }
}

template <bool Pick>
void maxima(const Windows& w, const float* x, const float* values, float* y) {
  if (w.batch == 0 || w.out_size() == 0) return;
  const int64_t line = w.out_width * w.channels;
  share_ranges(w.batch * w.out_height, cost_of_row(w), [&](int64_t begin, int64_t end, int) {
    for (int64_t row = begin; row < end; row++) {
      const int64_t image = row / w.out_height;
      row_of_maxima<Pick>(w, row % w.out_height, x + image * w.in_size(), values + image * w.in_size(),
                          y + row * line);
    }
  });
}

void max(const Windows& w, const float* x, float* y) { maxima<false>(w, x, x, y); }
void max_pick(const Windows& w, const float* x, const float* values, float* y) { maxima<true>(w, x, values, y); }

// What row `r` of the windows of one image sends to the input rows in `band`.
void send_back(const Windows& w, int64_t r, Range band, const float* x, const float* dy, float* dx) {
  const Range rows = inside(r * w.stride_height - w.top, w.filter_height, w.in_height);
  const int64_t line = w.in_width * w.channels;
  for (int64_t column = 0; column < w.out_width; column++, dy += w.channels) {
    const Range columns = inside(column * w.stride_width - w.left, w.filter_width, w.in_width);
    over_channels<2>(w.channels, [&](auto lanes, int64_t c) {
      typedef typename decltype(lanes)::type V;
      typedef typename decltype(lanes)::index I;
      constexpr int count = decltype(lanes)::count, step = decltype(lanes)::step;
      V best[count];
      I place[count];
#pragma GCC unroll 4
      for (int n = 0; n < count; n++) {
        best[n] = all<V>(-__builtin_inff());
        place[n] = I{} - 1;
      }
      int32_t number = 0;
      for (int64_t i = rows.begin; i < rows.end; i++) {
        for (int64_t j = columns.begin; j < columns.end; j++, number++) {
#pragma GCC unroll 4
          for (int n = 0; n < count; n++) {
            const V here = fetch<V>(x + i * line + j * w.channels + c + n * step);
            const auto wins = here > best[n];
            best[n] = choose(wins, here, best[n]);
            place[n] = choose(wins, I{} + number, place[n]);
          }
        }
      }
      const int64_t width = columns.end - columns.begin;
      const Range sent = {most(rows.begin, band.begin), least(rows.end, band.end)};
      number = static_cast<int32_t>((sent.begin - rows.begin) * width);
      for (int64_t i = sent.begin; i < sent.end; i++) {
        for (int64_t j = columns.begin; j < columns.end; j++, number++) {
          float* const to = dx + i * line + j * w.channels + c;
#pragma GCC unroll 4
          for (int n = 0; n < count; n++) {
            const V share_of_it = choose(place[n] == I{} + number, fetch<V>(dy + c + n * step), V{});
            put<V>(to + n * step, fetch<V>(to + n * step) + share_of_it);
          }
        }
      }
    });
  }
}

// Each task writes a band of one image's rows. A cell's windows come to it in their order, whatever the bands.
void max_gradient(const Windows& w, const float* x, const float* dy, float* dx) {
  const int64_t bands = least(w.in_height, w.batch >= 8 ? 1 : 8);
  if (w.batch == 0 || w.in_size() == 0) return;
  const int64_t line = w.in_width * w.channels;
  share(w.batch * bands, w.batch * w.in_size(), [&](int64_t task, int) {
    const int64_t image = task / bands, number = task % bands;
    const Range band = {number * w.in_height / bands, (number + 1) * w.in_height / bands};
    float* const to = dx + image * w.in_size();
    const int64_t first = windows_over(band.begin, w.top, w.filter_height, w.stride_height, w.out_height).begin;
    const int64_t end = windows_over(band.end - 1, w.top, w.filter_height, w.stride_height, w.out_height).end;
    // Rows are cleared just before the first window that reaches them, while they stay in the cache.
    int64_t cleared = band.begin;
    const auto clear = [&](int64_t until) {
      if (until <= cleared) return;
      __builtin_memset(to + cleared * line, 0, sizeof(float) * (until - cleared) * line);
      cleared = until;
    };
    for (int64_t r = first; r < end; r++) {
      clear(least(band.end, r * w.stride_height - w.top + w.filter_height));
      send_back(w, r, band, x + image * w.in_size(), dy + image * w.out_size() + r * w.out_width * w.channels, to);
    }
    clear(band.end);
  });
}

}  // namespace

void fill_pool_max(Pooling& table) {
  table.max = max;
  table.max_pick = max_pick;
  table.max_gradient = max_gradient;
}

}  // namespace PCAM_ISA
}  // namespace pcam
