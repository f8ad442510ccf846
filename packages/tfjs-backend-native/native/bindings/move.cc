#include "bindings/arguments.h"
#include "bindings/bindings.h"
#include "dispatch.h"

namespace pcam {
namespace {

struct Elements {
  void* data;
  size_t length;
  int bytes;
  napi_typedarray_type type;
};

// A Float32Array, an Int32Array or a Uint8Array.
Elements elements(const Napi::CallbackInfo& info, size_t index) {
  const napi_value value = info[index];
  bool is_typed = false;
  Elements found{};
  const bool known = napi_is_typedarray(info.Env(), value, &is_typed) == napi_ok && is_typed &&
                     napi_get_typedarray_info(info.Env(), value, &found.type, &found.length, &found.data, nullptr,
                                              nullptr) == napi_ok &&
                     (found.type == napi_float32_array || found.type == napi_int32_array ||
                      found.type == napi_uint8_array);
  if (!known) fail(info.Env(), "argument " + std::to_string(index) + " must be a Float32Array, Int32Array or Uint8Array");
  found.bytes = found.type == napi_uint8_array ? 1 : 4;
  return found;
}

// Whether all places that `strides` lead to from `offset` lie in [0, length); no size is 0.
bool stays_inside(int axes, const int64_t* sizes, const int64_t* strides, int64_t offset, size_t length) {
  // Each step is below 2^62, and there are 16 of them.
  __int128 least = offset, most = offset;
  for (int k = 0; k < axes; k++) {
    const __int128 reach = static_cast<__int128>(sizes[k] - 1) * strides[k];
    (reach < 0 ? least : most) += reach;
  }
  return least >= 0 && most < static_cast<__int128>(length);
}

// copyStrided(from, fromOffset, to, toOffset, layout), layout: sizes, to's strides, from's strides
void copy_strided(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const auto from = elements(info, 0), to = elements(info, 2);
  const auto layout = ints(info, 4);
  require(env, from.type == to.type, "copyStrided: two types");
  require(env, layout.length % 3 == 0 && layout.length <= 3 * kMostAxes, "copyStrided: not up to 16 axes");
  CopyTask task{};
  task.axes = static_cast<int>(layout.length / 3);
  bool empty = false;
  int64_t count = 1;
  for (int k = 0; k < task.axes; k++) {
    task.sizes[k] = layout.data[k];
    task.to_strides[k] = layout.data[task.axes + k];
    task.from_strides[k] = layout.data[2 * task.axes + k];
    require(env, task.sizes[k] >= 0, "copyStrided: a size is negative");
    empty = empty || task.sizes[k] == 0;
  }
  if (empty) return;
  for (int k = 0; k < task.axes; k++) {
    // Each place is written once.
    require(env, holds(to.length, {count, task.sizes[k]}), "copyStrided: more elements than places");
    count *= task.sizes[k];
  }
  task.from_offset = whole(info, 1);
  task.to_offset = whole(info, 3);
  require(env, stays_inside(task.axes, task.sizes, task.from_strides, task.from_offset, from.length),
          "copyStrided: reads outside its input");
  require(env, stays_inside(task.axes, task.sizes, task.to_strides, task.to_offset, to.length),
          "copyStrided: writes outside its output");
  task.bytes = from.bytes;
  task.from = from.data;
  task.to = to.data;
  kernels().move.copy(task);
}

// gather(x, indices, y, batch, outer, dim, slice, count)
void gather(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const auto x = elements(info, 0), y = elements(info, 2);
  const auto indices = ints(info, 1);
  GatherTask task{};
  task.batch = whole(info, 3);
  task.outer = whole(info, 4);
  task.dim = whole(info, 5);
  task.slice = whole(info, 6);
  task.count = whole(info, 7);
  require(env, x.type == y.type, "gather: two types");
  require(env, holds(x.length, {task.batch, task.outer, task.dim, task.slice}), "gather: x is too short");
  require(env, holds(indices.length, {task.batch, task.count}), "gather: too few indices");
  require(env, holds(y.length, {task.batch, task.outer, task.count, task.slice}), "gather: y is too short");
  for (int64_t i = 0; i < task.batch * task.count; i++) {
    const int32_t index = indices.data[i];
    if (index < 0 || index >= task.dim) {
      fail(env, "GatherV2: the index value " + std::to_string(index) + " is not in [0, " +
                    std::to_string(task.dim - 1) + "]");
    }
  }
  task.bytes = x.bytes;
  task.x = x.data;
  task.indices = indices.data;
  task.y = y.data;
  kernels().move.gather(task);
}

// segmentSum(x, ids, y, rows, width, segments)
void segment_sum(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const auto x = floats(info, 0), y = floats(info, 2);
  const auto ids = ints(info, 1);
  const int64_t rows = whole(info, 3), width = whole(info, 4), segments = whole(info, 5);
  require(env, holds(x.length, {rows, width}), "segmentSum: x is too short");
  require(env, holds(ids.length, {rows}), "segmentSum: too few ids");
  require(env, holds(y.length, {segments, width}), "segmentSum: y is too short");
  kernels().move.segment_sum(rows, width, segments, x.data, ids.data, y.data);
}

}  // namespace

void bind_move(Napi::Env env, Napi::Object exports) {
  add<copy_strided>(env, exports, "copyStrided");
  add<gather>(env, exports, "gather");
  add<segment_sum>(env, exports, "segmentSum");
}

}  // namespace pcam
