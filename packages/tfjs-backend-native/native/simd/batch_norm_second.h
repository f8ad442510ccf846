// The gradient of batch norm's gradient: six reads and two writes.
//
// With dz = what of dy comes through the ReLU, r = 1/√(σ² + ε), x̂ = r (x − μ), scale = weight · r and N rows,
//   dx = scale (dz − mean(dz) − x̂ · mean(dz x̂)),
// so that L = Σ v · dx = N scale S, where S = mean(v dz) − mean(v) mean(dz) − mean(v x̂) mean(dz x̂). Its slopes:
//   along dz: scale (v − mean(v) − x̂ · mean(v x̂)), through the ReLU;
//   along weight: N r S;
//   along x: through x̂, where it is h = −scale (mean(dz x̂) v + mean(v x̂) dz), and through r:
//     r (h − mean(h) − x̂ · mean(h x̂)) − scale r S x̂.
#pragma once
#include "memory.h"
#include "simd/batch_norm.h"
#include "simd/batch_norm_parts.h"
#include "simd/pieces.h"

namespace pcam {
namespace PCAM_ISA {
namespace {

// Of one piece or all, one value a channel each.
enum SecondSum { kSumV, kSumVAlong, kSumDz, kSumDzAlong, kSumVDz, kSecondSums };

// Σ v, Σ v (x − μ), Σ dz, Σ dz (x − μ) and Σ v dz over the rows of a piece, a vector of channels.
template <bool Rectified, bool Part>
PCAM_INLINE void second_sums_of(const BatchNormSecondTask& t, int64_t row, int64_t rows, const Channels& by,
                                int64_t c, int n, float* sums) {
  const int64_t channels = t.channels;
  const vec mean = load_of<Part>(by.mean + c, n), scale = load_of<Part>(by.scale + c, n);
  const vec bias = load_of<Part>(by.bias + c, n);
  vec sum[kSecondSums];
#pragma GCC unroll 5
  for (int s = 0; s < kSecondSums; s++) sum[s] = vec{};
  for (int64_t at = row * channels + c; rows > 0; rows--, at += channels) {
    const vec centred = load_of<Part>(t.x + at, n) - mean;
    const vec v = load_of<Part>(t.v + at, n);
    vec dz = load_of<Part>(t.dy + at, n);
    if (Rectified) dz = where_positive(affine(centred, scale, bias), dz);
    sum[kSumV] += v;
    sum[kSumVAlong] += v * centred;
    sum[kSumDz] += dz;
    sum[kSumDzAlong] += dz * centred;
    sum[kSumVDz] += v * dz;
  }
#pragma GCC unroll 5
  for (int s = 0; s < kSecondSums; s++) store_of<Part>(sums + s * channels + c, sum[s], n);
}

template <bool Rectified>
void second_sums(const BatchNormSecondTask& t, int64_t row, int64_t rows, const Channels& by, float* sums) {
  int64_t c = 0;
  for (; c + W <= t.channels; c += W) second_sums_of<Rectified, false>(t, row, rows, by, c, W, sums);
  if (c < t.channels) {
    second_sums_of<Rectified, true>(t, row, rows, by, c, static_cast<int>(t.channels - c), sums);
  }
}

// d_dy = scale · v + along · (x − μ) + level, through the ReLU, and dx = of_v · v + of_dz · dz + slope · (x − μ) + base
struct SecondTerms {
  float *along, *level, *of_v, *of_dz, *slope, *base;
};
constexpr int kSecondTerms = 6;

template <bool Rectified, bool Part>
PCAM_INLINE void second_vector(const BatchNormSecondTask& t, int64_t at, const Channels& by, const SecondTerms& terms,
                               int64_t c, int n) {
  const vec centred = load_of<Part>(t.x + at, n) - load_of<Part>(by.mean + c, n);
  const vec scale = load_of<Part>(by.scale + c, n);
  const vec v = load_of<Part>(t.v + at, n);
  vec dz = load_of<Part>(t.dy + at, n);
  vec d_dy = v * scale + (centred * load_of<Part>(terms.along + c, n) + load_of<Part>(terms.level + c, n));
  if (Rectified) {
    const vec y = affine(centred, scale, load_of<Part>(by.bias + c, n));
    dz = where_positive(y, dz);
    d_dy = where_positive(y, d_dy);
  }
  const vec flat = centred * load_of<Part>(terms.slope + c, n) + load_of<Part>(terms.base + c, n);
  const vec dx = v * load_of<Part>(terms.of_v + c, n) + (dz * load_of<Part>(terms.of_dz + c, n) + flat);
  store_of<Part>(t.d_dy + at, d_dy, n);
  store_of<Part>(t.dx + at, dx, n);
}

template <bool Rectified>
void second_rows(const BatchNormSecondTask& t, int64_t row, int64_t rows, const Channels& by,
                 const SecondTerms& terms) {
  for (int64_t at = row * t.channels; rows > 0; rows--, at += t.channels) {
    int64_t c = 0;
    for (; c + W <= t.channels; c += W) second_vector<Rectified, false>(t, at + c, by, terms, c, W);
    if (c < t.channels) {
      second_vector<Rectified, true>(t, at + c, by, terms, c, static_cast<int>(t.channels - c));
    }
  }
}

// From all pieces' sums: the weights' gradient and what the second pass multiplies by.
void merge_second(const BatchNormSecondTask& t, const Pieces& pieces, const Abreast& view, const float* parts,
                  const Channels& by, const SecondTerms& terms) {
  const int64_t channels = view.channels;
  const double count = static_cast<double>(t.rows * view.times);
  for (int64_t c = 0; c < view.each; c++) {
    double sum[kSecondSums] = {};
    for (int64_t p = 0; p < pieces.count; p++) {
      for (int s = 0; s < kSecondSums; s++) {
        for (int64_t at = c; at < channels; at += view.each) sum[s] += parts[(p * kSecondSums + s) * channels + at];
      }
    }
    const double r = by.inverse[c], scale = by.scale[c];
    const double mean_v = sum[kSumV] / count, v_along = sum[kSumVAlong] * r / count;
    const double mean_dz = sum[kSumDz] / count, dz_along = sum[kSumDzAlong] * r / count;
    const double common = sum[kSumVDz] / count - mean_v * mean_dz - v_along * dz_along;
    t.d_weight[c] = static_cast<float>(count * r * common);
    terms.along[c] = static_cast<float>(-scale * r * v_along);
    terms.level[c] = static_cast<float>(-scale * mean_v);
    terms.of_v[c] = static_cast<float>(-scale * r * dz_along);
    terms.of_dz[c] = static_cast<float>(-scale * r * v_along);
    terms.slope[c] = static_cast<float>(scale * r * r * (2 * dz_along * v_along - common));
    terms.base[c] = static_cast<float>(scale * r * (dz_along * mean_v + v_along * mean_dz));
  }
  float* const all[] = {terms.along, terms.level, terms.of_v, terms.of_dz, terms.slope, terms.base};
  for (float* const values : all) view.repeat(values);
}

void second_gradient(const BatchNormSecondTask& task) {
  if (task.rows == 0) {
    for (int64_t c = 0; c < task.channels; c++) task.d_weight[c] = 0;
    return;
  }
  if (task.channels == 0) return;
  const Abreast view(task.rows, task.channels);
  const int64_t channels = view.channels;
  BatchNormSecondTask t = task;
  t.rows = view.rows;
  t.channels = channels;
  const Pieces pieces(t.rows, channels);
  Scratch scratch(0, (kSecondSums * pieces.count + 4 + kSecondTerms) * channels);
  float* next = scratch.shared();
  const auto take = [&](int64_t vectors) {
    float* const taken = next;
    next += vectors * channels;
    return taken;
  };
  const Channels by{view.repeated(t.mean, take(1)), view.repeated(t.bias, take(1)), take(1), take(1)};
  const SecondTerms terms{take(1), take(1), take(1), take(1), take(1), take(1)};
  float* const parts = take(kSecondSums * pieces.count);
  by.prepare(t.variance, t.weight, t.epsilon, view);
  pieces.each([&](int64_t piece, int64_t row, int64_t rows) {
    float* const sums = parts + piece * kSecondSums * channels;
    if (t.rectified) second_sums<true>(t, row, rows, by, sums);
    else second_sums<false>(t, row, rows, by, sums);
  });
  merge_second(t, pieces, view, parts, by, terms);
  pieces.each([&](int64_t, int64_t row, int64_t rows) {
    if (t.rectified) second_rows<true>(t, row, rows, by, terms);
    else second_rows<false>(t, row, rows, by, terms);
  });
}

}  // namespace
}  // namespace PCAM_ISA
}  // namespace pcam
