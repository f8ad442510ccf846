// Each file of bindings adds its functions to the addon's exports.
#pragma once
#include <napi.h>

#include <exception>
#include <new>

#include "threads.h"

namespace pcam {

#define PCAM_BINDINGS(X) \
  X(batch_norm) \
  X(binary) \
  X(conv) \
  X(convert) \
  X(depthwise) \
  X(layer_norm) \
  X(matmul) \
  X(memory) \
  X(move) \
  X(optimizer) \
  X(pool) \
  X(rectifier) \
  X(reduce) \
  X(resize) \
  X(softmax) \
  X(unary)

#define X(name) void bind_##name(Napi::Env env, Napi::Object exports);
PCAM_BINDINGS(X)
#undef X

// Exports `function`, which may throw what the standard library throws: JavaScript sees an error.
template <void (*function)(const Napi::CallbackInfo&)>
void add(Napi::Env env, Napi::Object exports, const char* name) {
  const auto call = [](const Napi::CallbackInfo& info) {
    const SteadyThreads steady;
    try {
      function(info);
    } catch (const Napi::Error&) {
      throw;
    } catch (const std::bad_alloc&) {
      throw Napi::RangeError::New(info.Env(), "not enough memory for this kernel's working space");
    } catch (const std::exception& error) {
      throw Napi::Error::New(info.Env(), error.what());
    }
  };
  exports.Set(name, Napi::Function::New(env, call, name));
}

}  // namespace pcam
