#include <napi.h>

#include "bindings/arguments.h"
#include "bindings/bindings.h"
#include "dispatch.h"
#include "memory.h"
#include "threads.h"

namespace pcam {
namespace {

Napi::Value instruction_set(const Napi::CallbackInfo& info) {
  return Napi::String::New(info.Env(), kernels().isa);
}

Napi::Value use_instruction_set(const Napi::CallbackInfo& info) {
  if (info.Length() < 1 || !info[0].IsString()) fail(info.Env(), "useInstructionSet needs a name");
  return Napi::Boolean::New(info.Env(), use_isa(info[0].As<Napi::String>().Utf8Value().c_str()));
}

Napi::Value threads(const Napi::CallbackInfo& info) { return Napi::Number::New(info.Env(), thread_count()); }

void set_threads(const Napi::CallbackInfo& info) { set_thread_count(static_cast<int>(whole(info, 0, 1, 256))); }

// allocate(bytes): an ArrayBuffer over aligned memory that is not cleared.
Napi::Value allocate(const Napi::CallbackInfo& info) {
  const auto bytes = static_cast<size_t>(whole(info, 0, 1, int64_t{1} << 36));
  void* memory = allocate_aligned(bytes);
  if (memory == nullptr) {
    throw Napi::RangeError::New(info.Env(), "not enough memory for a tensor of " + std::to_string(bytes) + " bytes");
  }
  return Napi::ArrayBuffer::New(info.Env(), memory, bytes, [](Napi::Env, void* data) { free_aligned(data); });
}

// release(buffer): gives an allocated buffer's memory back now; views of it become empty.
void release(const Napi::CallbackInfo& info) {
  if (info.Length() < 1 || !info[0].IsArrayBuffer()) fail(info.Env(), "release needs an ArrayBuffer");
  info[0].As<Napi::ArrayBuffer>().Detach();
}

Napi::Object init(Napi::Env env, Napi::Object exports) {
  exports.Set("instructionSet", Napi::Function::New(env, instruction_set));
  exports.Set("useInstructionSet", Napi::Function::New(env, use_instruction_set));
  exports.Set("threads", Napi::Function::New(env, threads));
  exports.Set("allocate", Napi::Function::New(env, allocate));
  add<set_threads>(env, exports, "setThreads");
  add<release>(env, exports, "release");
#define X(name) bind_##name(env, exports);
  PCAM_BINDINGS(X)
#undef X
  return exports;
}

}  // namespace
}  // namespace pcam

static Napi::Object Init(Napi::Env env, Napi::Object exports) { return pcam::init(env, exports); }

NODE_API_MODULE(pcam_native, Init)
