#include "bindings/arguments.h"
#include "bindings/bindings.h"
#include "dispatch.h"

namespace pcam {
namespace {

// As many equally long arrays as `given` has places; their length.
template <size_t Count>
int64_t alike(const Napi::CallbackInfo& info, float* (&given)[Count]) {
  size_t length = 0;
  for (size_t i = 0; i < Count; i++) {
    const auto values = floats(info, i);
    if (i == 0) length = values.length;
    require(info.Env(), values.length == length, "optimizer: arrays differ in length");
    given[i] = values.data;
  }
  return static_cast<int64_t>(length);
}

float factor(const Napi::CallbackInfo& info, size_t index) { return static_cast<float>(number(info, index)); }

// adamW(parameter, gradient, moment1, moment2, nextParameter, nextMoment1, nextMoment2,
//       keep1, keep2, rate, floor, shrink, gradientScale)
void adam_w(const Napi::CallbackInfo& info) {
  float* a[7];
  const int64_t count = alike(info, a);
  kernels().optimizer.adam_w({a[0], a[1], a[2], a[3], a[4], a[5], a[6], count, factor(info, 7), factor(info, 8),
                              factor(info, 9), factor(info, 10), factor(info, 11), factor(info, 12)});
}

// sgdMomentum(parameter, gradient, velocity, nextParameter, nextVelocity,
//             rate, momentum, penalty, gradientScale, nesterov)
void sgd_momentum(const Napi::CallbackInfo& info) {
  float* a[5];
  const int64_t count = alike(info, a);
  kernels().optimizer.sgd_momentum({a[0], a[1], a[2], a[3], a[4], count, factor(info, 5), factor(info, 6),
                                    factor(info, 7), factor(info, 8), flag(info, 9)});
}

// ema(average, value, next, share)
void ema(const Napi::CallbackInfo& info) {
  float* a[3];
  const int64_t count = alike(info, a);
  kernels().optimizer.ema(a[0], a[1], a[2], count, factor(info, 3));
}

// squaredNorm(x, out)
void squared_norm(const Napi::CallbackInfo& info) {
  const auto x = floats(info, 0), out = floats(info, 1);
  require(info.Env(), out.length >= 1, "squaredNorm: no place for the result");
  *out.data = kernels().optimizer.squared_norm(x.data, static_cast<int64_t>(x.length));
}

}  // namespace

void bind_optimizer(Napi::Env env, Napi::Object exports) {
  add<adam_w>(env, exports, "adamW");
  add<sgd_momentum>(env, exports, "sgdMomentum");
  add<ema>(env, exports, "ema");
  add<squared_norm>(env, exports, "squaredNorm");
}

}  // namespace pcam
