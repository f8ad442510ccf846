// Convolution and its two gradients: through Winograd's domain where that is faster, else as products over windows.
#include "simd/conv.h"

#include "simd/conv_plain.h"
#include "simd/filter_gradient.h"
#include "simd/input_gradient.h"
#include "simd/window_product.h"
#include "simd/winograd.h"

namespace pcam {
namespace PCAM_ISA {
namespace {

bool forward_direct(const ConvShape& s, const float* x, const float* filter, const float* bias, Activation activation,
                    float* y) {
  const int64_t depth = s.filter_h * s.filter_w * s.in_c, panels = panels_for(s.out_c);
  const Scratch scratch(room_for(s.out_c), panels * depth * kColumns);
  float* const packed = scratch.shared();
  parallel(panels, [&](int64_t j, int) {
    const int columns = static_cast<int>(least(kColumns, s.out_c - j * kColumns));
    pack_panel(filter + j * kColumns, s.out_c, depth, columns, packed + j * depth * kColumns);
  });
  const int64_t rows = s.batch * s.out_h * s.out_w;
  return to_rows({forward_windows(s, x), rows, s.out_c, depth, packed, bias, activation}, scratch, y);
}

bool empty(const ConvShape& s) { return s.batch * s.out_h * s.out_w * s.out_c == 0; }

void forward(const ConvShape& s, const float* x, const float* filter, const float* bias, Activation activation,
             float* y, int winograd) {
  if (empty(s)) return;
  const int size = winograd_size(s, s.in_c, s.out_c, s.out_h, s.out_w, winograd);
  const bool finite = size > 0 ? winograd_forward(size, s, x, filter, bias, activation, y)
                               : forward_direct(s, x, filter, bias, activation, y);
  if (!finite) forward_plain(s, x, filter, bias, activation, y);
}

void input_gradient(const ConvShape& s, const float* dy, const float* filter, float* dx, int winograd) {
  const int64_t inputs = s.batch * s.in_h * s.in_w * s.in_c;
  if (inputs == 0) return;
  if (empty(s)) return clear_floats(dx, inputs);
  const int size = winograd_size(s, s.out_c, s.in_c, s.in_h, s.in_w, winograd);
  const bool finite = size > 0 ? winograd_input_gradient(size, s, dy, filter, dx)
                               : input_gradient_direct(s, dy, filter, dx);
  if (!finite) input_gradient_plain(s, dy, filter, dx);
}

void filter_gradient(const ConvShape& s, const float* x, const float* dy, float* dfilter, int winograd) {
  const int64_t filters = s.filter_h * s.filter_w * s.in_c * s.out_c;
  if (filters == 0) return;
  if (empty(s)) return clear_floats(dfilter, filters);
  const int size = winograd_size(s, s.in_c, s.out_c, s.out_h, s.out_w, winograd);
  if (size > 0) winograd_filter_gradient(size, s, x, dy, dfilter);
  else filter_gradient_direct(s, x, dy, dfilter);
  Flag flag;
  parallel_ranges(filters, 1 << 16, [&](int64_t begin, int64_t end) {
    flag.raise_if(!all_finite(dfilter + begin, 1, end - begin, end - begin));
  });
  if (flag.raised) filter_gradient_plain(s, x, dy, dfilter);
}

}  // namespace

void fill_conv(Conv& table) {
  table.forward = forward;
  table.input_gradient = input_gradient;
  table.filter_gradient = filter_gradient;
}

}  // namespace PCAM_ISA
}  // namespace pcam
