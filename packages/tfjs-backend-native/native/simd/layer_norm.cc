// Layer norm (Ba et al. 2016, arXiv:1607.06450): a row stays in the first-level cache while it is read again.
#include "simd/layer_norm.h"

#include "memory.h"
#include "simd/pieces.h"

namespace pcam {
namespace PCAM_ISA {
namespace {

PCAM_INLINE float total(vec v) {
  float sum = 0;
  for (int lane = 0; lane < W; lane++) sum += v[lane];
  return sum;
}

// f(feature, values): whole vectors, then what is left of the row.
template <class F>
PCAM_INLINE void along(int64_t features, F f) {
  int64_t i = 0;
  for (; i + W <= features; i += W) f(i, W);
  if (i < features) f(i, static_cast<int>(features - i));
}
PCAM_INLINE vec read(const float* p, int n) { return n == W ? load(p) : load_part(p, n); }
PCAM_INLINE void write(float* p, vec v, int n) {
  if (n == W) store(p, v);
  else store_part(p, v, n);
}

// x̂ = (x − mean) · inverse
struct Row {
  float mean, inverse;
};

PCAM_INLINE Row measure(const float* x, int64_t features, float epsilon) {
  const float share = 1.0f / static_cast<float>(features);
  vec sum{}, off{}, squares{};
  along(features, [&](int64_t i, int n) { sum += read(x + i, n); });
  const float centre = total(sum) * share;
  const vec c = splat(centre);
  int64_t i = 0;
  for (; i + W <= features; i += W) {
    const vec d = load(x + i) - c;
    off += d;
    squares += d * d;
  }
  float more_off = 0, more_squares = 0;
  for (; i < features; i++) {
    const float d = x[i] - centre;
    more_off += d;
    more_squares += d * d;
  }
  // What rounding left in the mean is known now.
  const float miss = (total(off) + more_off) * share;
  const float variance = (total(squares) + more_squares) * share - miss * miss;
  return {centre + miss, 1.0f / __builtin_sqrtf(variance + epsilon)};
}

void forward(const LayerNormTask& t) {
  const int64_t features = t.features;
  const Pieces pieces(t.rows, features);
  pieces.each([&](int64_t, int64_t first, int64_t rows) {
    for (int64_t r = first; r < first + rows; r++) {
      const float* const x = t.x + r * features;
      float* const y = t.y + r * features;
      const Row row = measure(x, features, t.epsilon);
      const vec mean = splat(row.mean), inverse = splat(row.inverse);
      along(features, [&](int64_t i, int n) {
        const vec normalised = (read(x + i, n) - mean) * inverse;
        write(y + i, normalised * read(t.weight + i, n) + read(t.bias + i, n), n);
      });
    }
  });
}

// With g = dy · weight: dx = inverse · (g − mean(g) − x̂ · mean(g · x̂)). Adds the row's share of the sums over rows.
PCAM_INLINE void gradient_of_row(const LayerNormGradTask& t, int64_t r, float* d_weight, float* d_bias) {
  const int64_t features = t.features;
  const float* const x = t.x + r * features;
  const float* const dy = t.dy + r * features;
  float* const dx = t.dx + r * features;
  const Row row = measure(x, features, t.epsilon);
  const vec mean = splat(row.mean), inverse = splat(row.inverse);
  vec straight{}, projected{};
  along(features, [&](int64_t i, int n) {
    const vec normalised = (read(x + i, n) - mean) * inverse;
    const vec slope = read(dy + i, n);
    const vec g = slope * read(t.weight + i, n);  // 0 beyond the row
    straight += g;
    projected += g * normalised;
    write(d_weight + i, read(d_weight + i, n) + slope * normalised, n);
    write(d_bias + i, read(d_bias + i, n) + slope, n);
  });
  const float share = 1.0f / static_cast<float>(features);
  const vec level = splat(total(straight) * share), along_x = splat(total(projected) * share);
  along(features, [&](int64_t i, int n) {
    const vec normalised = (read(x + i, n) - mean) * inverse;
    const vec g = read(dy + i, n) * read(t.weight + i, n);
    write(dx + i, (g - level - normalised * along_x) * inverse, n);
  });
}

void gradient(const LayerNormGradTask& t) {
  const int64_t features = t.features;
  const Pieces pieces(t.rows, features);
  Scratch scratch(0, 2 * pieces.count * features);
  float* const parts = scratch.shared();
  pieces.each([&](int64_t piece, int64_t first, int64_t rows) {
    float* const d_weight = parts + 2 * piece * features;
    float* const d_bias = d_weight + features;
    __builtin_memset(d_weight, 0, sizeof(float) * 2 * static_cast<size_t>(features));
    for (int64_t r = first; r < first + rows; r++) gradient_of_row(t, r, d_weight, d_bias);
  });
  for (int64_t i = 0; i < features; i++) {
    double weight = 0, bias = 0;
    for (int64_t p = 0; p < pieces.count; p++) {
      weight += parts[2 * p * features + i];
      bias += parts[(2 * p + 1) * features + i];
    }
    t.d_weight[i] = static_cast<float>(weight);
    t.d_bias[i] = static_cast<float>(bias);
  }
}

}  // namespace

void fill_layer_norm(LayerNorm& table) {
  table.forward = forward;
  table.gradient = gradient;
}

}  // namespace PCAM_ISA
}  // namespace pcam
