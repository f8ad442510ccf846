#pragma once
#include <cstdint>

namespace pcam {

struct AdamWTask {
  const float* parameter;
  const float* gradient;
  const float* moment1;
  const float* moment2;
  float* next_parameter;
  float* next_moment1;
  float* next_moment2;
  int64_t count;
  float keep1, keep2, rate, floor, shrink, gradient_scale;
};

struct SgdTask {
  const float* parameter;
  const float* gradient;
  const float* velocity;
  float* next_parameter;
  float* next_velocity;
  int64_t count;
  float rate, momentum, penalty, gradient_scale;
  bool nesterov;
};

struct Optimizer {
  void (*adam_w)(const AdamWTask& task);
  void (*sgd_momentum)(const SgdTask& task);
  // next = average + share · (value − average)
  void (*ema)(const float* average, const float* value, float* next, int64_t count, float share);
  // Throws std::bad_alloc.
  float (*squared_norm)(const float* x, int64_t count);
};

}  // namespace pcam
