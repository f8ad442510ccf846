#include "simd/convert.h"

#include "simd/split.h"

namespace pcam {
namespace PCAM_ISA {
namespace {

// The loops below are plain for compilers to vectorise.

PCAM_INLINE int32_t to_int32(float x) {
  if (x > -2147483648.0f && x < 2147483648.0f) return static_cast<int32_t>(x);
  if (!(__builtin_fabsf(x) < __builtin_inff())) return 0;
  const double rest = __builtin_fmod(static_cast<double>(x), 4294967296.0);
  return static_cast<int32_t>(static_cast<uint32_t>(static_cast<int64_t>(rest)));
}

#define ONE(name, In, Out, expression)                          \
  void name(const In* from, Out* y, int64_t count) {            \
    each_piece(count, [&](int64_t begin, int64_t end) {         \
      for (int64_t i = begin; i < end; i++) {                   \
        const In x = from[i];                                   \
        y[i] = static_cast<Out>(expression);                    \
      }                                                         \
    });                                                         \
  }
ONE(int_to_float, int32_t, float, x)
ONE(bool_to_float, uint8_t, float, x)
ONE(float_to_int, float, int32_t, to_int32(x))
ONE(is_finite, float, uint8_t, __builtin_fabsf(x) < __builtin_inff())
ONE(is_inf, float, uint8_t, __builtin_fabsf(x) == __builtin_inff())
ONE(is_nan, float, uint8_t, x != x)
ONE(to_bool, float, uint8_t, x != 0)
ONE(logical_not, uint8_t, uint8_t, x == 0)
#undef ONE

void logical_and(const uint8_t* a, const uint8_t* b, uint8_t* y, int64_t count) {
  each_piece(count, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; i++) y[i] = a[i] != 0 ? b[i] : a[i];
  });
}
void logical_or(const uint8_t* a, const uint8_t* b, uint8_t* y, int64_t count) {
  each_piece(count, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; i++) y[i] = a[i] != 0 ? a[i] : b[i];
  });
}

void select(const uint8_t* condition, const float* t, const float* e, float* y, int64_t count, int64_t inner) {
  if (inner == 1) {
    each_piece(count, [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; i++) {
        const float yes = t[i], no = e[i];
        y[i] = condition[i] == 1 ? yes : no;
      }
    });
    return;
  }
  each_task(count, count * inner, [&](int64_t i) {
    __builtin_memcpy(y + i * inner, (condition[i] == 1 ? t : e) + i * inner, sizeof(float) * inner);
  });
}

}  // namespace

void fill_convert(Convert& table) {
  table.int_to_float = int_to_float;
  table.bool_to_float = bool_to_float;
  table.float_to_int = float_to_int;
  table.IsFinite = is_finite;
  table.IsInf = is_inf;
  table.IsNan = is_nan;
  table.ToBool = to_bool;
  table.LogicalAnd = logical_and;
  table.LogicalOr = logical_or;
  table.LogicalNot = logical_not;
  table.select = select;
}

}  // namespace PCAM_ISA
}  // namespace pcam
