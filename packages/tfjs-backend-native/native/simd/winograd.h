// 3x3 convolutions of stride 1 through Winograd's domain: a product for each of (M + 2)² points replaces 9 M²
// multiplications a channel pair.
#pragma once
#include "memory.h"
#include "simd/filter_gradient.h"
#include "simd/winograd_tiles.h"
#include "threads.h"

namespace pcam {
namespace PCAM_ISA {
namespace {

// Tiles that a task carries through the domain: enough rows to use each plane of the filters well, few enough
// that the tiles' planes stay near.
int64_t tiles_of_task(int points, int64_t k, int64_t n) {
  const int64_t near = (int64_t{160} << 10) / (points * points * (k + n));
  const int64_t filters = points * points * k * n * 4;
  const int64_t low = filters > (int64_t{2} << 20) ? 48 : 24;
  return round_up(most(low, least(96, near)), kRows);
}

// Products for all points: outputs[count][width] = inputs[count][k] · filters[k][width], plane by plane.
void multiply_planes(int points, int64_t count, int64_t k, int64_t width, const float* inputs, int64_t input_plane,
                     const float* filters, int64_t filter_plane, float* outputs, int64_t output_plane) {
  for (int point = 0; point < points * points; point++) {
    for (int64_t p = 0; p < k; p += kDepth) {
      const Finish finish{p > 0, nullptr, Activation::kLinear};
      block<false>(count, width, least(kDepth, k - p), inputs + point * input_plane + p, k,
                   filters + point * filter_plane + p * kColumns, k * kColumns, outputs + point * output_plane, width,
                   finish);
    }
  }
}

// `transform(k0, k1, planes, plane)` writes rows of the filters' planes. False if a result is infinite or NaN: such
// values spread over whole tiles here.
template <int M, class TransformFilters>
bool winograd_pass(const Pass& pass, const float* in, const float* bias, Activation activation, float* out,
                   TransformFilters&& transform) {
  constexpr int P = Winograd<M>::kPoints;
  const int64_t k = pass.in_c, n = pass.out_c, panels = round_up(n, kColumns) / kColumns;
  const int64_t tiles = pass.tiles(M), step = least(round_up(tiles, kRows), tiles_of_task(P, k, n));
  const int64_t blocks = (tiles + step - 1) / step;
  // Few tiles: the columns are shared out too, and each task transforms the inputs it needs.
  const int64_t splits = least(panels, most(1, 8 / blocks));
  const int64_t panels_of_task = (panels + splits - 1) / splits;
  const int64_t column_blocks = (panels + panels_of_task - 1) / panels_of_task;
  const int64_t input_plane = step * k + kApart, output_plane = step * panels_of_task * kColumns + kApart;
  const int64_t filter_plane = panels * k * kColumns + kApart;
  const Scratch scratch(P * P * (input_plane + output_plane), P * P * filter_plane + k);
  float* const filters = scratch.shared();
  float* const zeros = filters + P * P * filter_plane;
  clear_floats(zeros, k);
  const int64_t rows = 2 * W;
  parallel((k + rows - 1) / rows, [&](int64_t task, int) {
    transform(task * rows, least(k, (task + 1) * rows), filters, filter_plane);
  });
  Flag flag;
  parallel(blocks * column_blocks, [&](int64_t task, int thread) {
    // Tasks that follow each other share a part of the filters.
    const int64_t first = task % blocks * step, count = least(step, tiles - first);
    const int64_t panel = task / blocks * panels_of_task;
    const int64_t n0 = panel * kColumns, n1 = least(n, n0 + panels_of_task * kColumns);
    float* const inputs = scratch.of(thread);
    float* const outputs = inputs + P * P * input_plane;
    transform_inputs<M>(pass, in, first, count, 0, k, zeros, inputs, input_plane);
    multiply_planes(P, count, k, n1 - n0, inputs, input_plane, filters + panel * k * kColumns, filter_plane, outputs,
                    output_plane);
    flag.raise_if(!transform_outputs<M>(pass, outputs, output_plane, first, count, n0, n1, bias, activation, out));
  });
  return !flag.raised;
}

template <int M>
bool forward_by(const ConvShape& s, const float* x, const float* filter, const float* bias, Activation activation,
                float* y) {
  const Pass pass{s.batch, s.in_h, s.in_w, s.in_c, s.out_h, s.out_w, s.out_c, s.pad_top, s.pad_left};
  return winograd_pass<M>(pass, x, bias, activation, y, [&](int64_t k0, int64_t k1, float* planes, int64_t plane) {
    transform_filters<M>(filter, s.in_c, s.out_c, k0, k1, planes, plane);
  });
}

template <int M>
bool input_gradient_by(const ConvShape& s, const float* dy, const float* filter, float* dx) {
  const Pass pass{s.batch, s.out_h, s.out_w, s.out_c, s.in_h, s.in_w, s.in_c, 2 - s.pad_top, 2 - s.pad_left};
  return winograd_pass<M>(pass, dy, nullptr, Activation::kLinear, dx,
                   [&](int64_t k0, int64_t k1, float* planes, int64_t plane) {
                     transform_turned_filters<M>(filter, s.out_c, s.in_c, k0, k1, planes, plane);
                   });
}

// dU[point] = sum over tiles of inputsᵀ · output gradients, then back to 3x3.
template <int M>
void filter_gradient_by(const ConvShape& s, const float* x, const float* dy, float* dfilter) {
  constexpr int P = Winograd<M>::kPoints;
  const Pass pass{s.batch, s.in_h, s.in_w, s.in_c, s.out_h, s.out_w, s.out_c, s.pad_top, s.pad_left};
  const int64_t k = s.in_c, n = s.out_c, tiles = pass.tiles(M);
  const int64_t columns = round_up(n, kColumns);
  const int64_t step = least(64, tiles);
  const int64_t pieces = most(1, least(4, tiles / (4 * step)));
  const int64_t wanted = most(1, 8 / pieces);
  const int64_t rows = round_up(most(48, (k + wanted - 1) / wanted), kRows), row_blocks = (k + rows - 1) / rows;
  const int64_t tiles_of_piece = (tiles + pieces - 1) / pieces;
  const int64_t input_plane = step * rows + kApart, output_plane = step * columns + kApart, sums = k * n;
  const Scratch scratch(P * P * (input_plane + output_plane), pieces * P * P * sums + k);
  float* const partial = scratch.shared();
  float* const zeros = partial + pieces * P * P * sums;
  clear_floats(zeros, k);
  parallel(row_blocks * pieces, [&](int64_t task, int thread) {
    const int64_t piece = task / row_blocks, k0 = task % row_blocks * rows, k1 = least(k, k0 + rows);
    const int64_t begin = piece * tiles_of_piece, end = least(tiles, begin + tiles_of_piece);
    float* const inputs = scratch.of(thread);
    float* const outputs = inputs + P * P * input_plane;
    float* const sum = partial + piece * P * P * sums + k0 * n;
    for (int64_t first = begin; first < end; first += step) {
      const int64_t count = least(step, end - first);
      transform_inputs<M>(pass, x, first, count, k0, k1, zeros, inputs, input_plane);
      transform_output_gradients<M>(pass, dy, first, count, outputs, output_plane);
      for (int point = 0; point < P * P; point++) {
        block<true>(k1 - k0, n, count, inputs + point * input_plane, k1 - k0, outputs + point * output_plane,
                    count * kColumns, sum + point * sums, n, {first > begin, nullptr, Activation::kLinear});
      }
    }
  });
  parallel(k, [&](int64_t row, int) {
    each_vector(n, [&](int64_t c, int lanes) {
      vec u[P * P], g[9];
#pragma GCC unroll 36
      for (int point = 0; point < P * P; point++) {
        vec total = load_some(partial + point * sums + row * n + c, lanes);
        for (int64_t piece = 1; piece < pieces; piece++) {
          total += load_some(partial + (piece * P * P + point) * sums + row * n + c, lanes);
        }
        u[point] = total;
      }
      both_axes<P, 3, Winograd<M>::filter_transposed>(u, g);
#pragma GCC unroll 9
      for (int i = 0; i < 9; i++) store_some(dfilter + (i * k + row) * n + c, g[i], lanes);
    });
  });
}

bool winograd_forward(int m, const ConvShape& s, const float* x, const float* filter, const float* bias,
                      Activation activation, float* y) {
  if (m == 2) return forward_by<2>(s, x, filter, bias, activation, y);
  if (m == 3) return forward_by<3>(s, x, filter, bias, activation, y);
  return forward_by<4>(s, x, filter, bias, activation, y);
}

bool winograd_input_gradient(int m, const ConvShape& s, const float* dy, const float* filter, float* dx) {
  if (m == 2) return input_gradient_by<2>(s, dy, filter, dx);
  if (m == 3) return input_gradient_by<3>(s, dy, filter, dx);
  return input_gradient_by<4>(s, dy, filter, dx);
}

void winograd_filter_gradient(int m, const ConvShape& s, const float* x, const float* dy, float* dfilter) {
  if (m == 2) filter_gradient_by<2>(s, x, dy, dfilter);
  else if (m == 3) filter_gradient_by<3>(s, x, dy, dfilter);
  else filter_gradient_by<4>(s, x, dy, dfilter);
}

// The tile size that should be fastest for k channels to n channels of out_h x out_w, or 0 for none of them;
// `asked` overrides where it can be done.
int winograd_size(const ConvShape& s, int64_t k, int64_t n, int64_t out_h, int64_t out_w, int asked) {
  const bool possible = s.filter_h == 3 && s.filter_w == 3 && s.stride_h == 1 && s.stride_w == 1 &&
                        s.dilation_h == 1 && s.dilation_w == 1 && k > 0 && n > 0;
  if (!possible || asked == 0) return 0;
  if (asked >= 2) return asked <= 4 ? asked : 0;
  if (k < 16 || n < 16) return 0;
  // In multiplications: those of the products, and what the transforms cost beside them.
  const double pairs = static_cast<double>(k) * n;
  double best = 9.0 * s.batch * out_h * out_w * pairs;
  int size = 0;
  for (int m = 2; m <= 4; m++) {
    const double tiles = static_cast<double>(s.batch) * ((out_h + m - 1) / m) * ((out_w + m - 1) / m);
    const double points = (m + 2) * (m + 2);
    const double cost = points * (tiles * (pairs + 18.0 * (k + n)) + 12.0 * pairs);
    if (cost < best) {
      best = cost;
      size = m;
    }
  }
  return size;
}

}  // namespace
}  // namespace PCAM_ISA
}  // namespace pcam
