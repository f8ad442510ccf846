// exp, log and what is made of them, for every float32: within 3 units in the last place, with the limits at
// infinities, NaN, and results below the normal range right. Polynomials for exp, log and tanh are those of
// Cephes (S. L. Moshier, single precision: expf, logf, tanhf); erf's were fitted here, as said beside them.
#pragma once
#include "simd/lanes.h"

namespace pcam {
namespace PCAM_ISA {
namespace {

// ln 2 in two parts; the first has ten bits, so that its product with an exponent is exact.
constexpr float kLn2High = 0.693359375f, kLn2Low = -2.12194440e-4f;

typedef uint32_t uvec __attribute__((vector_size(PCAM_WIDTH * 4)));

// Of bits: what leaves the range, as those of zero, negative and infinite numbers do, wraps around.
PCAM_INLINE ivec minus(ivec a, ivec b) { return (ivec)((uvec)a - (uvec)b); }
PCAM_INLINE ivec to_exponent_bits(ivec e) { return (ivec)((uvec)e << 23); }

// x = n ln 2 + r with |r| <= ln 2 / 2, for |x| < 2^21.
struct Reduced {
  ivec n;
  vec r;
};
PCAM_INLINE Reduced by_ln2(vec x) {
  const float shift = 12582912.0f;  // 1.5 · 2^23: whole numbers sit in the last bits
  const vec shifted = x * 1.44269504f + shift;
  const vec n = shifted - shift;
  return {minus((ivec)shifted, (ivec)splat(shift)), (x - n * kLn2High) - n * kLn2Low};
}

// (e^r - 1 - r) / r² for |r| <= ln 2 / 2.
PCAM_INLINE vec exp_tail(vec r) {
  vec p = r * 1.9875691500e-4f + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  return p * r + 5.0000001201e-1f;
}

// x · 2^n, rounded once, for |n| <= 250: in two steps, since 2^n itself may not be a float.
PCAM_INLINE vec scaled(vec x, ivec n) {
  const ivec half = n >> 1;
  return x * power_of_two(half) * power_of_two(n - half);
}

PCAM_INLINE vec exp_of(vec x) {
  // Infinity from 88.8 on, zero from -103.98 on.
  const Reduced at = by_ln2(at_least(at_most(x, 89.0f), -104.0f));
  return scaled((exp_tail(at.r) * at.r * at.r + at.r) + 1.0f, at.n);
}

// The same for x <= 0, where 2^(n + 64) is a float.
PCAM_INLINE vec exp_down(vec x) {
  const Reduced at = by_ln2(at_least(x, -104.0f));
  return ((exp_tail(at.r) * at.r * at.r + at.r) + 1.0f) * power_of_two(at.n + 64) * 5.421010862427522e-20f;
}

// (1 - 2^-n + (e^r - 1)) · 2^n, which cancels nowhere.
PCAM_INLINE vec expm1_of(vec x) {
  const Reduced at = by_ln2(at_least(at_most(x, 89.0f), -18.0f));  // -1 from -17.4 on
  const vec near = exp_tail(at.r) * at.r * at.r + at.r;
  const ivec down = at.n > 126 ? isplat(126) : at.n;
  const vec y = scaled((1.0f - power_of_two(-down)) + near, at.n);
  return select(magnitude(x) < 1e-10f, x, y);
}

// log(1 + f) + e ln 2 for sqrt(1/2) <= 1 + f < sqrt(2).
PCAM_INLINE vec log_sum(vec f, vec e) {
  vec p = f * 7.0376836292e-2f - 1.1514610310e-1f;
  p = p * f + 1.1676998740e-1f;
  p = p * f - 1.2420140846e-1f;
  p = p * f + 1.4249322787e-1f;
  p = p * f - 1.6668057665e-1f;
  p = p * f + 2.0000714765e-1f;
  p = p * f - 2.4999993993e-1f;
  p = p * f + 3.3333331174e-1f;
  const vec square = f * f;
  vec y = p * f * square + e * kLn2Low;
  y = y - square * 0.5f;
  return (f + y) + e * kLn2High;
}

// e such that x / 2^e lies in [sqrt(1/2), sqrt(2)), for normal x.
PCAM_INLINE ivec exponent(vec x) { return minus((ivec)x, isplat(0x3f3504f3)) >> 23; }

// The limits of log where x is zero, negative, infinite or NaN.
PCAM_INLINE vec log_limits(vec x, vec y) {
  y = select(x < infinity(), y, x);
  y = select(x == 0.0f, -infinity(), y);
  return select(x < 0.0f, not_a_number(), y);
}

PCAM_INLINE vec log_of(vec x) {
  const ivec small = x < 1.17549435e-38f;
  const vec normal = select(small, x * 8388608.0f, x);
  const ivec e = exponent(normal);
  const vec f = (vec)(minus((ivec)normal, to_exponent_bits(e))) - 1.0f;
  return log_limits(x, log_sum(f, to_float(e + (small & -23))));
}

PCAM_INLINE vec log1p_of(vec x) {
  const vec u = 1.0f + x;
  // What the sum lost; nothing that counts once x is large.
  const vec lost = select(x < 1.0f, x - (u - 1.0f), 1.0f - (u - x));
  const ivec e = exponent(u);
  const ivec down = e > 126 ? isplat(126) : e;
  const vec f = ((vec)(minus((ivec)u, to_exponent_bits(e))) - 1.0f) + lost * power_of_two(-down);
  const vec y = log_limits(u, log_sum(f, to_float(e)));
  return select(magnitude(x) < 1e-10f, x, y);
}

// For 0 <= x <= 1.
PCAM_INLINE vec log1p_to_ln2(vec x) {
  const vec u = 1.0f + x, lost = x - (u - 1.0f);
  const ivec e = exponent(u);
  return log_sum(((vec)(minus((ivec)u, to_exponent_bits(e))) - 1.0f) + lost * power_of_two(-e), to_float(e));
}

PCAM_INLINE vec sigmoid_of(vec x) {
  const vec e = exp_down(-magnitude(x));
  return select(x < 0.0f, e, splat(1.0f)) / (1.0f + e);
}

// log(1 + e^x). tfjs takes e^x below -13.9 and x above 13.9, which is this to within a few last places.
PCAM_INLINE vec softplus_of(vec x) {
  const vec y = log1p_to_ln2(exp_down(-magnitude(x)));
  return select(x > 0.0f, x + y, y);
}

PCAM_INLINE vec tanh_of(vec x) {
  const vec size = magnitude(x), s = x * x;
  const vec e = exp_down(-(size + size));
  vec p = s * -5.70498872745e-3f + 2.06390887954e-2f;
  p = p * s - 5.37397155531e-2f;
  p = p * s + 1.33314422036e-1f;
  p = p * s - 3.33332819422e-1f;
  const vec large = (1.0f - e) / (1.0f + e);
  return select(size < 0.625f, p * s * x + x, with_sign(large, x));
}

// Up to 1: x + x P(x²), beyond: 1 - e^-Q(|x|) with Q = -log erfc. Both fitted by least squares, reweighted until
// the largest error relative to erf was least (Lawson): 1.2e-9 and 1.1e-9.
PCAM_INLINE vec erf_of(vec x) {
  const vec s = x * x;
  vec p = s * 7.853858e-05f - 0.00080101925f;
  p = p * s + 0.0051883277f;
  p = p * s - 0.026853811f;
  p = p * s + 0.112835854f;
  p = p * s - 0.37612626f;
  p = p * s + 0.12837917f;
  const vec size = magnitude(x);
  const vec t = at_most(size, 4.0f);
  vec q = t * -0.00018638009f + 0.0029476667f;
  q = q * t - 0.021838097f;
  q = q * t + 0.10310682f;
  q = q * t + 0.63814473f;
  q = q * t + 1.1270893f;
  q = q * t + 0.00034151258f;
  const vec large = 1.0f - exp_down(-q);
  return select(size < 1.0f, x + x * p, with_sign(large, x));
}

// Gaussian error linear unit in its tanh form, x · sigmoid(2u) with 2u = sqrt(8/π) (x + 0.044715 x³). Beyond ±16
// the sigmoid is 0 or 1, and the cube would overflow.
struct Gate {
  vec twice_u, slope;  // 2u and its derivative
};
PCAM_INLINE Gate gelu_gate(vec x) {
  const vec t = at_least(at_most(x, 16.0f), -16.0f);
  const float scale = 1.5957691216057308f, cubic = 0.044715f * 1.5957691216057308f;
  const vec s = t * t;
  return {t * (scale + cubic * s), scale + 3.0f * cubic * s};
}
PCAM_INLINE vec gelu_of(vec x) { return x * sigmoid_of(gelu_gate(x).twice_u); }
PCAM_INLINE vec gelu_slope(vec x) {
  const Gate gate = gelu_gate(x);
  const vec e = exp_down(-magnitude(gate.twice_u));
  const vec part = 1.0f / (1.0f + e);
  const vec sigmoid = select(gate.twice_u < 0.0f, e * part, part);
  return sigmoid + x * (e * part * part) * gate.slope;
}

}  // namespace
}  // namespace PCAM_ISA
}  // namespace pcam
