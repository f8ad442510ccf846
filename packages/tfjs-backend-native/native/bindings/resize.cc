#include "bindings/arguments.h"
#include "bindings/bindings.h"
#include "dispatch.h"

namespace pcam {
namespace {

// Arguments `index` to `index` + 4: in, out, starts, places, weights.
Taps taps(const Napi::CallbackInfo& info, size_t index) {
  const Napi::Env env = info.Env();
  const int64_t in = whole(info, index), out = whole(info, index + 1);
  const auto starts = ints(info, index + 2), places = ints(info, index + 3);
  const auto weights = floats(info, index + 4);
  require(env, starts.length == static_cast<size_t>(out) + 1, "resize: not one start for each place");
  require(env, weights.length == places.length, "resize: not one weight for each entry");
  int32_t last = 0;
  for (size_t i = 0; i < starts.length; i++) {
    require(env, starts.data[i] >= last, "resize: starts fall");
    last = starts.data[i];
  }
  require(env, static_cast<size_t>(last) <= places.length, "resize: too few entries");
  for (size_t i = 0; i < places.length; i++) {
    require(env, places.data[i] >= 0 && places.data[i] < in, "resize: a place outside the map");
  }
  return {in, out, starts.data, places.data, weights.data};
}

// resize(x, y, batch, channels, rows: in, out, starts, places, weights, columns: the same)
void resize(const Napi::CallbackInfo& info) {
  const auto x = floats(info, 0), y = floats(info, 1);
  const int64_t batch = whole(info, 2), channels = whole(info, 3);
  const Taps rows = taps(info, 4), columns = taps(info, 9);
  require(info.Env(), holds(x.length, {batch, rows.in, columns.in, channels}), "resize: x is too short");
  require(info.Env(), holds(y.length, {batch, rows.out, columns.out, channels}), "resize: y is too short");
  kernels().resize.separable(batch, channels, rows, columns, x.data, y.data);
}

}  // namespace

void bind_resize(Napi::Env env, Napi::Object exports) { add<resize>(env, exports, "resize"); }

}  // namespace pcam
