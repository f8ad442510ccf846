// The input's gradient as a product over windows of dy. Strides cut the inputs into phases, and the inputs of one
// phase are all reached by the same cells of the filter.
#pragma once
#include "simd/window_product.h"

namespace pcam {
namespace PCAM_ISA {
namespace {

// One axis of the input's gradient: for inputs at phase + stride · r, the filter's cells that reach them, and the
// output that each of them takes from, relative to r, ascending.
struct Reach {
  int count = 0;
  int64_t cell[kMostSegments], offset[kMostSegments];

  Reach(int64_t phase, int64_t filter, int64_t stride, int64_t pad, int64_t dilation) {
    for (int64_t cell_here = filter - 1; cell_here >= 0; cell_here--) {
      const int64_t at = phase + pad - cell_here * dilation;
      if (at % stride != 0) continue;
      cell[count] = cell_here;
      offset[count++] = at / stride;
    }
  }
};

// The inputs of one phase (i0, j0) of the strides: their windows lie in dy, without gaps where dilation is 1.
// Like all below, false if a result is infinite or NaN.
bool input_gradient_of_phase(const ConvShape& s, const float* dy, const float* filter, float* dx, int64_t i0,
                             int64_t j0) {
  const Reach down(i0, s.filter_h, s.stride_h, s.pad_top, s.dilation_h);
  const Reach across(j0, s.filter_w, s.stride_w, s.pad_left, s.dilation_w);
  const int64_t grid_h = (s.in_h - i0 + s.stride_h - 1) / s.stride_h;
  const int64_t grid_w = (s.in_w - j0 + s.stride_w - 1) / s.stride_w;
  if (grid_h <= 0 || grid_w <= 0) return true;
  Windows windows{dy, s.out_h, s.out_w, s.out_c, grid_h, grid_w, 1, 1, 0, 0, 0, {}};
  for (int i = 0; i < down.count; i++) {
    for (int j = 0; j < across.count; j++) {
      Segment* const before = j > 0 ? &windows.segment[windows.segments - 1] : nullptr;
      if (before && before->column + before->count == across.offset[j]) before->count++;
      else windows.segment[windows.segments++] = {down.offset[i], across.offset[j], 1};
    }
  }
  const int64_t depth = windows.depth(), panels = panels_for(s.in_c);
  if (depth == 0) return true;
  const Scratch scratch(room_for(s.in_c), panels * depth * kColumns);
  float* const packed = scratch.shared();
  parallel(panels, [&](int64_t panel, int) {
    const int columns = static_cast<int>(least(kColumns, s.in_c - panel * kColumns));
    float* out = packed + panel * depth * kColumns;
    for (int i = 0; i < down.count; i++) {
      for (int j = 0; j < across.count; j++) {
        const float* const cell = filter + (down.cell[i] * s.filter_w + across.cell[j]) * s.in_c * s.out_c;
        pack_panel_transposed(cell + panel * kColumns * s.out_c, s.out_c, s.out_c, columns, out);
        out += s.out_c * kColumns;
      }
    }
  });
  const WindowProduct product{windows, s.batch * grid_h * grid_w, s.in_c, depth, packed, nullptr, Activation::kLinear};
  if (s.stride_h == 1 && s.stride_w == 1) return to_rows(product, scratch, dx);
  return to_places(product, scratch, [&](int64_t image, int64_t i, int64_t j, int64_t n0, int64_t width, const float* values) {
    const int64_t y = i * s.stride_h + i0, x = j * s.stride_w + j0;
    copy_floats(dx + ((image * s.in_h + y) * s.in_w + x) * s.in_c + n0, values, width);
  });
}

// All phases at once, a column for each phase and channel, where few channels would leave most columns of a tile
// idle: an image's gradient. The windows are those of all phases together, and zeros fill up the filter.
// Without dilation.
bool input_gradient_of_all_phases(const ConvShape& s, const float* dy, const float* filter, float* dx) {
  int64_t low[2], count[2];
  for (int axis = 0; axis < 2; axis++) {
    const int64_t stride = axis == 0 ? s.stride_h : s.stride_w, filter_size = axis == 0 ? s.filter_h : s.filter_w;
    const int64_t pad = axis == 0 ? s.pad_top : s.pad_left;
    int64_t lowest = INT64_MAX, highest = INT64_MIN;
    for (int64_t phase = 0; phase < stride; phase++) {
      const Reach reach(phase, filter_size, stride, pad, 1);
      if (reach.count == 0) continue;
      lowest = least(lowest, reach.offset[0]);
      highest = most(highest, reach.offset[reach.count - 1]);
    }
    low[axis] = lowest;
    count[axis] = highest - lowest + 1;
  }
  const int64_t grid_h = (s.in_h + s.stride_h - 1) / s.stride_h, grid_w = (s.in_w + s.stride_w - 1) / s.stride_w;
  Windows windows{dy, s.out_h, s.out_w, s.out_c, grid_h, grid_w, 1, 1, 0, 0, 0, {}};
  for (int64_t i = 0; i < count[0]; i++) windows.segment[windows.segments++] = {low[0] + i, low[1], count[1]};
  const int64_t n = s.stride_h * s.stride_w * s.in_c, depth = windows.depth(), panels = panels_for(n);
  const Scratch scratch(room_for(n), panels * depth * kColumns);
  float* const packed = scratch.shared();
  clear_floats(packed, panels * depth * kColumns);
  for (int64_t phase = 0; phase < s.stride_h * s.stride_w; phase++) {
    const Reach down(phase / s.stride_w, s.filter_h, s.stride_h, s.pad_top, 1);
    const Reach across(phase % s.stride_w, s.filter_w, s.stride_w, s.pad_left, 1);
    for (int i = 0; i < down.count; i++) {
      for (int j = 0; j < across.count; j++) {
        const float* cell = filter + (down.cell[i] * s.filter_w + across.cell[j]) * s.in_c * s.out_c;
        const int64_t row = ((down.offset[i] - low[0]) * count[1] + across.offset[j] - low[1]) * s.out_c;
        for (int64_t c = 0; c < s.in_c; c++, cell += s.out_c) {
          const int64_t column = phase * s.in_c + c;
          float* const out = packed + column / kColumns * depth * kColumns + row * kColumns + column % kColumns;
          for (int64_t q = 0; q < s.out_c; q++) out[q * kColumns] = cell[q];
        }
      }
    }
  }
  const WindowProduct product{windows, s.batch * grid_h * grid_w, n, depth, packed, nullptr, Activation::kLinear};
  return to_places(product, scratch, [&](int64_t image, int64_t i, int64_t j, int64_t n0, int64_t width, const float* values) {
    for (int64_t column = n0; column < n0 + width; column++) {
      const int64_t phase = column / s.in_c;
      const int64_t y = i * s.stride_h + phase / s.stride_w, x = j * s.stride_w + phase % s.stride_w;
      if (y >= s.in_h || x >= s.in_w) continue;
      dx[((image * s.in_h + y) * s.in_w + x) * s.in_c + column % s.in_c] = values[column - n0];
    }
  });
}

// dx = dy * filter, turned.
bool input_gradient_direct(const ConvShape& s, const float* dy, const float* filter, float* dx) {
  const bool dilated = s.dilation_h > 1 || s.dilation_w > 1, strided = s.stride_h > 1 || s.stride_w > 1;
  const bool reached = !dilated && s.filter_h >= s.stride_h && s.filter_w >= s.stride_w;
  constexpr int64_t few = 2 * kColumns;
  const bool small = s.stride_h <= few && s.stride_w <= few && s.in_c <= few;
  if (reached && strided && small && s.stride_h * s.stride_w * s.in_c <= few) {
    return input_gradient_of_all_phases(s, dy, filter, dx);
  }
  if (!reached) {
    parallel_ranges(s.batch * s.in_h * s.in_w * s.in_c, 1 << 16,
                    [&](int64_t begin, int64_t end) { clear_floats(dx + begin, end - begin); });
  }
  bool finite = true;
  for (int64_t i = 0; i < least(s.stride_h, s.in_h); i++) {
    for (int64_t j = 0; j < least(s.stride_w, s.in_w); j++) finite &= input_gradient_of_phase(s, dy, filter, dx, i, j);
  }
  return finite;
}

}  // namespace
}  // namespace PCAM_ISA
}  // namespace pcam
