#pragma once
#include "simd/windows.h"

namespace pcam {

// x, values, dx: [batch, in_height, in_width, channels]; y, dy: [batch, out_height, out_width, channels].
// Dilations are not looked at. Numbers that are not above -infinity, NaN among them, are nobody's maximum.
struct Pooling {
  void (*max)(const Windows& windows, const float* x, float* y);
  // What `values` holds where each window of x has its first maximum; 0 where it has none.
  void (*max_pick)(const Windows& windows, const float* x, const float* values, float* y);
  // The transpose of max_pick in `values`.
  void (*max_gradient)(const Windows& windows, const float* x, const float* dy, float* dx);
  // Over the cells of a window that lie in the map.
  void (*average)(const Windows& windows, const float* x, float* y);
  // The sum over a cell's windows, divided by the size of a whole window.
  void (*average_gradient)(const Windows& windows, const float* dy, float* dx);
};

}  // namespace pcam
