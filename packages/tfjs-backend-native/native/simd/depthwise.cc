#include "simd/depthwise.h"

#include "memory.h"
#include "simd/affine.h"
#include "simd/channels.h"

namespace pcam {
namespace PCAM_ISA {
namespace {

PCAM_INLINE int64_t up(int64_t a, int64_t b) { return a <= 0 ? 0 : (a + b - 1) / b; }

// The taps i in [0, taps) with start + i · dilation in [0, length).
PCAM_INLINE Range taps_inside(int64_t start, int64_t taps, int64_t dilation, int64_t length) {
  return {up(-start, dilation), least(taps, up(length - start, dilation))};
}

// The windows k in [0, windows) whose tap, at k · stride + offset, lies in [0, length).
PCAM_INLINE Range windows_of_tap(int64_t offset, int64_t stride, int64_t windows, int64_t length) {
  return taps_inside(offset, windows, stride, length);
}

bool is_pointwise(const Windows& w) {
  return w.filter_height == 1 && w.filter_width == 1 && w.stride_height == 1 && w.stride_width == 1 && w.top == 0 &&
         w.left == 0 && w.in_height == w.out_height && w.in_width == w.out_width;
}

PCAM_INLINE int64_t cost_of_row(const Windows& w) {
  return w.out_width * w.channels * (1 + least(w.filter_height * w.filter_width, kWorthThreads));
}

template <Activation A>
void row_of_outputs(const Windows& w, int64_t r, const float* x, const float* filter, const float* bias, float* y) {
  const int64_t line = w.in_width * w.channels, first_row = r * w.stride_height - w.top;
  const Range rows = taps_inside(first_row, w.filter_height, w.dilation_height, w.in_height);
  for (int64_t k = 0; k < w.out_width; k++, y += w.channels) {
    const int64_t first_column = k * w.stride_width - w.left;
    const Range columns = taps_inside(first_column, w.filter_width, w.dilation_width, w.in_width);
    over_channels<4>(w.channels, [&](auto lanes, int64_t c) {
      typedef typename decltype(lanes)::type V;
      constexpr int count = decltype(lanes)::count, step = decltype(lanes)::step;
      V sum[count];
#pragma GCC unroll 4
      for (int n = 0; n < count; n++) sum[n] = bias ? fetch<V>(bias + c + n * step) : V{};
      for (int64_t i = rows.begin; i < rows.end; i++) {
        for (int64_t j = columns.begin; j < columns.end; j++) {
          const float* const from = x + (first_row + i * w.dilation_height) * line +
                                    (first_column + j * w.dilation_width) * w.channels + c;
          const float* const taps = filter + (i * w.filter_width + j) * w.channels + c;
#pragma GCC unroll 4
          for (int n = 0; n < count; n++) sum[n] += fetch<V>(from + n * step) * fetch<V>(taps + n * step);
        }
      }
#pragma GCC unroll 4
      for (int n = 0; n < count; n++) put<V>(y + c + n * step, activated(sum[n], A));
    });
  }
}

template <Activation A>
void rows_of_outputs(const Windows& w, const float* x, const float* filter, const float* bias, float* y) {
  share_ranges(w.batch * w.out_height, cost_of_row(w), [&](int64_t begin, int64_t end, int) {
    for (int64_t row = begin; row < end; row++) {
      row_of_outputs<A>(w, row % w.out_height, x + row / w.out_height * w.in_size(), filter, bias,
                        y + row * w.out_width * w.channels);
    }
  });
}

void forward(const Windows& w, const float* x, const float* filter, const float* bias, Activation activation,
             float* y) {
  if (w.batch == 0 || w.out_size() == 0) return;
  if (is_pointwise(w)) {
    const int64_t pixels = w.batch * w.in_height * w.in_width;
    return affine(pixels, w.channels, x, nullptr, filter, bias, activation, y);
  }
  if (activation == Activation::kLinear) rows_of_outputs<Activation::kLinear>(w, x, filter, bias, y);
  else if (activation == Activation::kRelu) rows_of_outputs<Activation::kRelu>(w, x, filter, bias, y);
  else rows_of_outputs<Activation::kRelu6>(w, x, filter, bias, y);
}

// Row `row` of dx, which one row of windows for each fitting tap adds to.
void row_of_input_gradient(const Windows& w, int64_t row, const float* dy, const float* filter, float* dx) {
  __builtin_memset(dx, 0, sizeof(float) * w.in_width * w.channels);
  for (int64_t i = 0; i < w.filter_height; i++) {
    const int64_t above = row + w.top - i * w.dilation_height;
    if (above < 0 || above % w.stride_height != 0 || above / w.stride_height >= w.out_height) continue;
    const float* const from = dy + above / w.stride_height * w.out_width * w.channels;
    for (int64_t j = 0; j < w.filter_width; j++) {
      const int64_t offset = j * w.dilation_width - w.left;
      const Range windows = windows_of_tap(offset, w.stride_width, w.out_width, w.in_width);
      over_channels<4>(w.channels, [&](auto lanes, int64_t c) {
        typedef typename decltype(lanes)::type V;
        constexpr int count = decltype(lanes)::count, step = decltype(lanes)::step;
        V taps[count];
#pragma GCC unroll 4
        for (int n = 0; n < count; n++) taps[n] = fetch<V>(filter + (i * w.filter_width + j) * w.channels + c + n * step);
        for (int64_t k = windows.begin; k < windows.end; k++) {
          float* const to = dx + (k * w.stride_width + offset) * w.channels + c;
#pragma GCC unroll 4
          for (int n = 0; n < count; n++) {
            put<V>(to + n * step, fetch<V>(to + n * step) + taps[n] * fetch<V>(from + k * w.channels + c + n * step));
          }
        }
      });
    }
  }
}

// At stride 1: dy convolved with the filter turned round.
void input_gradient_by_convolution(const Windows& w, const float* dy, const float* filter, float* dx) {
  Windows back = w;
  back.in_height = w.out_height;
  back.in_width = w.out_width;
  back.out_height = w.in_height;
  back.out_width = w.in_width;
  back.top = (w.filter_height - 1) * w.dilation_height - w.top;
  back.left = (w.filter_width - 1) * w.dilation_width - w.left;
  const int64_t taps = w.filter_height * w.filter_width;
  Scratch scratch(0, taps * w.channels);
  float* const turned = scratch.shared();
  for (int64_t t = 0; t < taps; t++) {
    __builtin_memcpy(turned + t * w.channels, filter + (taps - 1 - t) * w.channels, sizeof(float) * w.channels);
  }
  rows_of_outputs<Activation::kLinear>(back, dy, turned, nullptr, dx);
}

void input_gradient(const Windows& w, const float* dy, const float* filter, float* dx) {
  if (w.batch == 0 || w.in_size() == 0) return;
  if (is_pointwise(w)) {
    const int64_t pixels = w.batch * w.in_height * w.in_width;
    return affine(pixels, w.channels, dy, nullptr, filter, nullptr, Activation::kLinear, dx);
  }
  if (w.stride_height == 1 && w.stride_width == 1) return input_gradient_by_convolution(w, dy, filter, dx);
  const int64_t line = w.in_width * w.channels;
  share_ranges(w.batch * w.in_height, line * (1 + least(w.filter_height * w.filter_width, kWorthThreads)),
               [&](int64_t begin, int64_t end, int) {
                 for (int64_t row = begin; row < end; row++) {
                   row_of_input_gradient(w, row % w.in_height, dy + row / w.in_height * w.out_size(), filter,
                                         dx + row * line);
                 }
               });
}

// Adds to df what row `r` of the windows of one image has to say.
void row_of_filter_gradient(const Windows& w, int64_t r, const float* x, const float* dy, float* df) {
  const int64_t first_row = r * w.stride_height - w.top;
  const Range rows = taps_inside(first_row, w.filter_height, w.dilation_height, w.in_height);
  for (int64_t i = rows.begin; i < rows.end; i++) {
    const float* const from = x + (first_row + i * w.dilation_height) * w.in_width * w.channels;
    for (int64_t j = 0; j < w.filter_width; j++) {
      const int64_t offset = j * w.dilation_width - w.left;
      const Range windows = windows_of_tap(offset, w.stride_width, w.out_width, w.in_width);
      over_channels<4>(w.channels, [&](auto lanes, int64_t c) {
        typedef typename decltype(lanes)::type V;
        constexpr int count = decltype(lanes)::count, step = decltype(lanes)::step;
        V sum[count];
#pragma GCC unroll 4
        for (int n = 0; n < count; n++) sum[n] = V{};
        for (int64_t k = windows.begin; k < windows.end; k++) {
          const float* const a = from + (k * w.stride_width + offset) * w.channels + c;
          const float* const b = dy + k * w.channels + c;
#pragma GCC unroll 4
          for (int n = 0; n < count; n++) sum[n] += fetch<V>(a + n * step) * fetch<V>(b + n * step);
        }
        float* const to = df + (i * w.filter_width + j) * w.channels + c;
#pragma GCC unroll 4
        for (int n = 0; n < count; n++) put<V>(to + n * step, fetch<V>(to + n * step) + sum[n]);
      });
    }
  }
}

// Sums along a row, then over the rows of a piece, then over the pieces: short sums lose little, and the pieces
// do not depend on the threads.
void filter_gradient(const Windows& w, const float* x, const float* dy, float* df) {
  const int64_t size = w.filter_height * w.filter_width * w.channels;
  const bool empty = w.batch == 0 || w.in_size() == 0 || w.out_size() == 0;
  const int64_t rows = empty ? 0 : w.batch * w.out_height, pieces = least(64, rows);
  Scratch scratch(0, pieces * size);
  float* const parts = scratch.shared();
  share(pieces, empty ? 0 : rows * cost_of_row(w), [&](int64_t piece, int) {
    float* const part = parts + piece * size;
    __builtin_memset(part, 0, sizeof(float) * size);
    for (int64_t row = piece * rows / pieces; row < (piece + 1) * rows / pieces; row++) {
      const int64_t image = row / w.out_height;
      row_of_filter_gradient(w, row % w.out_height, x + image * w.in_size(), dy + row * w.out_width * w.channels,
                             part);
    }
  });
  for (int64_t i = 0; i < size; i++) {
    double sum = 0;
    for (int64_t piece = 0; piece < pieces; piece++) sum += parts[piece * size + i];
    df[i] = static_cast<float>(sum);
  }
}

}  // namespace

void fill_depthwise(Depthwise& table) {
  table.forward = forward;
  table.input_gradient = input_gradient;
  table.filter_gradient = filter_gradient;
  table.affine = affine;
}

}  // namespace PCAM_ISA
}  // namespace pcam
