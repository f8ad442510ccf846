#pragma once
#include "bindings/arguments.h"
#include "simd/windows.h"

namespace pcam {

// Fourteen whole numbers, as `windowNumbers` of src/kernels/windows.ts writes them.
inline Windows windows(const Napi::CallbackInfo& info, size_t index) {
  const auto given = ints(info, index);
  require(info.Env(), given.length == 14, "windows are given by 14 numbers");
  const int32_t* n = given.data;
  for (int i = 0; i < 8; i++) require(info.Env(), n[i] >= 0, "windows: a size is negative");
  for (int i = 6; i < 12; i++) require(info.Env(), n[i] >= 1, "windows: filter, stride or dilation below 1");
  return {n[0], n[1], n[2], n[3], n[4], n[5], n[6], n[7], n[8], n[9], n[10], n[11], n[12], n[13]};
}

inline void require_input(Napi::Env env, const Windows& w, size_t length) {
  require(env, holds(length, {w.batch, w.in_height, w.in_width, w.channels}), "the map is too short for its windows");
}
inline void require_output(Napi::Env env, const Windows& w, size_t length) {
  require(env, holds(length, {w.batch, w.out_height, w.out_width, w.channels}),
          "the map of windows is too short");
}

}  // namespace pcam
