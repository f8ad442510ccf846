#include "bindings/arguments.h"
#include "bindings/bindings.h"
#include "dispatch.h"

namespace pcam {
namespace {

// layerNorm(x, weight, bias, y, rows, features, epsilon)
void layer_norm(const Napi::CallbackInfo& info) {
  const int64_t rows = whole(info, 4), features = whole(info, 5);
  float* given[4];
  for (size_t i = 0; i < 4; i++) {
    const auto values = floats(info, i);
    const bool rowwise = i == 0 || i == 3;
    require(info.Env(), holds(values.length, {rowwise ? rows : 1, features}), "layerNorm: too few values");
    given[i] = values.data;
  }
  const float epsilon = static_cast<float>(number(info, 6));
  kernels().layer_norm.forward({given[0], given[1], given[2], given[3], rows, features, epsilon});
}

// layerNormGrad(x, dy, weight, dx, dWeight, dBias, rows, features, epsilon)
void layer_norm_grad(const Napi::CallbackInfo& info) {
  const int64_t rows = whole(info, 6), features = whole(info, 7);
  float* given[6];
  for (size_t i = 0; i < 6; i++) {
    const auto values = floats(info, i);
    const bool rowwise = i == 0 || i == 1 || i == 3;
    require(info.Env(), holds(values.length, {rowwise ? rows : 1, features}), "layerNormGrad: too few values");
    given[i] = values.data;
  }
  const float epsilon = static_cast<float>(number(info, 8));
  kernels().layer_norm.gradient(
      {given[0], given[1], given[2], given[3], given[4], given[5], rows, features, epsilon});
}

}  // namespace

void bind_layer_norm(Napi::Env env, Napi::Object exports) {
  add<layer_norm>(env, exports, "layerNorm");
  add<layer_norm_grad>(env, exports, "layerNormGrad");
}

}  // namespace pcam
