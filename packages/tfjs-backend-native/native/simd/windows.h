// Geometry of windows that slide over maps [batch, height, width, channels].
#pragma once
#include <cstdint>

namespace pcam {

struct Windows {
  int64_t batch, in_height, in_width, channels, out_height, out_width;
  int64_t filter_height, filter_width, stride_height, stride_width, dilation_height, dilation_width;
  int64_t top, left;  // padding

  // Floats of one image.
  __attribute__((always_inline)) int64_t in_size() const { return in_height * in_width * channels; }
  __attribute__((always_inline)) int64_t out_size() const { return out_height * out_width * channels; }
};

}  // namespace pcam
