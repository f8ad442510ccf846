// Half a vector's floats as doubles, for sums that lose nothing.
#pragma once
#include "simd/vector.h"

namespace pcam {
namespace PCAM_ISA {
namespace {

constexpr int H = W / 2;
typedef float half_vec __attribute__((vector_size(PCAM_WIDTH * 2)));
typedef double wide __attribute__((vector_size(PCAM_WIDTH * 4)));
typedef int64_t wide_mask __attribute__((vector_size(PCAM_WIDTH * 4)));

PCAM_INLINE wide load_wide(const float* p) {
  half_vec v;
  __builtin_memcpy(&v, p, sizeof v);
  return __builtin_convertvector(v, wide);
}
PCAM_INLINE void store_narrow(float* p, wide v) {
  const half_vec narrow = __builtin_convertvector(v, half_vec);
  __builtin_memcpy(p, &narrow, sizeof narrow);
}
PCAM_INLINE wide load_wide(const double* p) {
  wide v;
  __builtin_memcpy(&v, p, sizeof v);
  return v;
}
PCAM_INLINE void store_wide(double* p, wide v) { __builtin_memcpy(p, &v, sizeof v); }
PCAM_INLINE wide splat_wide(double x) { return x - wide{}; }
PCAM_INLINE wide select_wide(wide_mask mask, wide a, wide b) {
  return (wide)(((wide_mask)a & mask) | ((wide_mask)b & ~mask));
}

}  // namespace
}  // namespace PCAM_ISA
}  // namespace pcam
