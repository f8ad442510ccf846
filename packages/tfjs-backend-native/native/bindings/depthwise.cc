#include "bindings/bindings.h"
#include "bindings/windows.h"
#include "dispatch.h"

namespace pcam {
namespace {

void require_filter(Napi::Env env, const Windows& w, size_t length) {
  require(env, holds(length, {w.filter_height, w.filter_width, w.channels}), "the filter is too short");
}

// An empty array has no data either, yet is not the same as null.
void require_channels(const Napi::CallbackInfo& info, size_t index, int64_t channels, size_t length) {
  require(info.Env(), absent(info, index) || holds(length, {channels}), "too few channels");
}

// depthwise(windows, x, filter, bias | null, activation, y)
void depthwise(const Napi::CallbackInfo& info) {
  const Windows w = windows(info, 0);
  const auto x = floats(info, 1), filter = floats(info, 2), bias = optional_floats(info, 3), y = floats(info, 5);
  require_input(info.Env(), w, x.length);
  require_filter(info.Env(), w, filter.length);
  require_channels(info, 3, w.channels, bias.length);
  require_output(info.Env(), w, y.length);
  kernels().depthwise.forward(w, x.data, filter.data, bias.data, static_cast<Activation>(whole(info, 4, 0, 2)), y.data);
}

// depthwiseInputGradient(windows, dy, filter, dx)
void input_gradient(const Napi::CallbackInfo& info) {
  const Windows w = windows(info, 0);
  const auto dy = floats(info, 1), filter = floats(info, 2), dx = floats(info, 3);
  require_output(info.Env(), w, dy.length);
  require_filter(info.Env(), w, filter.length);
  require_input(info.Env(), w, dx.length);
  kernels().depthwise.input_gradient(w, dy.data, filter.data, dx.data);
}

// depthwiseFilterGradient(windows, x, dy, df)
void filter_gradient(const Napi::CallbackInfo& info) {
  const Windows w = windows(info, 0);
  const auto x = floats(info, 1), dy = floats(info, 2), df = floats(info, 3);
  require_input(info.Env(), w, x.length);
  require_output(info.Env(), w, dy.length);
  require_filter(info.Env(), w, df.length);
  kernels().depthwise.filter_gradient(w, x.data, dy.data, df.data);
}

// channelAffine(pixels, channels, x, mean | null, scale, shift | null, y)
void channel_affine(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const int64_t pixels = whole(info, 0), channels = whole(info, 1);
  const auto x = floats(info, 2), mean = optional_floats(info, 3), scale = floats(info, 4);
  const auto shift = optional_floats(info, 5), y = floats(info, 6);
  require(env, holds(x.length, {pixels, channels}), "channelAffine: x is too short");
  require(env, holds(y.length, {pixels, channels}), "channelAffine: y is too short");
  require_channels(info, 3, channels, mean.length);
  require_channels(info, 4, channels, scale.length);
  require_channels(info, 5, channels, shift.length);
  kernels().depthwise.affine(pixels, channels, x.data, mean.data, scale.data, shift.data, Activation::kLinear,
                             y.data);
}

}  // namespace

void bind_depthwise(Napi::Env env, Napi::Object exports) {
  add<depthwise>(env, exports, "depthwise");
  add<input_gradient>(env, exports, "depthwiseInputGradient");
  add<filter_gradient>(env, exports, "depthwiseFilterGradient");
  add<channel_affine>(env, exports, "channelAffine");
}

}  // namespace pcam
