#pragma once
#include <cstdint>

namespace pcam {

struct Softmax {
  // y[rows][n] = e^(x - max x) / sum, along each row; n > 0.
  void (*forward)(const float* x, float* y, int64_t rows, int64_t n);
  // dx = y (dy - sum of dy · y), along each row.
  void (*gradient)(const float* y, const float* dy, float* dx, int64_t rows, int64_t n);
};

}  // namespace pcam
