// What all directions of batch norm share.
#pragma once
#include "simd/vector.h"

namespace pcam {
namespace PCAM_ISA {
namespace {

// [rows][channels] seen as [rows / times][times · channels]: few channels, side by side until they fill vectors. Of
// the shape alone, so that no sum depends on the instruction set.
struct Abreast {
  int64_t times = 1, rows, channels, each;

  Abreast(int64_t r, int64_t c) : rows(r), channels(c), each(c) {
    constexpr int64_t kFull = 16, kMany = 64;
    if (c == 0 || c >= kMany) return;
    while (channels % kFull != 0 && rows % 2 == 0 && rows > 0) {
      times *= 2;
      channels *= 2;
      rows /= 2;
    }
  }

  // The first `each` of values over and over, in place.
  void repeat(float* values) const {
    for (int64_t c = each; c < channels; c++) values[c] = values[c - each];
  }
  const float* repeated(const float* values, float* out) const {
    for (int64_t c = 0; c < each; c++) out[c] = values[c];
    repeat(out);
    return out;
  }
};

// What a channel's values are normalised with. Forward and backward compute y by the same expression of the same
// numbers, so they agree on the sign of every value.
struct Channels {
  const float* mean;
  const float* bias;
  float* inverse;
  float* scale;

  void prepare(const float* variance, const float* weight, float epsilon, const Abreast& view) const {
    for (int64_t c = 0; c < view.each; c++) {
      const double deviation = __builtin_sqrt(static_cast<double>(variance[c]) + epsilon);
      inverse[c] = static_cast<float>(1.0 / deviation);
      scale[c] = static_cast<float>(weight[c] / deviation);
    }
    view.repeat(inverse);
    view.repeat(scale);
  }
};

PCAM_INLINE vec affine(vec centred, vec scale, vec bias) { return centred * scale + bias; }
// NaN stays.
PCAM_INLINE vec relu(vec y) { return select(y < vec{}, vec{}, y); }
PCAM_INLINE vec where_positive(vec y, vec value) { return select(y <= vec{}, vec{}, value); }

}  // namespace
}  // namespace PCAM_ISA
}  // namespace pcam
