#pragma once
#include <cstdint>

namespace pcam {

// Element by element between dtypes: whole numbers are int32, truths uint8, 0 or 1.
struct Convert {
  void (*int_to_float)(const int32_t* x, float* y, int64_t count);
  void (*bool_to_float)(const uint8_t* x, float* y, int64_t count);
  // As JavaScript's ToInt32: towards zero, modulo 2^32, 0 for what is not finite.
  void (*float_to_int)(const float* x, int32_t* y, int64_t count);
  // Truths of floats, by tfjs's names; ToBool is x != 0.
  void (*IsFinite)(const float* x, uint8_t* y, int64_t count);
  void (*IsInf)(const float* x, uint8_t* y, int64_t count);
  void (*IsNan)(const float* x, uint8_t* y, int64_t count);
  void (*ToBool)(const float* x, uint8_t* y, int64_t count);
  void (*LogicalAnd)(const uint8_t* a, const uint8_t* b, uint8_t* y, int64_t count);
  void (*LogicalOr)(const uint8_t* a, const uint8_t* b, uint8_t* y, int64_t count);
  void (*LogicalNot)(const uint8_t* x, uint8_t* y, int64_t count);
  // y[i][j] = condition[i] == 1 ? t[i][j] : e[i][j], with `inner` values of j.
  void (*select)(const uint8_t* condition, const float* t, const float* e, float* y, int64_t count, int64_t inner);
};

}  // namespace pcam
