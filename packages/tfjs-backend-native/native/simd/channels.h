// Loops over the channels of a pixel: whole vectors where they fit, single floats at the end. Kernels are
// written once, for an element type V that is a vector or a float.
#pragma once
#include "simd/sizes.h"
#include "simd/vector.h"
#include "simd/windows.h"
#include "threads.h"

namespace pcam {
namespace PCAM_ISA {
namespace {

template <class V>
PCAM_INLINE V fetch(const float* p) {
  V v;
  __builtin_memcpy(&v, p, sizeof v);
  return v;
}
template <class V>
PCAM_INLINE void put(float* p, V v) {
  __builtin_memcpy(p, &v, sizeof v);
}
template <class V>
PCAM_INLINE V all(float x) {
  return x - V{};
}

// As `select` for vectors.
PCAM_INLINE float choose(bool mask, float a, float b) { return mask ? a : b; }
PCAM_INLINE int32_t choose(bool mask, int32_t a, int32_t b) { return mask ? a : b; }
PCAM_INLINE vec choose(ivec mask, vec a, vec b) { return select(mask, a, b); }
PCAM_INLINE ivec choose(ivec mask, ivec a, ivec b) { return (a & mask) | (b & ~mask); }

template <class V>
struct IndexOf;
template <>
struct IndexOf<float> {
  typedef int32_t type;
};
template <>
struct IndexOf<vec> {
  typedef ivec type;
};

// `count` neighbours of type V that a kernel works on at once.
template <class V, int Count>
struct Lanes {
  typedef V type;
  typedef typename IndexOf<V>::type index;
  static constexpr int count = Count;
  static constexpr int step = sizeof(V) / sizeof(float);
};

// f(Lanes, channel), in groups of `Group` vectors, then vectors, then floats.
template <int Group, class F>
PCAM_INLINE void over_channels(int64_t channels, const F& f) {
  int64_t c = 0;
  for (; c + Group * W <= channels; c += Group * W) f(Lanes<vec, Group>{}, c);
  for (; c + W <= channels; c += W) f(Lanes<vec, 1>{}, c);
  for (; c < channels; c++) f(Lanes<float, 1>{}, c);
}

// Below this many floats, waking other threads costs more than they save.
constexpr int64_t kWorthThreads = 32768;

// f(task, thread) for each task, where all of them together touch `floats` numbers.
template <class F>
PCAM_INLINE void share(int64_t tasks, int64_t floats, F&& f) {
  if (floats >= kWorthThreads) {
    return parallel(tasks, [&](int64_t task, int thread) { f(task, thread); });
  }
  for (int64_t task = 0; task < tasks; task++) f(task, 0);
}

// f(begin, end, thread) over [0, count) in pieces of some ten thousand floats, `each` floats to one.
template <class F>
PCAM_INLINE void share_ranges(int64_t count, int64_t each, F&& f) {
  const int64_t grain = most(1, 16384 / most(1, each));
  share((count + grain - 1) / grain, count * each, [&](int64_t task, int thread) {
    f(task * grain, least(count, (task + 1) * grain), thread);
  });
}

struct Range {
  int64_t begin, end;
};

// The part of [start, start + size) that lies in [0, length).
PCAM_INLINE Range inside(int64_t start, int64_t size, int64_t length) {
  return {most(0, start), least(length, start + size)};
}

}  // namespace
}  // namespace PCAM_ISA
}  // namespace pcam
