#pragma once
#include <cstdint>

namespace pcam {

// y[i] = f(x[i]); the constants are what an op makes of its attributes.
struct UnaryTask {
  const float* x;
  float* y;
  int64_t count;
  float first, second;
};

// By the names of tfjs's kernels.
#define PCAM_UNARY_OPS(X)                                                                              \
  X(Abs) X(Ceil) X(ClipByValue) X(Cos) X(Elu) X(Erf) X(Exp) X(Expm1) X(Floor) X(Gelu) X(LeakyRelu)     \
  X(Log) X(Log1p) X(Neg) X(Reciprocal) X(Relu) X(Relu6) X(Round) X(Rsqrt) X(Selu) X(Sigmoid) X(Sign)   \
  X(Sin) X(Softplus) X(Sqrt) X(Square) X(Step) X(Tanh)

struct Unary {
#define X(name) void (*name)(const UnaryTask& task);
  PCAM_UNARY_OPS(X)
#undef X
};

}  // namespace pcam
