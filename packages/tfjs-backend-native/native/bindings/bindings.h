// Each file of bindings adds its functions to the addon's exports.
#pragma once
#include <napi.h>

#include <new>

namespace pcam {

#define PCAM_BINDINGS(X) \
  X(batch_norm) \
  X(conv) \
  X(layer_norm) \
  X(matmul) \
  X(optimizer) \
  X(pool) \
  X(rectifier)

#define X(name) void bind_##name(Napi::Env env, Napi::Object exports);
PCAM_BINDINGS(X)
#undef X

// Exports `function`, which may throw std::bad_alloc: JavaScript sees a RangeError.
template <void (*function)(const Napi::CallbackInfo&)>
void add(Napi::Env env, Napi::Object exports, const char* name) {
  exports.Set(name, Napi::Function::New(
                        env,
                        [](const Napi::CallbackInfo& info) {
                          try {
                            function(info);
                          } catch (const std::bad_alloc&) {
                            throw Napi::RangeError::New(info.Env(), "not enough memory for this kernel's working space");
                          }
                        },
                        name));
}

}  // namespace pcam
