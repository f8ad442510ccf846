#pragma once
#include <cstddef>
#include <cstdint>

#include "simd/gemm.h"

namespace pcam {

// A convolution of x [batch, in_h, in_w, in_c] with a filter [filter_h, filter_w, in_c, out_c] that gives
// y [batch, out_h, out_w, out_c]: y's cell (i, j) sees x from (i · stride_h - pad_top, j · stride_w - pad_left),
// at every dilation_h-th row and dilation_w-th column; outside of x is zero.
struct ConvShape {
  int64_t batch, in_h, in_w, in_c, out_h, out_w, out_c;
  int64_t filter_h, filter_w, stride_h, stride_w, pad_top, pad_left, dilation_h, dilation_w;
};

// Which way a 3x3 convolution of stride 1 is computed: by the size of Winograd's output tiles, 0 for none of
// them, kFastest for what should be fastest.
constexpr int kFastest = -1;

// All throw std::bad_alloc.
struct Conv {
  // y = activation(conv(x, filter) + bias); bias may be null.
  void (*forward)(const ConvShape&, const float* x, const float* filter, const float* bias, Activation, float* y,
                  int winograd);
  // dx from dy.
  void (*input_gradient)(const ConvShape&, const float* dy, const float* filter, float* dx, int winograd);
  // The filter's gradient from x and dy.
  void (*filter_gradient)(const ConvShape&, const float* x, const float* dy, float* dfilter, int winograd);
};

}  // namespace pcam
