// Whole-number helpers, since a std:: template could be linked in from another instruction set's object file.
#pragma once
#include "simd/vector.h"

namespace pcam {
namespace PCAM_ISA {
namespace {

PCAM_INLINE int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }
PCAM_INLINE int64_t most(int64_t a, int64_t b) { return a > b ? a : b; }
PCAM_INLINE int64_t round_up(int64_t x, int64_t to) { return (x + to - 1) / to * to; }
// How many parts of `each` make up `count`.
PCAM_INLINE int64_t parts(int64_t count, int64_t each) { return (count + each - 1) / each; }

}  // namespace
}  // namespace PCAM_ISA
}  // namespace pcam
