#include "bindings/bindings.h"
#include "bindings/windows.h"
#include "dispatch.h"

namespace pcam {
namespace {

// maxPool(windows, x, y)
void max_pool(const Napi::CallbackInfo& info) {
  const Windows w = windows(info, 0);
  const auto x = floats(info, 1), y = floats(info, 2);
  require_input(info.Env(), w, x.length);
  require_output(info.Env(), w, y.length);
  kernels().pool.max(w, x.data, y.data);
}

// maxPoolPick(windows, x, values, y)
void max_pool_pick(const Napi::CallbackInfo& info) {
  const Windows w = windows(info, 0);
  const auto x = floats(info, 1), values = floats(info, 2), y = floats(info, 3);
  require_input(info.Env(), w, x.length);
  require_input(info.Env(), w, values.length);
  require_output(info.Env(), w, y.length);
  kernels().pool.max_pick(w, x.data, values.data, y.data);
}

// maxPoolGradient(windows, x, dy, dx)
void max_pool_gradient(const Napi::CallbackInfo& info) {
  const Windows w = windows(info, 0);
  const auto x = floats(info, 1), dy = floats(info, 2), dx = floats(info, 3);
  require_input(info.Env(), w, x.length);
  require_output(info.Env(), w, dy.length);
  require_input(info.Env(), w, dx.length);
  kernels().pool.max_gradient(w, x.data, dy.data, dx.data);
}

// averagePool(windows, x, y)
void average_pool(const Napi::CallbackInfo& info) {
  const Windows w = windows(info, 0);
  const auto x = floats(info, 1), y = floats(info, 2);
  require_input(info.Env(), w, x.length);
  require_output(info.Env(), w, y.length);
  kernels().pool.average(w, x.data, y.data);
}

// averagePoolGradient(windows, dy, dx)
void average_pool_gradient(const Napi::CallbackInfo& info) {
  const Windows w = windows(info, 0);
  const auto dy = floats(info, 1), dx = floats(info, 2);
  require_output(info.Env(), w, dy.length);
  require_input(info.Env(), w, dx.length);
  kernels().pool.average_gradient(w, dy.data, dx.data);
}

}  // namespace

void bind_pool(Napi::Env env, Napi::Object exports) {
  add<max_pool>(env, exports, "maxPool");
  add<max_pool_pick>(env, exports, "maxPoolPick");
  add<max_pool_gradient>(env, exports, "maxPoolGradient");
  add<average_pool>(env, exports, "averagePool");
  add<average_pool_gradient>(env, exports, "averagePoolGradient");
}

}  // namespace pcam
