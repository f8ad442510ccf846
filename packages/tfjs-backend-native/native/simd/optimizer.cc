// Updates of parameters in one pass over memory.
#include "simd/optimizer.h"

#include "memory.h"
#include "simd/lanes.h"
#include "simd/pieces.h"

namespace pcam {
namespace PCAM_ISA {
namespace {

// What is read again only in the next step is written past the caches, which spares reading its lines first.
template <bool Stream>
PCAM_INLINE void put(float* to, vec value, int n) {
  if (Stream) stream(to, value);
  else if (n == W) store(to, value);
  else store_part(to, value, n);
}

template <bool Stream>
PCAM_INLINE void adam_w_vector(const AdamWTask& t, int64_t i, int n) {
  const auto get = [&](const float* from) { return n == W ? load(from + i) : load_part(from + i, n); };
  const vec g = get(t.gradient) * t.gradient_scale;
  const vec m = get(t.moment1) * t.keep1 + g;
  const vec v = get(t.moment2) * t.keep2 + g * g;
  put<Stream>(t.next_moment1 + i, m, n);
  put<Stream>(t.next_moment2 + i, v, n);
  put<Stream>(t.next_parameter + i, get(t.parameter) * t.shrink - m / (root(v) + t.floor) * t.rate, n);
}

void adam_w(const AdamWTask& t) {
  const bool past_caches = t.count >= kPiece && on_boundary(t.next_parameter) && on_boundary(t.next_moment1) &&
                           on_boundary(t.next_moment2);
  each_piece(t.count, [&](int64_t begin, int64_t end) {
    int64_t i = begin;
    if (past_caches) {
      for (; i + W <= end; i += W) adam_w_vector<true>(t, i, W);
      streamed();
    } else {
      for (; i + W <= end; i += W) adam_w_vector<false>(t, i, W);
    }
    if (i < end) adam_w_vector<false>(t, i, static_cast<int>(end - i));
  });
}

template <bool Nesterov>
void sgd_range(const SgdTask& t, int64_t begin, int64_t end) {
  const float* __restrict const parameter = t.parameter;
  const float* __restrict const gradient = t.gradient;
  const float* __restrict const velocity = t.velocity;
  float* __restrict const next_parameter = t.next_parameter;
  float* __restrict const next_velocity = t.next_velocity;
  for (int64_t i = begin; i < end; i++) {
    const float pull = gradient[i] * t.gradient_scale + parameter[i] * t.penalty;
    const float next = velocity[i] * t.momentum + pull;
    next_velocity[i] = next;
    next_parameter[i] = parameter[i] - (Nesterov ? pull + next * t.momentum : next) * t.rate;
  }
}

void sgd_momentum(const SgdTask& t) {
  each_piece(t.count, [t](int64_t begin, int64_t end) {
    if (t.nesterov) sgd_range<true>(t, begin, end);
    else sgd_range<false>(t, begin, end);
  });
}

void ema(const float* average, const float* value, float* next, int64_t count, float share) {
  each_piece(count, [=](int64_t begin, int64_t end) {
    const float* __restrict const a = average;
    const float* __restrict const v = value;
    float* __restrict const out = next;
    for (int64_t i = begin; i < end; i++) out[i] = a[i] + (v[i] - a[i]) * share;
  });
}

// Σ x² of one piece: sums of some hundred values a lane, then in double.
double squares_of(const float* x, int64_t count) {
  constexpr int kSums = 4;
  vec sum[kSums]{};
  int64_t i = 0;
  for (; i + kSums * W <= count; i += kSums * W) {
#pragma GCC unroll 4
    for (int s = 0; s < kSums; s++) {
      const vec v = load(x + i + s * W);
      sum[s] += v * v;
    }
  }
  double total = 0;
  for (; i < count; i++) total += static_cast<double>(x[i]) * x[i];
  for (int s = 0; s < kSums; s++) {
    for (int lane = 0; lane < W; lane++) total += sum[s][lane];
  }
  return total;
}

float squared_norm(const float* x, int64_t count) {
  const Pieces pieces(count, 1, kPiece);
  Scratch scratch(0, 2 * pieces.count);
  double* const parts = reinterpret_cast<double*>(scratch.shared());
  pieces.each([&](int64_t piece, int64_t begin, int64_t length) { parts[piece] = squares_of(x + begin, length); });
  double total = 0;
  for (int64_t p = 0; p < pieces.count; p++) total += parts[p];
  return static_cast<float>(total);
}

}  // namespace

void fill_optimizer(Optimizer& table) {
  table.adam_w = adam_w;
  table.sgd_momentum = sgd_momentum;
  table.ema = ema;
  table.squared_norm = squared_norm;
}

}  // namespace PCAM_ISA
}  // namespace pcam
