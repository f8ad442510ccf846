#pragma once
#include <cstdint>

namespace pcam {

// x, y, dy and dx are [rows][features], normalised row by row; weight and bias hold a value a feature.
struct LayerNormTask {
  const float* x;
  const float* weight;
  const float* bias;
  float* y;
  int64_t rows, features;
  float epsilon;
};

struct LayerNormGradTask {
  const float* x;
  const float* dy;
  const float* weight;
  float* dx;
  float* d_weight;
  float* d_bias;
  int64_t rows, features;
  float epsilon;
};

struct LayerNorm {
  void (*forward)(const LayerNormTask& task);
  // Throws std::bad_alloc.
  void (*gradient)(const LayerNormGradTask& task);
};

}  // namespace pcam
