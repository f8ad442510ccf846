// What the sources of the moving family share.
#pragma once
#include "simd/channels.h"
#include "simd/move.h"

namespace pcam {
namespace PCAM_ISA {

void fill_move_indexed(Moving& table);

namespace {

// memcpy's call costs more than moving a short row does.
template <class T>
PCAM_INLINE void copy_row(const T* from, T* to, int64_t n) {
  constexpr int64_t step = sizeof(vec) / sizeof(T);
  if (n > 16 * step) {
    __builtin_memcpy(to, from, sizeof(T) * n);
    return;
  }
  int64_t i = 0;
  for (; i + step <= n; i += step) {
    vec v;
    __builtin_memcpy(&v, from + i, sizeof v);
    __builtin_memcpy(to + i, &v, sizeof v);
  }
  for (; i < n; i++) to[i] = from[i];
}

}  // namespace
}  // namespace PCAM_ISA
}  // namespace pcam
