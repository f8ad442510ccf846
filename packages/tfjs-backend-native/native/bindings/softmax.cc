#include "bindings/arguments.h"
#include "bindings/bindings.h"
#include "dispatch.h"

namespace pcam {
namespace {

// softmax(x, y, rows, n)
void softmax(const Napi::CallbackInfo& info) {
  const auto x = floats(info, 0), y = floats(info, 1);
  const int64_t rows = whole(info, 2), n = whole(info, 3, 1);
  require(info.Env(), holds(x.length, {rows, n}) && holds(y.length, {rows, n}), "softmax: x or y is too short");
  kernels().softmax.forward(x.data, y.data, rows, n);
}

// softmaxGrad(y, dy, dx, rows, n)
void softmax_grad(const Napi::CallbackInfo& info) {
  const auto y = floats(info, 0), dy = floats(info, 1), dx = floats(info, 2);
  const int64_t rows = whole(info, 3), n = whole(info, 4, 1);
  require(info.Env(), holds(y.length, {rows, n}) && holds(dy.length, {rows, n}) && holds(dx.length, {rows, n}),
          "softmaxGrad: y, dy or dx is too short");
  kernels().softmax.gradient(y.data, dy.data, dx.data, rows, n);
}

}  // namespace

void bind_softmax(Napi::Env env, Napi::Object exports) {
  add<softmax>(env, exports, "softmax");
  add<softmax_grad>(env, exports, "softmaxGrad");
}

}  // namespace pcam
