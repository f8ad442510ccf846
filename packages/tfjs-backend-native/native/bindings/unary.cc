#include "bindings/arguments.h"
#include "bindings/bindings.h"
#include "dispatch.h"

namespace pcam {
namespace {

// unary.NAME(x, y, first, second)
template <void (*Unary::*op)(const UnaryTask&)>
void unary(const Napi::CallbackInfo& info) {
  const auto x = floats(info, 0), y = floats(info, 1);
  require(info.Env(), x.length == y.length, "unary: x and y differ in length");
  (kernels().unary.*op)({x.data, y.data, static_cast<int64_t>(x.length), static_cast<float>(number(info, 2)),
                         static_cast<float>(number(info, 3))});
}

}  // namespace

void bind_unary(Napi::Env env, Napi::Object exports) {
  Napi::Object functions = Napi::Object::New(env);
#define X(name) add<unary<&Unary::name>>(env, functions, #name);
  PCAM_UNARY_OPS(X)
#undef X
  exports.Set("unary", functions);
}

}  // namespace pcam
