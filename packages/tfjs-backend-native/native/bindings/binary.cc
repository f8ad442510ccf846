#include "bindings/arguments.h"
#include "bindings/bindings.h"
#include "dispatch.h"

namespace pcam {
namespace {

inline Span<float> elements(const Napi::CallbackInfo& info, size_t index, float) { return floats(info, index); }
inline Span<uint8_t> elements(const Napi::CallbackInfo& info, size_t index, uint8_t) { return bytes(info, index); }

// binary.NAME(a, b, out, groups): groups is the size of each group of dimensions and who moves along it, in turn.
template <class Out, void (*Binary::*op)(const BinaryTask<float, Out>&)>
void binary(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const auto a = floats(info, 0), b = floats(info, 1);
  const auto out = elements(info, 2, Out{});
  const auto groups = ints(info, 3);
  require(env, groups.length >= 2 && groups.length % 2 == 0 && groups.length / 2 <= kGroups,
          "binary: 1 to 8 pairs of size and kind are needed");
  BinaryTask<float, Out> task{a.data, b.data, out.data, static_cast<int>(groups.length / 2), {}};
  // 2^31 elements at most, so that no product overflows.
  int64_t size = 1, a_size = 1, b_size = 1;
  for (int g = 0; g < task.groups; g++) {
    const int64_t length = groups.data[2 * g];
    const int32_t moves = groups.data[2 * g + 1];
    require(env, length > 0 && moves >= 0 && moves <= 2, "binary: a group has a positive size and a kind 0, 1 or 2");
    task.group[g] = {length, static_cast<Moves>(moves)};
    size *= length;
    if (moves != 2) a_size *= length;
    if (moves != 1) b_size *= length;
    require(env, size <= INT32_MAX, "binary: too many elements");
  }
  require(env, holds(a.length, {a_size}) && holds(b.length, {b_size}) && holds(out.length, {size}),
          "binary: a, b or out is too short");
  (kernels().binary.*op)(task);
}

}  // namespace

void bind_binary(Napi::Env env, Napi::Object exports) {
  Napi::Object functions = Napi::Object::New(env);
#define X(name) add<binary<float, &Binary::name>>(env, functions, #name);
  PCAM_ARITHMETIC_OPS(X)
#undef X
#define X(name) add<binary<uint8_t, &Binary::name>>(env, functions, #name);
  PCAM_COMPARISON_OPS(X)
#undef X
  exports.Set("binary", functions);
}

}  // namespace pcam
