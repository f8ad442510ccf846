#pragma once
#include <cstddef>
#include <cstdint>

namespace pcam {

enum class Activation : int { kLinear = 0, kRelu = 1, kRelu6 = 2 };

// c[b] = activation(a[b] · b[b] + bias), all row-major.
struct MatmulTask {
  const float* a;
  const float* b;
  const float* bias;  // n values, or null
  float* c;
  int64_t batch, m, n, k;
  int64_t a_stride, b_stride;  // floats from one of the batch to the next; 0 repeats
  bool transpose_a, transpose_b;
  Activation activation;
};

struct Gemm {
  // Throws std::bad_alloc.
  void (*matmul)(const MatmulTask& task);
};

}  // namespace pcam
