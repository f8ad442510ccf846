#include "simd/conv.h"

#include "bindings/arguments.h"
#include "bindings/bindings.h"
#include "dispatch.h"

namespace pcam {
namespace {

// The 15 numbers of a ConvShape in their order, from argument `first`.
ConvShape shape(const Napi::CallbackInfo& info, size_t first) {
  const auto given = ints(info, first);
  require(info.Env(), given.length == 15, "conv: the shape must be 15 numbers");
  int64_t n[15];
  for (int i = 0; i < 15; i++) {
    n[i] = given.data[i];
    const bool pad = i == 11 || i == 12;
    const int64_t lowest = pad ? -(int64_t{1} << 30) : i >= 9 ? 1 : 0;
    require(info.Env(), n[i] >= lowest && n[i] <= (int64_t{1} << 30), "conv: a size of the shape is out of range");
  }
  require(info.Env(), n[7] * n[8] <= 256, "conv: the filter has more than 256 cells");
  return {n[0], n[1], n[2], n[3], n[4], n[5], n[6], n[7], n[8], n[9], n[10], n[11], n[12], n[13], n[14]};
}

void check(Napi::Env env, const ConvShape& s, size_t x, size_t filter, size_t y) {
  require(env, holds(x, {s.batch, s.in_h, s.in_w, s.in_c}), "conv: x is too short");
  require(env, holds(filter, {s.filter_h, s.filter_w, s.in_c, s.out_c}), "conv: filter is too short");
  require(env, holds(y, {s.batch, s.out_h, s.out_w, s.out_c}), "conv: y is too short");
}

// conv2d(shape, x, filter, bias | null, y, activation, winograd)
void conv2d(const Napi::CallbackInfo& info) {
  const ConvShape s = shape(info, 0);
  const auto x = floats(info, 1), filter = floats(info, 2), bias = optional_floats(info, 3), y = floats(info, 4);
  check(info.Env(), s, x.length, filter.length, y.length);
  require(info.Env(), absent(info, 3) || holds(bias.length, {s.out_c}), "conv: bias is too short");
  const auto activation = static_cast<Activation>(whole(info, 5, 0, 2));
  kernels().conv.forward(s, x.data, filter.data, bias.data, activation, y.data, static_cast<int>(whole(info, 6, -1, 4)));
}

// conv2dInputGradient(shape, dy, filter, dx, winograd)
void conv2d_input_gradient(const Napi::CallbackInfo& info) {
  const ConvShape s = shape(info, 0);
  const auto dy = floats(info, 1), filter = floats(info, 2), dx = floats(info, 3);
  check(info.Env(), s, dx.length, filter.length, dy.length);
  kernels().conv.input_gradient(s, dy.data, filter.data, dx.data, static_cast<int>(whole(info, 4, -1, 4)));
}

// conv2dFilterGradient(shape, x, dy, dfilter, winograd)
void conv2d_filter_gradient(const Napi::CallbackInfo& info) {
  const ConvShape s = shape(info, 0);
  const auto x = floats(info, 1), dy = floats(info, 2), dfilter = floats(info, 3);
  check(info.Env(), s, x.length, dfilter.length, dy.length);
  kernels().conv.filter_gradient(s, x.data, dy.data, dfilter.data, static_cast<int>(whole(info, 4, -1, 4)));
}

}  // namespace

void bind_conv(Napi::Env env, Napi::Object exports) {
  add<conv2d>(env, exports, "conv2d");
  add<conv2d_input_gradient>(env, exports, "conv2dInputGradient");
  add<conv2d_filter_gradient>(env, exports, "conv2dFilterGradient");
}

}  // namespace pcam
