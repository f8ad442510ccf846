#include "simd/unary.h"

#include "simd/split.h"
#include "simd/transcendental.h"

namespace pcam {
namespace PCAM_ISA {
namespace {

// One lane after the other, by the C library.
template <class F>
PCAM_INLINE vec lanes(vec x, F f) {
  for (int i = 0; i < W; i++) x[i] = f(x[i]);
  return x;
}

constexpr float kSeluScale = 1.0507009873554805f, kSeluScaleAlpha = 1.7580993408473766f;

#define OP(name, expression)                                                               \
  struct name {                                                                            \
    static __attribute__((always_inline)) vec of(vec x, vec first, vec second) { return expression; } \
  };
OP(Abs, magnitude(x))
OP(Ceil, ceil(x))
OP(ClipByValue, select(x > second, second, select(x < first, first, x)))
OP(Cos, lanes(x, [](float v) { return __builtin_cosf(v); }))
OP(Elu, select(x < 0.0f, expm1_of(x), x))
OP(Erf, erf_of(x))
OP(Exp, exp_of(x))
OP(Expm1, expm1_of(x))
OP(Floor, floor(x))
OP(Gelu, gelu_of(x))
OP(LeakyRelu, select(x < 0.0f, first * x, x))
OP(Log, log_of(x))
OP(Log1p, log1p_of(x))
OP(Neg, -x)
OP(Reciprocal, 1.0f / x)
OP(Relu, select(x <= 0.0f, vec{}, x))
OP(Relu6, select(x > 6.0f, splat(6.0f), select(x <= 0.0f, vec{}, x)))
OP(Round, nearest(x))
OP(Rsqrt, 1.0f / root(x))
OP(Selu, select(x < 0.0f, kSeluScaleAlpha * expm1_of(x), kSeluScale * x))
OP(Sigmoid, sigmoid_of(x))
OP(Sign, select(x > 0.0f, splat(1.0f), select(x < 0.0f, splat(-1.0f), vec{})))
OP(Sin, lanes(x, [](float v) { return __builtin_sinf(v); }))
OP(Softplus, softplus_of(x))
OP(Sqrt, root(x))
OP(Square, x * x)
OP(Step, select(x > 0.0f, splat(1.0f), select(x != x, x, first)))
OP(Tanh, tanh_of(x))
#undef OP

template <class Op, bool Stream>
void piece(const UnaryTask& task, int64_t i, int64_t end) {
  const float* const x = task.x;
  float* const y = task.y;
  const vec first = splat(task.first), second = splat(task.second);
  for (; i + W <= end; i += W) {
    const vec value = Op::of(load(x + i), first, second);
    if (Stream) stream(y + i, value);
    else store(y + i, value);
  }
  const int rest = static_cast<int>(end - i);
  if (rest > 0) store_part(y + i, Op::of(load_part(x + i, rest), first, second), rest);
  if (Stream) streamed();
}

template <class Op>
void run(const UnaryTask& task) {
  const bool past_caches = task.count >= kStreamed && on_boundary(task.y);
  each_piece(task.count, [&](int64_t begin, int64_t end) {
    if (past_caches) piece<Op, true>(task, begin, end);
    else piece<Op, false>(task, begin, end);
  });
}

}  // namespace

void fill_unary(Unary& table) {
#define X(name) table.name = run<name>;
  PCAM_UNARY_OPS(X)
#undef X
}

}  // namespace PCAM_ISA
}  // namespace pcam
