#pragma once
#include "simd/gemm.h"
#include "simd/windows.h"

namespace pcam {

// x, dx: [batch, in_height, in_width, channels]; y, dy: [batch, out_height, out_width, channels];
// filter, df: [filter_height, filter_width, channels]: each channel has a filter of its own.
struct Depthwise {
  // activation(convolution + bias); bias: [channels] or null. Throws std::bad_alloc, as the others do.
  void (*forward)(const Windows& windows, const float* x, const float* filter, const float* bias,
                  Activation activation, float* y);
  void (*input_gradient)(const Windows& windows, const float* dy, const float* filter, float* dx);
  void (*filter_gradient)(const Windows& windows, const float* x, const float* dy, float* df);
  // y = activation((x - mean) · scale + shift) over [pixels, channels]; mean and shift may be null.
  void (*affine)(int64_t pixels, int64_t channels, const float* x, const float* mean, const float* scale,
                 const float* shift, Activation activation, float* y);
};

}  // namespace pcam
