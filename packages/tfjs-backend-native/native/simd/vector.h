// Vectors of PCAM_WIDTH floats in the compilers' own notation, so that one source serves every
// instruction set. Included by sources compiled once per set, inside whose namespace all of it lives:
// nothing here may be a template or inline function that another set's object file also defines.
#pragma once
#include <stddef.h>
#include <stdint.h>

#define PCAM_INLINE static inline __attribute__((always_inline))

namespace pcam {
namespace PCAM_ISA {
namespace {

constexpr int W = PCAM_WIDTH;
typedef float vec __attribute__((vector_size(PCAM_WIDTH * 4)));
typedef int32_t ivec __attribute__((vector_size(PCAM_WIDTH * 4)));

PCAM_INLINE vec load(const float* p) {
  vec v;
  __builtin_memcpy(&v, p, sizeof v);
  return v;
}
PCAM_INLINE void store(float* p, vec v) { __builtin_memcpy(p, &v, sizeof v); }
PCAM_INLINE ivec load(const int32_t* p) {
  ivec v;
  __builtin_memcpy(&v, p, sizeof v);
  return v;
}
PCAM_INLINE void store(int32_t* p, ivec v) { __builtin_memcpy(p, &v, sizeof v); }
PCAM_INLINE vec splat(float x) { return x - vec{}; }
PCAM_INLINE ivec isplat(int32_t x) { return x - ivec{}; }

// The first n < W values; the rest is zero. Reads and writes no further.
PCAM_INLINE vec load_part(const float* p, int n) {
  vec v{};
  __builtin_memcpy(&v, p, sizeof(float) * n);
  return v;
}
PCAM_INLINE void store_part(float* p, vec v, int n) { __builtin_memcpy(p, &v, sizeof(float) * n); }

// Per lane: mask ? a : b, where mask is a comparison's result (all ones or zero).
PCAM_INLINE vec select(ivec mask, vec a, vec b) {
  return (vec)(((ivec)a & mask) | ((ivec)b & ~mask));
}
// NaN where either is.
PCAM_INLINE vec max_nan(vec a, vec b) { return select(a != a, a, select(b > a, b, select(b != b, b, a))); }
PCAM_INLINE vec min_nan(vec a, vec b) { return select(a != a, a, select(b < a, b, select(b != b, b, a))); }

}  // namespace
}  // namespace PCAM_ISA
}  // namespace pcam
