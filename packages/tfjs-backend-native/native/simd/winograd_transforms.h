// Winograd's minimal filtering F(m, 3) in one dimension (Lavin & Gray 2016, "Fast algorithms for convolutional
// neural networks", arXiv:1509.09308): y = Aᵀ[(G g) ⊙ (Bᵀ d)], m results from m + 2 inputs by m + 2 products.
// The points are not the usual small whole numbers: those below have powers that spread less, and with them
// errors of about 0.8, 1.3 and 2.3 times that of direct float32 convolution for m = 2, 3, 4 instead of 0.8,
// 2.5 and 5.
#pragma once
#include "simd/vector.h"

namespace pcam {
namespace PCAM_ISA {
namespace {

template <int M>
struct Winograd;

template <>
struct Winograd<2> {
  static constexpr int kPoints = 4;
  PCAM_INLINE void input(const vec* d, vec* v) {
    v[0] = d[0] - d[2];
    v[1] = d[1] + d[2];
    v[2] = d[2] - d[1];
    v[3] = d[1] - d[3];
  }
  PCAM_INLINE void filter(const vec* g, vec* u) {
    const vec half = 0.5f * (g[0] + g[2]);
    u[0] = g[0];
    u[1] = half + 0.5f * g[1];
    u[2] = half - 0.5f * g[1];
    u[3] = g[2];
  }
  PCAM_INLINE void output(const vec* p, vec* y) {
    y[0] = p[0] + p[1] + p[2];
    y[1] = p[1] - p[2] - p[3];
  }
  // Transposes of output and filter, for the filter's gradient.
  PCAM_INLINE void output_transposed(const vec* y, vec* p) {
    p[0] = y[0];
    p[1] = y[0] + y[1];
    p[2] = y[0] - y[1];
    p[3] = -y[1];
  }
  PCAM_INLINE void filter_transposed(const vec* u, vec* g) {
    const vec sum = 0.5f * (u[1] + u[2]);
    g[0] = u[0] + sum;
    g[1] = 0.5f * (u[1] - u[2]);
    g[2] = u[3] + sum;
  }
};

// Points ±a, ±b, infinity with a = 1/2, b = 5/4.
template <>
struct Winograd<3> {
  static constexpr int kPoints = 5;
  static constexpr float a = 0.5f, b = 1.25f, aa = a * a, bb = b * b;
  // 1 / (2a(a² − b²)) and 1 / (2b(b² − a²)).
  static constexpr float na = 1 / (2 * a * (aa - bb)), nb = 1 / (2 * b * (bb - aa));
  PCAM_INLINE void input(const vec* d, vec* v) {
    const vec odd_a = d[3] - bb * d[1], even_a = a * (d[2] - bb * d[0]);
    const vec odd_b = d[3] - aa * d[1], even_b = b * (d[2] - aa * d[0]);
    v[0] = odd_a + even_a;
    v[1] = odd_a - even_a;
    v[2] = odd_b + even_b;
    v[3] = odd_b - even_b;
    v[4] = d[4] - (aa + bb) * d[2] + (aa * bb) * d[0];
  }
  PCAM_INLINE void filter(const vec* g, vec* u) {
    const vec even_a = na * g[0] + (na * aa) * g[2], odd_a = (na * a) * g[1];
    const vec even_b = nb * g[0] + (nb * bb) * g[2], odd_b = (nb * b) * g[1];
    u[0] = odd_a + even_a;
    u[1] = odd_a - even_a;
    u[2] = odd_b + even_b;
    u[3] = odd_b - even_b;
    u[4] = g[2];
  }
  PCAM_INLINE void output(const vec* p, vec* y) {
    const vec sum_a = p[0] + p[1], sum_b = p[2] + p[3];
    y[0] = sum_a + sum_b;
    y[1] = a * (p[0] - p[1]) + b * (p[2] - p[3]);
    y[2] = aa * sum_a + bb * sum_b + p[4];
  }
  PCAM_INLINE void output_transposed(const vec* y, vec* p) {
    const vec even_a = y[0] + aa * y[2], even_b = y[0] + bb * y[2];
    p[0] = even_a + a * y[1];
    p[1] = even_a - a * y[1];
    p[2] = even_b + b * y[1];
    p[3] = even_b - b * y[1];
    p[4] = y[2];
  }
  PCAM_INLINE void filter_transposed(const vec* u, vec* g) {
    const vec difference_a = u[0] - u[1], difference_b = u[2] - u[3];
    g[0] = na * difference_a + nb * difference_b;
    g[1] = (na * a) * (u[0] + u[1]) + (nb * b) * (u[2] + u[3]);
    g[2] = (na * aa) * difference_a + (nb * bb) * difference_b + u[4];
  }
};

// Points 0, ±a, ±b, infinity with a² = 1/2, b² = 2.
template <>
struct Winograd<4> {
  static constexpr int kPoints = 6;
  static constexpr float a = 0.70710678118654752f, b = 1.41421356237309505f;
  PCAM_INLINE void input(const vec* d, vec* v) {
    const vec even_a = d[4] - 2.0f * d[2], odd_a = a * (d[3] - 2.0f * d[1]);
    const vec even_b = d[4] - 0.5f * d[2], odd_b = b * (d[3] - 0.5f * d[1]);
    v[0] = d[4] - 2.5f * d[2] + d[0];
    v[1] = even_a + odd_a;
    v[2] = even_a - odd_a;
    v[3] = even_b + odd_b;
    v[4] = even_b - odd_b;
    v[5] = d[5] - 2.5f * d[3] + d[1];
  }
  // 1 / (2a²(a² − b²)) = −2/3 and 1 / (2b²(b² − a²)) = 1/6.
  PCAM_INLINE void filter(const vec* g, vec* u) {
    const vec even_a = (-2.0f / 3.0f) * g[0] + (-1.0f / 3.0f) * g[2], odd_a = (-2.0f / 3.0f * a) * g[1];
    const vec even_b = (1.0f / 6.0f) * g[0] + (1.0f / 3.0f) * g[2], odd_b = (1.0f / 6.0f * b) * g[1];
    u[0] = g[0];
    u[1] = even_a + odd_a;
    u[2] = even_a - odd_a;
    u[3] = even_b + odd_b;
    u[4] = even_b - odd_b;
    u[5] = g[2];
  }
  PCAM_INLINE void output(const vec* p, vec* y) {
    const vec sum_a = p[1] + p[2], difference_a = a * (p[1] - p[2]);
    const vec sum_b = p[3] + p[4], difference_b = b * (p[3] - p[4]);
    y[0] = p[0] + sum_a + sum_b;
    y[1] = difference_a + difference_b;
    y[2] = 0.5f * sum_a + 2.0f * sum_b;
    y[3] = 0.5f * difference_a + 2.0f * difference_b + p[5];
  }
  PCAM_INLINE void output_transposed(const vec* y, vec* p) {
    const vec even_a = y[0] + 0.5f * y[2], odd_a = a * (y[1] + 0.5f * y[3]);
    const vec even_b = y[0] + 2.0f * y[2], odd_b = b * (y[1] + 2.0f * y[3]);
    p[0] = y[0];
    p[1] = even_a + odd_a;
    p[2] = even_a - odd_a;
    p[3] = even_b + odd_b;
    p[4] = even_b - odd_b;
    p[5] = y[3];
  }
  PCAM_INLINE void filter_transposed(const vec* u, vec* g) {
    const vec sum_a = u[1] + u[2], sum_b = u[3] + u[4];
    g[0] = u[0] + (-2.0f / 3.0f) * sum_a + (1.0f / 6.0f) * sum_b;
    g[1] = (-2.0f / 3.0f * a) * (u[1] - u[2]) + (1.0f / 6.0f * b) * (u[3] - u[4]);
    g[2] = u[5] + (1.0f / 3.0f) * (sum_b - sum_a);
  }
};

// A one-dimensional transform of IN values to OUT along both axes of a square.
template <int IN, int OUT, void (*Transform)(const vec*, vec*)>
PCAM_INLINE void both_axes(const vec* in, vec* out) {
  vec middle[IN * OUT];
#pragma GCC unroll 8
  for (int row = 0; row < IN; row++) Transform(in + row * IN, middle + row * OUT);
#pragma GCC unroll 8
  for (int column = 0; column < OUT; column++) {
    vec from[IN], to[OUT];
#pragma GCC unroll 8
    for (int row = 0; row < IN; row++) from[row] = middle[row * OUT + column];
    Transform(from, to);
#pragma GCC unroll 8
    for (int row = 0; row < OUT; row++) out[row * OUT + column] = to[row];
  }
}

}  // namespace
}  // namespace PCAM_ISA
}  // namespace pcam
