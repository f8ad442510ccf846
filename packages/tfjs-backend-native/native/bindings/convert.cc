#include "bindings/arguments.h"
#include "bindings/bindings.h"
#include "dispatch.h"

namespace pcam {
namespace {

template <class T>
Span<T> span(const Napi::CallbackInfo& info, size_t index);
template <>
Span<float> span(const Napi::CallbackInfo& info, size_t index) { return floats(info, index); }
template <>
Span<int32_t> span(const Napi::CallbackInfo& info, size_t index) { return ints(info, index); }
template <>
Span<uint8_t> span(const Napi::CallbackInfo& info, size_t index) { return bytes(info, index); }

// NAME(x, y)
template <class In, class Out, void (*Convert::*op)(const In*, Out*, int64_t)>
void one(const Napi::CallbackInfo& info) {
  const auto x = span<In>(info, 0);
  const auto y = span<Out>(info, 1);
  require(info.Env(), x.length == y.length, "convert: x and y differ in length");
  (kernels().convert.*op)(x.data, y.data, static_cast<int64_t>(x.length));
}

// NAME(a, b, y)
template <void (*Convert::*op)(const uint8_t*, const uint8_t*, uint8_t*, int64_t)>
void two(const Napi::CallbackInfo& info) {
  const auto a = bytes(info, 0), b = bytes(info, 1), y = bytes(info, 2);
  require(info.Env(), a.length == y.length && b.length == y.length, "convert: a, b and y differ in length");
  (kernels().convert.*op)(a.data, b.data, y.data, static_cast<int64_t>(y.length));
}

// select(condition, t, e, y, inner)
void select(const Napi::CallbackInfo& info) {
  const auto condition = bytes(info, 0);
  const auto t = floats(info, 1), e = floats(info, 2), y = floats(info, 3);
  const int64_t count = static_cast<int64_t>(condition.length), inner = whole(info, 4, 1);
  require(info.Env(),
          holds(t.length, {count, inner}) && holds(e.length, {count, inner}) && holds(y.length, {count, inner}),
          "select: t, e or y is too short");
  kernels().convert.select(condition.data, t.data, e.data, y.data, count, inner);
}

}  // namespace

void bind_convert(Napi::Env env, Napi::Object exports) {
  add<one<int32_t, float, &Convert::int_to_float>>(env, exports, "intToFloat");
  add<one<uint8_t, float, &Convert::bool_to_float>>(env, exports, "boolToFloat");
  add<one<float, int32_t, &Convert::float_to_int>>(env, exports, "floatToInt");
  add<one<float, uint8_t, &Convert::IsFinite>>(env, exports, "IsFinite");
  add<one<float, uint8_t, &Convert::IsInf>>(env, exports, "IsInf");
  add<one<float, uint8_t, &Convert::IsNan>>(env, exports, "IsNan");
  add<one<float, uint8_t, &Convert::ToBool>>(env, exports, "ToBool");
  add<two<&Convert::LogicalAnd>>(env, exports, "LogicalAnd");
  add<two<&Convert::LogicalOr>>(env, exports, "LogicalOr");
  add<one<uint8_t, uint8_t, &Convert::LogicalNot>>(env, exports, "LogicalNot");
  add<select>(env, exports, "select");
}

}  // namespace pcam
