// Scale and shift by channel, at the speed of memory for any number of channels.
#pragma once
#include "memory.h"
#include "simd/channels.h"
#include "simd/gemm.h"

namespace pcam {
namespace PCAM_ISA {
namespace {

template <class V>
PCAM_INLINE V activated(V x, Activation activation) {
  if (activation == Activation::kLinear) return x;
  x = choose(x < V{}, V{}, x);
  if (activation == Activation::kRelu6) x = choose(x > all<V>(6.0f), all<V>(6.0f), x);
  return x;
}

// `count` values over and over until `period` are there; zeros for null.
void repeated(const float* values, int64_t count, int64_t period, float* out) {
  for (int64_t i = 0; i < period; i++) out[i] = values ? values[i % count] : 0.0f;
}

template <bool Centred, Activation A>
void affine_of(int64_t floats, int64_t period, const float* x, const float* mean, const float* scale,
               const float* shift, float* y) {
  const int64_t periods = floats / period;
  share_ranges(periods, 2 * period, [&](int64_t begin, int64_t end, int) {
    for (int64_t p = begin; p < end; p++) {
      const float* const from = x + p * period;
      float* const to = y + p * period;
      for (int64_t c = 0; c < period; c += W) {
        vec v = load(from + c);
        if (Centred) v -= load(mean + c);
        store(to + c, activated(v * load(scale + c) + load(shift + c), A));
      }
    }
  });
  const int64_t done = periods * period;
  for (int64_t i = done; i < floats; i++) {
    const int64_t c = i - done;
    const float v = Centred ? x[i] - mean[c] : x[i];
    y[i] = activated(v * scale[c] + shift[c], A);
  }
}

void affine(int64_t pixels, int64_t channels, const float* x, const float* mean, const float* scale,
            const float* shift, Activation activation, float* y) {
  if (pixels == 0 || channels == 0) return;
  // Channels that do not fill vectors are laid out until they do.
  const int64_t period = channels % W == 0 ? channels : channels * W;
  Scratch scratch(0, 3 * period);
  float* const table = scratch.shared();
  repeated(mean, channels, period, table);
  repeated(scale, channels, period, table + period);
  repeated(shift, channels, period, table + 2 * period);
  const auto go = [&](auto f) { f(pixels * channels, period, x, table, table + period, table + 2 * period, y); };
  if (mean != nullptr && activation == Activation::kLinear) return go(affine_of<true, Activation::kLinear>);
  if (mean != nullptr && activation == Activation::kRelu) return go(affine_of<true, Activation::kRelu>);
  if (mean != nullptr) return go(affine_of<true, Activation::kRelu6>);
  if (activation == Activation::kLinear) return go(affine_of<false, Activation::kLinear>);
  if (activation == Activation::kRelu) return go(affine_of<false, Activation::kRelu>);
  go(affine_of<false, Activation::kRelu6>);
}

}  // namespace
}  // namespace PCAM_ISA
}  // namespace pcam
