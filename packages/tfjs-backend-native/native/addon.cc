#include <dlfcn.h>
#include <napi.h>

#include "bindings/arguments.h"
#include "bindings/bindings.h"
#include "dispatch.h"
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

// Threads run this code until the process ends, also after the worker that loaded it has gone.
void stay_loaded() {
  Dl_info self;
  if (dladdr(reinterpret_cast<void*>(&stay_loaded), &self) != 0) dlopen(self.dli_fname, RTLD_NOW | RTLD_NODELETE);
}

Napi::Object init(Napi::Env env, Napi::Object exports) {
  stay_loaded();
  exports.Set("instructionSet", Napi::Function::New(env, instruction_set, "instructionSet"));
  exports.Set("useInstructionSet", Napi::Function::New(env, use_instruction_set, "useInstructionSet"));
  exports.Set("threads", Napi::Function::New(env, threads, "threads"));
  exports.Set("setThreads", Napi::Function::New(env, set_threads, "setThreads"));
#define X(name) bind_##name(env, exports);
  PCAM_BINDINGS(X)
#undef X
  return exports;
}

}  // namespace
}  // namespace pcam

static Napi::Object Init(Napi::Env env, Napi::Object exports) { return pcam::init(env, exports); }

NODE_API_MODULE(pcam_native, Init)
