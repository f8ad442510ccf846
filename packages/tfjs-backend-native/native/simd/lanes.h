// What element-wise kernels need of vectors beyond vector.h: bits, roundings, roots and bytes.
#pragma once
#include "simd/vector.h"

#if defined(__SSE2__)
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

namespace pcam {
namespace PCAM_ISA {
namespace {

typedef uint8_t bvec __attribute__((vector_size(PCAM_WIDTH)));

constexpr int32_t kSignBit = INT32_MIN;

PCAM_INLINE vec infinity() { return splat(__builtin_inff()); }
PCAM_INLINE vec not_a_number() { return splat(__builtin_nanf("")); }
PCAM_INLINE vec magnitude(vec x) { return (vec)((ivec)x & ~kSignBit); }
// x >= 0 with the sign of y.
PCAM_INLINE vec with_sign(vec x, vec y) { return (vec)((ivec)x | ((ivec)y & kSignBit)); }
PCAM_INLINE vec to_float(ivec n) { return __builtin_convertvector(n, vec); }
// 2^n for -126 <= n <= 127.
PCAM_INLINE vec power_of_two(ivec n) { return (vec)((n + 127) << 23); }

PCAM_INLINE vec root(vec x) {
#if PCAM_WIDTH == 16 && defined(__AVX512F__)
  return (vec)_mm512_maskz_sqrt_ps((__mmask16)0xffff, (__m512)x);
#elif PCAM_WIDTH == 8 && defined(__AVX__)
  return (vec)_mm256_sqrt_ps((__m256)x);
#elif PCAM_WIDTH == 4 && defined(__SSE2__)
  return (vec)_mm_sqrt_ps((__m128)x);
#elif PCAM_WIDTH == 4 && defined(__aarch64__)
  return (vec)vsqrtq_f32((float32x4_t)x);
#else
  for (int i = 0; i < W; i++) x[i] = __builtin_sqrtf(x[i]);
  return x;
#endif
}

// The smaller and the larger in one instruction; b where either is NaN.
PCAM_INLINE vec least_of(vec a, vec b) {
#if PCAM_WIDTH == 16 && defined(__AVX512F__)
  return (vec)_mm512_maskz_min_ps((__mmask16)0xffff, (__m512)a, (__m512)b);
#elif PCAM_WIDTH == 8 && defined(__AVX__)
  return (vec)_mm256_min_ps((__m256)a, (__m256)b);
#elif PCAM_WIDTH == 4 && defined(__SSE2__)
  return (vec)_mm_min_ps((__m128)a, (__m128)b);
#else
  return select(a < b, a, b);
#endif
}
PCAM_INLINE vec greatest_of(vec a, vec b) {
#if PCAM_WIDTH == 16 && defined(__AVX512F__)
  return (vec)_mm512_maskz_max_ps((__mmask16)0xffff, (__m512)a, (__m512)b);
#elif PCAM_WIDTH == 8 && defined(__AVX__)
  return (vec)_mm256_max_ps((__m256)a, (__m256)b);
#elif PCAM_WIDTH == 4 && defined(__SSE2__)
  return (vec)_mm_max_ps((__m128)a, (__m128)b);
#else
  return select(a > b, a, b);
#endif
}
// Within a limit; NaN stays NaN.
PCAM_INLINE vec at_most(vec x, float limit) { return least_of(splat(limit), x); }
PCAM_INLINE vec at_least(vec x, float limit) { return greatest_of(splat(limit), x); }

// To whole numbers, halves to the even one.
PCAM_INLINE vec nearest(vec x) {
  const vec big = splat(8388608.0f);  // 2^23: from here on all are whole
  const vec size = magnitude(x);
  return select(size < big, with_sign((size + big) - big, x), x);
}
PCAM_INLINE vec floor(vec x) {
  const vec near = nearest(x);
  return select(near > x, near - 1.0f, near);
}
PCAM_INLINE vec ceil(vec x) {
  const vec near = nearest(x);
  return with_sign(magnitude(select(near < x, near + 1.0f, near)), x);
}

// Like Math.max and Math.min: NaN where either is, and -0 below 0.
PCAM_INLINE vec maximum(vec a, vec b) {
  return select(a == b, (vec)((ivec)a & (ivec)b), max_nan(a, b));
}
PCAM_INLINE vec minimum(vec a, vec b) {
  return select(a == b, (vec)((ivec)a | (ivec)b), min_nan(a, b));
}

// Writes past the caches where the processor can; p lies on a vector's boundary. Others see it after `streamed`.
PCAM_INLINE void stream(float* p, vec v) {
#if PCAM_WIDTH == 16 && defined(__AVX512F__)
  _mm512_stream_ps(p, (__m512)v);
#elif PCAM_WIDTH == 8 && defined(__AVX__)
  _mm256_stream_ps(p, (__m256)v);
#elif PCAM_WIDTH == 4 && defined(__SSE2__)
  _mm_stream_ps(p, (__m128)v);
#else
  store(p, v);
#endif
}
PCAM_INLINE void streamed() {
#if defined(__SSE2__)
  _mm_sfence();
#endif
}
PCAM_INLINE bool on_boundary(const void* p) { return reinterpret_cast<uintptr_t>(p) % sizeof(vec) == 0; }

// 1 where a comparison holds, else 0.
PCAM_INLINE bvec truths(ivec mask) { return __builtin_convertvector(mask & 1, bvec); }
PCAM_INLINE void stream(uint8_t* p, bvec v) { __builtin_memcpy(p, &v, sizeof v); }
PCAM_INLINE void store(uint8_t* p, bvec v) { __builtin_memcpy(p, &v, sizeof v); }
PCAM_INLINE void store_part(uint8_t* p, bvec v, int n) { __builtin_memcpy(p, &v, n); }

}  // namespace
}  // namespace PCAM_ISA
}  // namespace pcam
