#include "bindings/arguments.h"
#include "bindings/bindings.h"
#include "dispatch.h"

namespace pcam {
namespace {

struct Sizes {
  int64_t outer, length, inner;
};

// From argument 2 on.
Sizes sizes(const Napi::CallbackInfo& info, size_t x, size_t y) {
  const Sizes s{whole(info, 2, 1), whole(info, 3, 1), whole(info, 4, 1)};
  require(info.Env(), holds(x, {s.outer, s.length, s.inner}) && holds(y, {s.outer, s.inner}),
          "reduce: x or y is too short");
  return s;
}

bool is_double(const Napi::Value& value) {
  return value.IsTypedArray() && value.As<Napi::TypedArray>().TypedArrayType() == napi_float64_array;
}

Span<double> doubles(const Napi::CallbackInfo& info, size_t index) {
  return typed<double>(info, index, napi_float64_array, "Float64Array");
}

// reduce.NAME(x, y, outer, length, inner): x and y of float32 or float64 each
template <void (*Reduce::*op)(const ReduceTask&)>
void values(const Napi::CallbackInfo& info) {
  Span<float> x{}, y{};
  Span<double> wide_x{}, wide_y{};
  if (is_double(info[0])) wide_x = doubles(info, 0);
  else x = floats(info, 0);
  if (is_double(info[1])) wide_y = doubles(info, 1);
  else y = floats(info, 1);
  const Sizes s = sizes(info, x.length + wide_x.length, y.length + wide_y.length);
  (kernels().reduce.*op)({x.data, wide_x.data, y.data, wide_y.data, s.outer, s.length, s.inner});
}

template <void (*Reduce::*op)(const ArgTask&)>
void places(const Napi::CallbackInfo& info) {
  const auto x = floats(info, 0);
  const auto y = ints(info, 1);
  const Sizes s = sizes(info, x.length, y.length);
  (kernels().reduce.*op)({x.data, y.data, s.outer, s.length, s.inner});
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
