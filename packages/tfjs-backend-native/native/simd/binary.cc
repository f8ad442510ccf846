#include "simd/binary.h"

#include "simd/broadcast.h"
#include "simd/transcendental.h"

namespace pcam {
namespace PCAM_ISA {
namespace {

// Math.pow, which differs from C's where the base is ±1.
PCAM_INLINE float power(float a, float b) {
  if (b != b || (magnitude(splat(a))[0] == 1.0f && b - b != 0.0f)) return __builtin_nanf("");
  return static_cast<float>(__builtin_pow(a, b));
}
PCAM_INLINE vec powers(vec a, vec b) {
  for (int i = 0; i < W; i++) a[i] = power(a[i], b[i]);
  return a;
}
PCAM_INLINE vec square(vec x) { return x * x; }

#define OP(name, expression)                                                          \
  struct name {                                                                       \
    static __attribute__((always_inline)) auto of(vec a, vec b) { return expression; } \
  };
OP(Add, a + b)
OP(Maximum, maximum(a, b))
OP(Minimum, minimum(a, b))
OP(Multiply, a * b)
OP(Pow, powers(a, b))
OP(Prelu, select(a < 0.0f, a * b, a))  // x, alpha
OP(RealDiv, a / b)
OP(SquaredDifference, square(a - b))
OP(Sub, a - b)
OP(EluGrad, select(b >= 0.0f, a, a * (b + 1.0f)))  // dy, y
OP(GeluGrad, gelu_slope(a) * b)                   // x, dy
OP(Equal, truths(a == b))
OP(Greater, truths(a > b))
OP(GreaterEqual, truths(a >= b))
OP(Less, truths(a < b))
OP(LessEqual, truths(a <= b))
OP(NotEqual, truths(a != b))
#undef OP

}  // namespace

void fill_binary(Binary& table) {
#define X(name) table.name = broadcast<name, BinaryTask<float, float>>;
  PCAM_ARITHMETIC_OPS(X)
#undef X
#define X(name) table.name = broadcast<name, BinaryTask<float, uint8_t>>;
  PCAM_COMPARISON_OPS(X)
#undef X
}

}  // namespace PCAM_ISA
}  // namespace pcam
