#pragma once
#include <cstdint>

namespace pcam {

struct Rectifier {
  // y = max(0, a + b); NaN stays.
  void (*add_relu)(const float* a, const float* b, float* y, int64_t count);
  // dx = dy where the ReLU's output y is not zero, else 0.
  void (*relu_grad)(const float* dy, const float* y, float* dx, int64_t count);
};

}  // namespace pcam
