#pragma once
#include <cstdint>

namespace pcam {

// x and y are [rows][channels]; all else holds one value a channel.
struct BatchNormTask {
  const float* x;
  const float* weight;
  const float* bias;
  float* y;
  float* mean;
  float* variance;  // biased
  int64_t rows, channels;
  float epsilon;
  bool rectified;  // y = max(0, ·)
};

struct BatchNormGradTask {
  const float* x;
  const float* dy;
  const float* weight;
  const float* bias;
  const float* mean;
  const float* variance;
  float* dx;
  float* d_weight;
  float* d_bias;
  int64_t rows, channels;
  float epsilon;
  bool rectified;
};

// The slopes of Σ v · dx, where dx is the gradient above.
struct BatchNormSecondTask {
  const float* x;
  const float* dy;
  const float* v;
  const float* weight;
  const float* bias;
  const float* mean;
  const float* variance;
  float* d_dy;
  float* dx;
  float* d_weight;
  int64_t rows, channels;
  float epsilon;
  bool rectified;
};

struct BatchNorm {
  // All throw std::bad_alloc.
  void (*forward)(const BatchNormTask& task);
  void (*gradient)(const BatchNormGradTask& task);
  void (*second)(const BatchNormSecondTask& task);
};

}  // namespace pcam
