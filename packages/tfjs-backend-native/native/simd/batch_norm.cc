// Batch norm in training (Ioffe & Szegedy 2015, arXiv:1502.03167): two reads and one write forward, four reads
// and one write backward. Statistics are means of pieces, merged in double (Chan, Golub & LeVeque 1983).
#include "simd/batch_norm.h"

#include "memory.h"
#include "simd/batch_norm_parts.h"
#include "simd/batch_norm_second.h"
#include "simd/pieces.h"

namespace pcam {
namespace PCAM_ISA {
namespace {

// Means and sums of squared deviations of one piece, of V vectors of channels.
template <int V, bool Part>
PCAM_INLINE void moments_of(const float* x, int64_t rows, int64_t stride, int n, float* mean, float* squares) {
  vec sum[V], centre[V], off[V], square[V];
#pragma GCC unroll 4
  for (int v = 0; v < V; v++) sum[v] = off[v] = square[v] = vec{};
  for (int64_t r = 0; r < rows; r++) {
#pragma GCC unroll 4
    for (int v = 0; v < V; v++) sum[v] += load_of<Part>(x + r * stride + v * W, n);
  }
  const vec share = splat(1.0f / static_cast<float>(rows));
#pragma GCC unroll 4
  for (int v = 0; v < V; v++) centre[v] = sum[v] * share;
  for (int64_t r = 0; r < rows; r++) {
#pragma GCC unroll 4
    for (int v = 0; v < V; v++) {
      const vec d = load_of<Part>(x + r * stride + v * W, n) - centre[v];
      off[v] += d;
      square[v] += d * d;
    }
  }
  // What rounding left in the mean is known now.
#pragma GCC unroll 4
  for (int v = 0; v < V; v++) {
    const vec miss = off[v] * share;
    store_of<Part>(mean + v * W, centre[v] + miss, n);
    store_of<Part>(squares + v * W, square[v] - miss * off[v], n);
  }
}

void moments_of_piece(const float* x, int64_t rows, int64_t channels, float* mean, float* squares) {
  int64_t c = 0;
  for (; c + 4 * W <= channels; c += 4 * W) moments_of<4, false>(x + c, rows, channels, W, mean + c, squares + c);
  for (; c + W <= channels; c += W) moments_of<1, false>(x + c, rows, channels, W, mean + c, squares + c);
  if (c < channels) {
    moments_of<1, true>(x + c, rows, channels, static_cast<int>(channels - c), mean + c, squares + c);
  }
}

// `parts` holds each piece's means and then its squares.
void merge_moments(const Pieces& pieces, const Abreast& view, const float* parts, float* mean, float* variance) {
  const int64_t channels = view.channels;
  const double rows = static_cast<double>(view.rows * view.times);
  for (int64_t c = 0; c < view.each; c++) {
    double sum = 0, squares = 0;
    for (int64_t p = 0; p < pieces.count; p++) {
      for (int64_t at = c; at < channels; at += view.each) {
        sum += static_cast<double>(parts[2 * p * channels + at]) * static_cast<double>(pieces.rows_of(p));
      }
    }
    const double centre = sum / rows;
    for (int64_t p = 0; p < pieces.count; p++) {
      for (int64_t at = c; at < channels; at += view.each) {
        const double off = parts[2 * p * channels + at] - centre;
        squares += parts[(2 * p + 1) * channels + at] + off * off * static_cast<double>(pieces.rows_of(p));
      }
    }
    mean[c] = static_cast<float>(centre);
    variance[c] = static_cast<float>(squares / rows);
  }
}

template <bool Rectified, bool Part>
PCAM_INLINE void normalise_vector(const float* x, float* y, const Channels& by, int64_t c, int n) {
  const vec centred = load_of<Part>(x + c, n) - load_of<Part>(by.mean + c, n);
  const vec out = affine(centred, load_of<Part>(by.scale + c, n), load_of<Part>(by.bias + c, n));
  store_of<Part>(y + c, Rectified ? relu(out) : out, n);
}

template <bool Rectified>
void normalise(const float* x, float* y, int64_t rows, int64_t channels, const Channels& by) {
  for (int64_t r = 0; r < rows; r++, x += channels, y += channels) {
    int64_t c = 0;
    for (; c + W <= channels; c += W) normalise_vector<Rectified, false>(x, y, by, c, W);
    if (c < channels) normalise_vector<Rectified, true>(x, y, by, c, static_cast<int>(channels - c));
  }
}

void forward(const BatchNormTask& t) {
  if (t.rows == 0 || t.channels == 0) return;
  const Abreast view(t.rows, t.channels);
  const int64_t channels = view.channels;
  const Pieces pieces(view.rows, channels);
  Scratch scratch(0, (2 * pieces.count + 4) * channels);
  float* const shared = scratch.shared();
  float* const parts = shared + 4 * channels;
  pieces.each([&](int64_t piece, int64_t row, int64_t rows) {
    float* const mean = parts + 2 * piece * channels;
    moments_of_piece(t.x + row * channels, rows, channels, mean, mean + channels);
  });
  merge_moments(pieces, view, parts, t.mean, t.variance);
  const Channels by{view.repeated(t.mean, shared), view.repeated(t.bias, shared + channels), shared + 2 * channels,
                    shared + 3 * channels};
  by.prepare(t.variance, t.weight, t.epsilon, view);
  pieces.each([&](int64_t, int64_t row, int64_t rows) {
    const float* const x = t.x + row * channels;
    float* const y = t.y + row * channels;
    if (t.rectified) normalise<true>(x, y, rows, channels, by);
    else normalise<false>(x, y, rows, channels, by);
  });
}

// Σ dz and Σ dz · (x − μ) over the rows of a piece, where dz is what comes through the ReLU.
template <int V, bool Rectified, bool Part>
PCAM_INLINE void sums_of(const float* x, const float* dy, int64_t rows, int64_t stride, int n, const Channels& by,
                         int64_t c, float* straight, float* along) {
  vec sum[V], product[V], mean[V], scale[V], bias[V];
#pragma GCC unroll 4
  for (int v = 0; v < V; v++) {
    sum[v] = product[v] = vec{};
    mean[v] = load_of<Part>(by.mean + c + v * W, n);
    scale[v] = load_of<Part>(by.scale + c + v * W, n);
    bias[v] = load_of<Part>(by.bias + c + v * W, n);
  }
  for (int64_t r = 0; r < rows; r++) {
#pragma GCC unroll 4
    for (int v = 0; v < V; v++) {
      const int64_t at = r * stride + c + v * W;
      const vec centred = load_of<Part>(x + at, n) - mean[v];
      vec dz = load_of<Part>(dy + at, n);
      if (Rectified) dz = where_positive(affine(centred, scale[v], bias[v]), dz);
      sum[v] += dz;
      product[v] += dz * centred;
    }
  }
#pragma GCC unroll 4
  for (int v = 0; v < V; v++) {
    store_of<Part>(straight + c + v * W, sum[v], n);
    store_of<Part>(along + c + v * W, product[v], n);
  }
}

template <bool Rectified>
void sums_of_piece(const float* x, const float* dy, int64_t rows, int64_t channels, const Channels& by,
                   float* straight, float* along) {
  int64_t c = 0;
  for (; c + 2 * W <= channels; c += 2 * W) {
    sums_of<2, Rectified, false>(x, dy, rows, channels, W, by, c, straight, along);
  }
  for (; c + W <= channels; c += W) {
    sums_of<1, Rectified, false>(x, dy, rows, channels, W, by, c, straight, along);
  }
  if (c < channels) {
    sums_of<1, Rectified, true>(x, dy, rows, channels, static_cast<int>(channels - c), by, c, straight, along);
  }
}

// dx = scale · (dz − mean(dz) − x̂ · mean(dz · x̂)) = scale · dz + slope · (x − μ) + level
struct Terms {
  float* slope;
  float* level;
};

template <bool Rectified, bool Part>
PCAM_INLINE void gradient_vector(const float* x, const float* dy, float* dx, const Channels& by, const Terms& terms,
                                 int64_t c, int n) {
  const vec centred = load_of<Part>(x + c, n) - load_of<Part>(by.mean + c, n);
  const vec scale = load_of<Part>(by.scale + c, n);
  vec dz = load_of<Part>(dy + c, n);
  if (Rectified) dz = where_positive(affine(centred, scale, load_of<Part>(by.bias + c, n)), dz);
  store_of<Part>(
      dx + c, dz * scale + (centred * load_of<Part>(terms.slope + c, n) + load_of<Part>(terms.level + c, n)), n);
}

template <bool Rectified>
void gradient_rows(const float* x, const float* dy, float* dx, int64_t rows, int64_t channels, const Channels& by,
                   const Terms& terms) {
  for (int64_t r = 0; r < rows; r++, x += channels, dy += channels, dx += channels) {
    int64_t c = 0;
    for (; c + W <= channels; c += W) gradient_vector<Rectified, false>(x, dy, dx, by, terms, c, W);
    if (c < channels) {
      gradient_vector<Rectified, true>(x, dy, dx, by, terms, c, static_cast<int>(channels - c));
    }
  }
}

void gradient(const BatchNormGradTask& t) {
  if (t.rows == 0) {
    for (int64_t c = 0; c < t.channels; c++) t.d_weight[c] = t.d_bias[c] = 0;
    return;
  }
  if (t.channels == 0) return;
  const Abreast view(t.rows, t.channels);
  const int64_t channels = view.channels;
  const Pieces pieces(view.rows, channels);
  Scratch scratch(0, (2 * pieces.count + 6) * channels);
  float* const shared = scratch.shared();
  float* const parts = shared + 6 * channels;
  const Channels by{view.repeated(t.mean, shared), view.repeated(t.bias, shared + channels), shared + 2 * channels,
                    shared + 3 * channels};
  const Terms terms{shared + 4 * channels, shared + 5 * channels};
  by.prepare(t.variance, t.weight, t.epsilon, view);
  pieces.each([&](int64_t piece, int64_t row, int64_t rows) {
    const float* const x = t.x + row * channels;
    const float* const dy = t.dy + row * channels;
    float* const straight = parts + 2 * piece * channels;
    if (t.rectified) sums_of_piece<true>(x, dy, rows, channels, by, straight, straight + channels);
    else sums_of_piece<false>(x, dy, rows, channels, by, straight, straight + channels);
  });
  for (int64_t c = 0; c < view.each; c++) {
    double straight = 0, along = 0;
    for (int64_t p = 0; p < pieces.count; p++) {
      for (int64_t at = c; at < channels; at += view.each) {
        straight += parts[2 * p * channels + at];
        along += parts[(2 * p + 1) * channels + at];
      }
    }
    const double inverse = by.inverse[c], scale = by.scale[c], count = static_cast<double>(t.rows);
    t.d_bias[c] = static_cast<float>(straight);
    t.d_weight[c] = static_cast<float>(along * inverse);
    terms.slope[c] = static_cast<float>(-scale * inverse * inverse * along / count);
    terms.level[c] = static_cast<float>(-scale * straight / count);
  }
  view.repeat(terms.slope);
  view.repeat(terms.level);
  pieces.each([&](int64_t, int64_t row, int64_t rows) {
    const int64_t at = row * channels;
    if (t.rectified) gradient_rows<true>(t.x + at, t.dy + at, t.dx + at, rows, channels, by, terms);
    else gradient_rows<false>(t.x + at, t.dy + at, t.dx + at, rows, channels, by, terms);
  });
}

}  // namespace

void fill_batch_norm(BatchNorm& table) {
  table.forward = forward;
  table.gradient = gradient;
  table.second = second_gradient;
}

}  // namespace PCAM_ISA
}  // namespace pcam
