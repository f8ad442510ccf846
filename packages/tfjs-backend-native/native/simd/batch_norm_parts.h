// What all directions of batch norm share.
#pragma once
#include "simd/vector.h"

namespace pcam {
namespace PCAM_ISA {
namespace {

// What a channel's values are normalised with. Forward and backward compute y by the same expression of the same
// numbers, so they agree on the sign of every value.
struct Channels {
  const float* mean;
  const float* bias;
  float* inverse;
  float* scale;

  void prepare(const float* variance, const float* weight, float epsilon, int64_t channels) const {
    for (int64_t c = 0; c < channels; c++) {
      const double deviation = __builtin_sqrt(static_cast<double>(variance[c]) + epsilon);
      inverse[c] = static_cast<float>(1.0 / deviation);
      scale[c] = static_cast<float>(weight[c] / deviation);
    }
  }
};

PCAM_INLINE vec affine(vec centred, vec scale, vec bias) { return centred * scale + bias; }
// NaN stays.
PCAM_INLINE vec relu(vec y) { return select(y < vec{}, vec{}, y); }
PCAM_INLINE vec where_positive(vec y, vec value) { return select(y <= vec{}, vec{}, value); }

}  // namespace
}  // namespace PCAM_ISA
}  // namespace pcam
