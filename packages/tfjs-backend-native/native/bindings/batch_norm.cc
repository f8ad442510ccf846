#include "bindings/arguments.h"
#include "bindings/bindings.h"
#include "dispatch.h"

namespace pcam {
namespace {

// batchNorm(x, weight, bias, y, mean, variance, rows, channels, epsilon, rectified)
void batch_norm(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const auto x = floats(info, 0), y = floats(info, 3);
  const int64_t rows = whole(info, 6), channels = whole(info, 7);
  require(env, holds(x.length, {rows, channels}), "batchNorm: x is too short");
  require(env, holds(y.length, {rows, channels}), "batchNorm: y is too short");
  float* per_channel[4];
  const size_t at[] = {1, 2, 4, 5};
  for (int i = 0; i < 4; i++) {
    const auto values = floats(info, at[i]);
    require(env, holds(values.length, {channels}), "batchNorm: fewer values than channels");
    per_channel[i] = values.data;
  }
  kernels().batch_norm.forward({x.data, per_channel[0], per_channel[1], y.data, per_channel[2], per_channel[3], rows,
                                channels, static_cast<float>(number(info, 8)), flag(info, 9)});
}

// batchNormGrad(x, dy, weight, bias, mean, variance, dx, dWeight, dBias, rows, channels, epsilon, rectified)
void batch_norm_grad(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const int64_t rows = whole(info, 9), channels = whole(info, 10);
  float* given[9];
  for (size_t i = 0; i < 9; i++) {
    const auto values = floats(info, i);
    const bool map = i == 0 || i == 1 || i == 6;
    require(env, holds(values.length, {map ? rows : 1, channels}), "batchNormGrad: too few values");
    given[i] = values.data;
  }
  kernels().batch_norm.gradient({given[0], given[1], given[2], given[3], given[4], given[5], given[6], given[7],
                                 given[8], rows, channels, static_cast<float>(number(info, 11)), flag(info, 12)});
}

// batchNormGradGrad(x, dy, v, weight, bias, mean, variance, dDy, dx, dWeight, rows, channels, epsilon, rectified)
void batch_norm_grad_grad(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const int64_t rows = whole(info, 10), channels = whole(info, 11);
  float* given[10];
  for (size_t i = 0; i < 10; i++) {
    const auto values = floats(info, i);
    const bool map = i < 3 || i == 7 || i == 8;
    require(env, holds(values.length, {map ? rows : 1, channels}), "batchNormGradGrad: too few values");
    given[i] = values.data;
  }
  kernels().batch_norm.second({given[0], given[1], given[2], given[3], given[4], given[5], given[6], given[7],
                               given[8], given[9], rows, channels, static_cast<float>(number(info, 12)),
                               flag(info, 13)});
}

}  // namespace

void bind_batch_norm(Napi::Env env, Napi::Object exports) {
  add<batch_norm>(env, exports, "batchNorm");
  add<batch_norm_grad>(env, exports, "batchNormGrad");
  add<batch_norm_grad_grad>(env, exports, "batchNormGradGrad");
}

}  // namespace pcam
