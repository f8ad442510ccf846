#include "bindings/arguments.h"
#include "bindings/bindings.h"
#include "dispatch.h"

namespace pcam {
namespace {

using Pairwise = void (*)(const float*, const float*, float*, int64_t);

void pairwise(const Napi::CallbackInfo& info, Pairwise kernel) {
  const auto a = floats(info, 0), b = floats(info, 1), out = floats(info, 2);
  require(info.Env(), a.length == b.length && a.length == out.length, "arrays differ in length");
  kernel(a.data, b.data, out.data, static_cast<int64_t>(a.length));
}

// addRelu(a, b, y)
void add_relu(const Napi::CallbackInfo& info) { pairwise(info, kernels().rectifier.add_relu); }
// reluGrad(dy, y, dx)
void relu_grad(const Napi::CallbackInfo& info) { pairwise(info, kernels().rectifier.relu_grad); }

}  // namespace

void bind_rectifier(Napi::Env env, Napi::Object exports) {
  add<add_relu>(env, exports, "addRelu");
  add<relu_grad>(env, exports, "reluGrad");
}

}  // namespace pcam
