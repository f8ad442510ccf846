// Between images and Winograd's domain: tiles of M x M outputs, and the (M + 2)² planes of their transforms.
#pragma once
#include "simd/conv_plain.h"
#include "simd/im2col.h"
#include "simd/product.h"
#include "simd/winograd_transforms.h"

namespace pcam {
namespace PCAM_ISA {
namespace {

// Planes lie a cache line further apart than they need to, or their lines would share few cache sets.
constexpr int64_t kApart = 16;

// A 3x3 convolution of stride 1 from images [.., in_h, in_w, in_c] to [.., out_h, out_w, out_c].
struct Pass {
  int64_t batch, in_h, in_w, in_c, out_h, out_w, out_c, pad_top, pad_left;

  int64_t tile_rows(int m) const { return (out_h + m - 1) / m; }
  int64_t tile_columns(int m) const { return (out_w + m - 1) / m; }
  int64_t tiles(int m) const { return batch * tile_rows(m) * tile_columns(m); }
};

// Where tile `number` begins among the outputs.
struct Place {
  int64_t image, row, column;
  Place(const Pass& pass, int m, int64_t number) {
    const int64_t columns = pass.tile_columns(m), per_image = columns * pass.tile_rows(m);
    image = number / per_image;
    row = number % per_image / columns * m;
    column = number % columns * m;
  }
};

// f(c, n) for vectors from c that hold n values, n < W only for the last.
template <class F>
PCAM_INLINE void each_vector(int64_t count, F&& f) {
  int64_t c = 0;
  for (; c + W <= count; c += W) f(c, W);
  if (c < count) f(c, static_cast<int>(count - c));
}

PCAM_INLINE vec load_some(const float* p, int n) { return n == W ? load(p) : load_part(p, n); }
PCAM_INLINE void store_some(float* p, vec v, int n) {
  if (n == W) store(p, v);
  else store_part(p, v, n);
}

// Transforms channels [c0, c1) of tiles [first, first + count): planes [count][c1 - c0]. `zeros` holds as many
// zeros as there are channels.
template <int M>
void transform_inputs(const Pass& pass, const float* images, int64_t first, int64_t count, int64_t c0, int64_t c1,
                      const float* zeros, float* planes, int64_t plane) {
  constexpr int P = Winograd<M>::kPoints;
  const int64_t width = c1 - c0;
  for (int64_t t = 0; t < count; t++) {
    const Place at(pass, M, first + t);
    const float* from[P * P];
    for (int i = 0; i < P; i++) {
      const int64_t y = at.row - pass.pad_top + i;
      for (int j = 0; j < P; j++) {
        const int64_t x = at.column - pass.pad_left + j;
        const bool inside = y >= 0 && y < pass.in_h && x >= 0 && x < pass.in_w;
        from[i * P + j] = inside ? images + ((at.image * pass.in_h + y) * pass.in_w + x) * pass.in_c + c0 : zeros;
      }
    }
    float* const to = planes + t * width;
    each_vector(width, [&](int64_t c, int n) {
      vec d[P * P], v[P * P];
#pragma GCC unroll 36
      for (int i = 0; i < P * P; i++) d[i] = load_some(from[i] + c, n);
      both_axes<P, P, Winograd<M>::input>(d, v);
#pragma GCC unroll 36
      for (int i = 0; i < P * P; i++) store_some(to + i * plane + c, v[i], n);
    });
  }
}

// From planes [count][n1 - n0] to channels [n0, n1) of the outputs of tiles [first, first + count); false if one of
// them is infinite or NaN.
template <int M>
bool transform_outputs(const Pass& pass, const float* planes, int64_t plane, int64_t first, int64_t count, int64_t n0,
                       int64_t n1, const float* bias, Activation activation, float* images) {
  constexpr int P = Winograd<M>::kPoints;
  const int64_t width = n1 - n0;
  ivec seen{};
  for (int64_t t = 0; t < count; t++) {
    const Place at(pass, M, first + t);
    float* const to = images + ((at.image * pass.out_h + at.row) * pass.out_w + at.column) * pass.out_c + n0;
    const int rows = static_cast<int>(least(M, pass.out_h - at.row));
    const int columns = static_cast<int>(least(M, pass.out_w - at.column));
    each_vector(width, [&](int64_t c, int n) {
      vec p[P * P], out[M * M];
#pragma GCC unroll 36
      for (int i = 0; i < P * P; i++) p[i] = load_some(planes + i * plane + t * width + c, n);
      both_axes<P, M, Winograd<M>::output>(p, out);
      const vec shift = bias ? load_some(bias + n0 + c, n) : vec{};
#pragma GCC unroll 4
      for (int i = 0; i < M; i++) {
#pragma GCC unroll 4
        for (int j = 0; j < M; j++) {
          if (i >= rows || j >= columns) continue;
          seen |= not_finite(out[i * M + j]);
          store_some(to + (i * pass.out_w + j) * pass.out_c + c, activate(out[i * M + j] + shift, activation), n);
        }
      }
    });
  }
  return !any(seen);
}

// The transpose of the outputs' transform, of dy's tiles: planes of packed panels [n / kColumns][count][kColumns].
template <int M>
void transform_output_gradients(const Pass& pass, const float* images, int64_t first, int64_t count, float* planes,
                                int64_t plane) {
  constexpr int P = Winograd<M>::kPoints;
  const int64_t n = pass.out_c;
  for (int64_t t = 0; t < count; t++) {
    const Place at(pass, M, first + t);
    const float* const from = images + ((at.image * pass.out_h + at.row) * pass.out_w + at.column) * n;
    const int rows = static_cast<int>(least(M, pass.out_h - at.row));
    const int columns = static_cast<int>(least(M, pass.out_w - at.column));
    for (int64_t c = 0; c < round_up(n, kColumns); c += W) {
      const int lanes = static_cast<int>(most(0, least(W, n - c)));
      vec y[M * M], p[P * P];
#pragma GCC unroll 4
      for (int i = 0; i < M; i++) {
#pragma GCC unroll 4
        for (int j = 0; j < M; j++) {
          const bool inside = i < rows && j < columns;
          y[i * M + j] = inside ? load_some(from + (i * pass.out_w + j) * n + c, lanes) : vec{};
        }
      }
      both_axes<M, P, Winograd<M>::output_transposed>(y, p);
      float* const to = planes + (c / kColumns * count + t) * kColumns + c % kColumns;
#pragma GCC unroll 36
      for (int i = 0; i < P * P; i++) store(to + i * plane, p[i]);
    }
  }
}

// 3x3 filters [3][3][k][n] as planes of packed panels [n / kColumns][k][kColumns]; rows [k0, k1) of them.
template <int M>
void transform_filters(const float* filter, int64_t k, int64_t n, int64_t k0, int64_t k1, float* planes,
                       int64_t plane) {
  constexpr int P = Winograd<M>::kPoints;
  for (int64_t c = 0; c < round_up(n, kColumns); c += W) {
    const int lanes = static_cast<int>(most(0, least(W, n - c)));
    for (int64_t p = k0; p < k1; p++) {
      vec g[9], u[P * P];
#pragma GCC unroll 9
      for (int i = 0; i < 9; i++) g[i] = load_some(filter + (i * k + p) * n + c, lanes);
      both_axes<3, P, Winograd<M>::filter>(g, u);
      float* const to = planes + (c / kColumns * k + p) * kColumns + c % kColumns;
#pragma GCC unroll 36
      for (int i = 0; i < P * P; i++) store(to + i * plane, u[i]);
    }
  }
}

// The same of the filters turned by half a turn with inputs and outputs exchanged, for the input's gradient:
// filter [3][3][n][k] as planes of panels [n / kColumns][k][kColumns].
template <int M>
void transform_turned_filters(const float* filter, int64_t k, int64_t n, int64_t k0, int64_t k1, float* planes,
                              int64_t plane) {
  constexpr int P = Winograd<M>::kPoints;
  for (int64_t c = 0; c < round_up(n, kColumns); c += W) {
    const int lanes = static_cast<int>(most(0, least(W, n - c)));
    for (int64_t p0 = k0; p0 < k1; p0 += W) {
      const int depth = static_cast<int>(least(W, k1 - p0));
      float turned[9][W][W] = {};
      for (int i = 0; i < 9; i++) {
        for (int lane = 0; lane < lanes; lane++) {
          const float* const from = filter + (i * n + c + lane) * k + p0;
          for (int q = 0; q < depth; q++) turned[8 - i][q][lane] = from[q];
        }
      }
      for (int q = 0; q < depth; q++) {
        vec g[9], u[P * P];
#pragma GCC unroll 9
        for (int i = 0; i < 9; i++) g[i] = load(turned[i][q]);
        both_axes<3, P, Winograd<M>::filter>(g, u);
        float* const to = planes + (c / kColumns * k + p0 + q) * kColumns + c % kColumns;
#pragma GCC unroll 36
        for (int i = 0; i < P * P; i++) store(to + i * plane, u[i]);
      }
    }
  }
}

}  // namespace
}  // namespace PCAM_ISA
}  // namespace pcam
