#include "bindings/arguments.h"
#include "bindings/bindings.h"
#include "dispatch.h"

namespace pcam {
namespace {

// Sizes from argument 2 on: outer, length, inner.
template <class Task, class Out>
Task task_of(const Napi::CallbackInfo& info, Span<float> x, Span<Out> y) {
  const int64_t outer = whole(info, 2, 1), length = whole(info, 3, 1), inner = whole(info, 4, 1);
  require(info.Env(), holds(x.length, {outer, length, inner}) && holds(y.length, {outer, inner}),
          "reduce: x or y is too short");
  return {x.data, y.data, outer, length, inner};
}

// reduce.NAME(x, y, outer, length, inner)
template <void (*Reduce::*op)(const ReduceTask&)>
void values(const Napi::CallbackInfo& info) {
  (kernels().reduce.*op)(task_of<ReduceTask>(info, floats(info, 0), floats(info, 1)));
}
template <void (*Reduce::*op)(const ArgTask&)>
void places(const Napi::CallbackInfo& info) {
  (kernels().reduce.*op)(task_of<ArgTask>(info, floats(info, 0), ints(info, 1)));
}

}  // namespace

void bind_reduce(Napi::Env env, Napi::Object exports) {
  Napi::Object functions = Napi::Object::New(env);
#define X(name) add<values<&Reduce::name>>(env, functions, #name);
  PCAM_REDUCE_OPS(X)
#undef X
#define X(name) add<places<&Reduce::name>>(env, functions, #name);
  PCAM_ARG_OPS(X)
#undef X
  exports.Set("reduce", functions);
}

}  // namespace pcam
