#pragma once
#include <cstdint>

namespace pcam {

// y[outer][inner] = the reduction of x[outer][length][inner] over its middle; all positive. Either side may be
// doubles, between two reductions that make up one; the other pointer is then null.
struct ReduceTask {
  const float* x;
  const double* wide_x;
  float* y;
  double* wide_y;
  int64_t outer, length, inner;
};

struct ArgTask {
  const float* x;
  int32_t* y;
  int64_t outer, length, inner;
};

// By the names of tfjs's kernels. Sums and products are those of float64.
#define PCAM_REDUCE_OPS(X) X(Max) X(Mean) X(Min) X(Prod) X(Sum)
#define PCAM_ARG_OPS(X) X(ArgMax) X(ArgMin)

struct Reduce {
  // Throw std::bad_alloc.
#define X(name) void (*name)(const ReduceTask& task);
  PCAM_REDUCE_OPS(X)
#undef X
#define X(name) void (*name)(const ArgTask& task);
  PCAM_ARG_OPS(X)
#undef X
};

}  // namespace pcam
