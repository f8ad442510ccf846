// Rows of an image-to-column matrix, made when a product needs them: never the whole matrix.
#pragma once
#include "simd/conv.h"
#include "simd/product.h"

namespace pcam {
namespace PCAM_ISA {
namespace {

// Cells that lie side by side in a window: `count` of them from (row, column), relative to the window's origin.
struct Segment {
  int64_t row, column, count;
};

constexpr int kMostSegments = 256;

// Windows on a grid over images [.., h, w, c]: window (i, j) has its origin at
// (i · stride_h + row, j · stride_w + column). A window's values are its segments' one after the other.
struct Windows {
  const float* images;
  int64_t h, w, c;
  int64_t grid_h, grid_w;
  int64_t stride_h, stride_w, row, column;
  int segments;
  Segment segment[kMostSegments];

  int64_t depth() const {
    int64_t cells = 0;
    for (int s = 0; s < segments; s++) cells += segment[s].count;
    return cells * c;
  }
};

PCAM_INLINE void copy_floats(float* to, const float* from, int64_t n) { __builtin_memcpy(to, from, sizeof(float) * n); }
PCAM_INLINE void clear_floats(float* to, int64_t n) { __builtin_memset(to, 0, sizeof(float) * n); }

// Values [k0, k1) of the windows [first, last), a row for each, rows ld apart.
void windows_to_rows(const Windows& windows, int64_t first, int64_t last, int64_t k0, int64_t k1, float* out,
                     int64_t ld) {
  const int64_t per_image = windows.grid_h * windows.grid_w, c = windows.c;
  int64_t image = first / per_image;
  int64_t i = first % per_image / windows.grid_w, j = first % windows.grid_w;
  for (int64_t row = first; row < last; row++, out += ld) {
    const float* const from = windows.images + image * windows.h * windows.w * c;
    float* to = out;
    int64_t k = 0;
    for (int s = 0; s < windows.segments && k < k1; s++) {
      const Segment& segment = windows.segment[s];
      const int64_t length = segment.count * c;
      if (k + length <= k0) {
        k += length;
        continue;
      }
      const int64_t begin = most(k0 - k, 0), end = least(k1 - k, length);
      k += length;
      const int64_t y = i * windows.stride_h + windows.row + segment.row;
      const int64_t x = j * windows.stride_w + windows.column + segment.column;
      if (y < 0 || y >= windows.h) {
        clear_floats(to, end - begin);
        to += end - begin;
        continue;
      }
      const float* const line = from + (y * windows.w + x) * c;
      // The part of the segment that lies within the image's row.
      const int64_t inside = least(most(-x * c, begin), end);
      const int64_t outside = most(least((windows.w - x) * c, end), inside);
      if (inside > begin) clear_floats(to, inside - begin);
      if (outside > inside) copy_floats(to + (inside - begin), line + inside, outside - inside);
      if (end > outside) clear_floats(to + (outside - begin), end - outside);
      to += end - begin;
    }
    if (++j == windows.grid_w) {
      j = 0;
      if (++i == windows.grid_h) {
        i = 0;
        image++;
      }
    }
  }
}

// The windows that y's cells see.
PCAM_INLINE Windows forward_windows(const ConvShape& s, const float* x) {
  Windows windows{x, s.in_h, s.in_w, s.in_c, s.out_h, s.out_w, s.stride_h, s.stride_w, -s.pad_top, -s.pad_left, 0, {}};
  for (int64_t i = 0; i < s.filter_h; i++) {
    if (s.dilation_w == 1 || s.filter_w == 1) {
      windows.segment[windows.segments++] = {i * s.dilation_h, 0, s.filter_w};
      continue;
    }
    for (int64_t j = 0; j < s.filter_w; j++) {
      windows.segment[windows.segments++] = {i * s.dilation_h, j * s.dilation_w, 1};
    }
  }
  return windows;
}

}  // namespace
}  // namespace PCAM_ISA
}  // namespace pcam
