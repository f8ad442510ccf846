// Convolution term by term. Padding is left out instead of multiplied by zero, and no sum takes in a value that is
// not its own: what is needed where values are infinite or NaN, which the faster ways would spread.
#pragma once
#include "simd/im2col.h"
#include "threads.h"

namespace pcam {
namespace PCAM_ISA {
namespace {

// Raised by any thread that has seen a result which is infinite or NaN.
struct Flag {
  bool raised = false;
  void raise_if(bool condition) {
    if (condition) __atomic_store_n(&raised, true, __ATOMIC_RELAXED);
  }
};

PCAM_INLINE bool any(ivec mask) {
  int32_t lanes = 0;
  for (int i = 0; i < W; i++) lanes |= mask[i];
  return lanes != 0;
}

// All ones where x is infinite or NaN.
PCAM_INLINE ivec not_finite(vec x) { return (ivec)(x - x != vec{}); }

// Rows of n values that lie ld apart.
PCAM_INLINE bool all_finite(const float* values, int64_t rows, int64_t n, int64_t ld) {
  ivec seen{};
  bool tail = false;
  for (int64_t row = 0; row < rows; row++, values += ld) {
    int64_t i = 0;
    for (; i + W <= n; i += W) seen |= not_finite(load(values + i));
    for (; i < n; i++) tail |= values[i] - values[i] != 0;
  }
  return !tail && !any(seen);
}

// f(input row, input column, filter cell) for the cells of the filter that output (i, j) sees of the input.
template <class F>
PCAM_INLINE void each_cell(const ConvShape& s, int64_t i, int64_t j, F&& f) {
  for (int64_t a = 0; a < s.filter_h; a++) {
    const int64_t y = i * s.stride_h - s.pad_top + a * s.dilation_h;
    if (y < 0 || y >= s.in_h) continue;
    for (int64_t b = 0; b < s.filter_w; b++) {
      const int64_t x = j * s.stride_w - s.pad_left + b * s.dilation_w;
      if (x >= 0 && x < s.in_w) f(y, x, a * s.filter_w + b);
    }
  }
}

// to[0, n) += scale · from[0, n)
PCAM_INLINE void add_scaled(float* to, float scale, const float* from, int64_t n) {
  for (int64_t i = 0; i < n; i++) to[i] += scale * from[i];
}

void forward_plain(const ConvShape& s, const float* x, const float* filter, const float* bias, Activation activation,
                   float* y) {
  parallel(s.batch * s.out_h, [&](int64_t row, int) {
    const int64_t image = row / s.out_h, i = row % s.out_h;
    for (int64_t j = 0; j < s.out_w; j++) {
      float* const out = y + (row * s.out_w + j) * s.out_c;
      clear_floats(out, s.out_c);
      each_cell(s, i, j, [&](int64_t r, int64_t c, int64_t cell) {
        const float* const in = x + ((image * s.in_h + r) * s.in_w + c) * s.in_c;
        for (int64_t k = 0; k < s.in_c; k++) add_scaled(out, in[k], filter + (cell * s.in_c + k) * s.out_c, s.out_c);
      });
      for (int64_t n = 0; n < s.out_c; n++) {
        const vec value = splat(bias ? out[n] + bias[n] : out[n]);
        out[n] = activate(value, activation)[0];
      }
    }
  });
}

void input_gradient_plain(const ConvShape& s, const float* dy, const float* filter, float* dx) {
  parallel(s.batch, [&](int64_t image, int) {
    float* const out = dx + image * s.in_h * s.in_w * s.in_c;
    clear_floats(out, s.in_h * s.in_w * s.in_c);
    for (int64_t i = 0; i < s.out_h; i++) {
      for (int64_t j = 0; j < s.out_w; j++) {
        const float* const from = dy + ((image * s.out_h + i) * s.out_w + j) * s.out_c;
        each_cell(s, i, j, [&](int64_t r, int64_t c, int64_t cell) {
          for (int64_t k = 0; k < s.in_c; k++) {
            const float* const weights = filter + (cell * s.in_c + k) * s.out_c;
            float sum = 0;
            for (int64_t n = 0; n < s.out_c; n++) sum += from[n] * weights[n];
            out[(r * s.in_w + c) * s.in_c + k] += sum;
          }
        });
      }
    }
  });
}

void filter_gradient_plain(const ConvShape& s, const float* x, const float* dy, float* dfilter) {
  parallel(s.in_c, [&](int64_t k, int) {
    for (int64_t cell = 0; cell < s.filter_h * s.filter_w; cell++) {
      clear_floats(dfilter + (cell * s.in_c + k) * s.out_c, s.out_c);
    }
    for (int64_t row = 0; row < s.batch * s.out_h; row++) {
      const int64_t image = row / s.out_h;
      for (int64_t j = 0; j < s.out_w; j++) {
        const float* const from = dy + (row * s.out_w + j) * s.out_c;
        each_cell(s, row % s.out_h, j, [&](int64_t r, int64_t c, int64_t cell) {
          const float value = x[((image * s.in_h + r) * s.in_w + c) * s.in_c + k];
          add_scaled(dfilter + (cell * s.in_c + k) * s.out_c, value, from, s.out_c);
        });
      }
    }
  });
}

}  // namespace
}  // namespace PCAM_ISA
}  // namespace pcam
