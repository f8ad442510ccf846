#include "bindings/arguments.h"
#include "bindings/bindings.h"
#include "dispatch.h"

namespace pcam {
namespace {

// matmul(a, b, bias | null, c, batch, m, n, k, aRepeats, bRepeats, transposeA, transposeB, activation)
void matmul(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const auto a = floats(info, 0), b = floats(info, 1), bias = optional_floats(info, 2), c = floats(info, 3);
  const int64_t batch = whole(info, 4), m = whole(info, 5), n = whole(info, 6), k = whole(info, 7);
  const bool a_repeats = flag(info, 8), b_repeats = flag(info, 9);
  require(env, holds(a.length, {a_repeats ? 1 : batch, m, k}), "matmul: a is too short");
  require(env, holds(b.length, {b_repeats ? 1 : batch, k, n}), "matmul: b is too short");
  require(env, holds(c.length, {batch, m, n}), "matmul: c is too short");
  require(env, absent(info, 2) || holds(bias.length, {n}), "matmul: bias is too short");
  MatmulTask task{};
  task.a = a.data;
  task.b = b.data;
  task.bias = bias.data;
  task.c = c.data;
  task.batch = batch;
  task.m = m;
  task.n = n;
  task.k = k;
  task.a_stride = a_repeats ? 0 : m * k;
  task.b_stride = b_repeats ? 0 : k * n;
  task.transpose_a = flag(info, 10);
  task.transpose_b = flag(info, 11);
  task.activation = static_cast<Activation>(whole(info, 12, 0, 2));
  kernels().gemm.matmul(task);
}

}  // namespace

void bind_matmul(Napi::Env env, Napi::Object exports) { add<matmul>(env, exports, "matmul"); }

}  // namespace pcam
