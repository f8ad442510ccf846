// Convolution forward and towards the input as a matrix product over windows: rows are cells of the output.
#include "simd/conv.h"

#include "memory.h"
#include "simd/filter_gradient.h"
#include "simd/windows.h"
#include "simd/winograd.h"
#include "threads.h"

namespace pcam {
namespace PCAM_ISA {
namespace {

constexpr int64_t kTaskRows = (96 / kRows) * kRows;

// Where a window's results go: row (i, j) of the grid to cell (i · step_h + row, j · step_w + column) of [.., h, w].
struct Cells {
  float* images;
  int64_t h, w, step_h, step_w, row, column;
};

// out = activation(windows · b + bias), with b packed in panels of the windows' depth.
struct WindowProduct {
  Windows windows;
  Cells cells;
  int64_t rows, n, depth;
  const float* packed;
  const float* bias;
  Activation activation;

  bool side_by_side() const { return cells.step_h == 1 && cells.step_w == 1; }

  void part(int64_t i0, int64_t i1, int64_t j0, int64_t j1, float* room) const {
    const int64_t n0 = j0 * kColumns, width = least(n, j1 * kColumns) - n0;
    float* const gathered = room;
    float* const results = side_by_side() ? cells.images + i0 * n + n0 : room + kTaskRows * kDepth;
    const int64_t ld = side_by_side() ? n : width;
    for (int64_t k = 0; k < depth; k += kDepth) {
      const int64_t step = least(kDepth, depth - k);
      const bool last = k + step == depth;
      windows_to_rows(windows, i0, i1, k, k + step, gathered, kDepth);
      const Finish finish{k > 0, last && bias ? bias + n0 : nullptr, last ? activation : Activation::kLinear};
      block<false>(i1 - i0, width, step, gathered, kDepth, packed + j0 * depth * kColumns + k * kColumns,
                   depth * kColumns, results, ld, finish);
    }
    if (!side_by_side()) spread(i0, i1, n0, width, results);
  }

  void spread(int64_t i0, int64_t i1, int64_t n0, int64_t width, const float* results) const {
    const int64_t per_image = windows.grid_h * windows.grid_w;
    for (int64_t row = i0; row < i1; row++, results += width) {
      const int64_t image = row / per_image, i = row % per_image / windows.grid_w, j = row % windows.grid_w;
      const int64_t y = i * cells.step_h + cells.row, x = j * cells.step_w + cells.column;
      copy_floats(cells.images + ((image * cells.h + y) * cells.w + x) * n + n0, results, width);
    }
  }
};

int64_t panels_for(int64_t columns) { return (columns + kColumns - 1) / kColumns; }

// Runs tasks of kTaskRows rows and, where those are few, of some of the columns.
void run(const WindowProduct& product, const Scratch& scratch) {
  const int64_t panels = panels_for(product.n), row_blocks = (product.rows + kTaskRows - 1) / kTaskRows;
  const int64_t splits = least(panels, most(1, 16 / most(1, row_blocks)));
  const int64_t step = (panels + splits - 1) / splits, column_blocks = (panels + step - 1) / step;
  parallel(row_blocks * column_blocks, [&](int64_t task, int thread) {
    const int64_t i = task / column_blocks * kTaskRows, j = task % column_blocks * step;
    product.part(i, least(product.rows, i + kTaskRows), j, least(panels, j + step), scratch.of(thread));
  });
}

int64_t room_for(int64_t columns) { return kTaskRows * (kDepth + round_up(columns, kColumns)); }

void forward_direct(const ConvShape& s, const float* x, const float* filter, const float* bias, Activation activation,
                    float* y) {
  const int64_t depth = s.filter_h * s.filter_w * s.in_c, panels = panels_for(s.out_c);
  const Scratch scratch(room_for(s.out_c), panels * depth * kColumns);
  float* const packed = scratch.shared();
  parallel(panels, [&](int64_t j, int) {
    const int columns = static_cast<int>(least(kColumns, s.out_c - j * kColumns));
    pack_panel(filter + j * kColumns, s.out_c, depth, columns, packed + j * depth * kColumns);
  });
  const int64_t rows = s.batch * s.out_h * s.out_w;
  run({forward_windows(s, x), {y, s.out_h, s.out_w, 1, 1, 0, 0}, rows, s.out_c, depth, packed, bias, activation},
      scratch);
}

// One axis of the input's gradient: for inputs at phase + stride · r, the filter's cells that reach them, and the
// output that each of them takes from, relative to r, ascending.
struct Reach {
  int count = 0;
  int64_t cell[kMostSegments], offset[kMostSegments];

  Reach(int64_t phase, int64_t filter, int64_t stride, int64_t pad, int64_t dilation) {
    for (int64_t cell_here = filter - 1; cell_here >= 0; cell_here--) {
      const int64_t at = phase + pad - cell_here * dilation;
      if (at % stride != 0) continue;
      cell[count] = cell_here;
      offset[count++] = at / stride;
    }
  }
};

// The inputs of one phase (i0, j0) of the strides: their windows lie in dy, without gaps where dilation is 1.
void input_gradient_of_phase(const ConvShape& s, const float* dy, const float* filter, float* dx, int64_t i0,
                             int64_t j0) {
  const Reach down(i0, s.filter_h, s.stride_h, s.pad_top, s.dilation_h);
  const Reach across(j0, s.filter_w, s.stride_w, s.pad_left, s.dilation_w);
  const int64_t grid_h = (s.in_h - i0 + s.stride_h - 1) / s.stride_h;
  const int64_t grid_w = (s.in_w - j0 + s.stride_w - 1) / s.stride_w;
  if (grid_h <= 0 || grid_w <= 0) return;
  Windows windows{dy, s.out_h, s.out_w, s.out_c, grid_h, grid_w, 1, 1, 0, 0, 0, {}};
  for (int i = 0; i < down.count; i++) {
    for (int j = 0; j < across.count; j++) {
      Segment* const before = j > 0 ? &windows.segment[windows.segments - 1] : nullptr;
      if (before && before->column + before->count == across.offset[j]) before->count++;
      else windows.segment[windows.segments++] = {down.offset[i], across.offset[j], 1};
    }
  }
  const int64_t depth = windows.depth(), panels = panels_for(s.in_c);
  if (depth == 0) return;
  const Scratch scratch(room_for(s.in_c), panels * depth * kColumns);
  float* const packed = scratch.shared();
  parallel(panels, [&](int64_t panel, int) {
    const int columns = static_cast<int>(least(kColumns, s.in_c - panel * kColumns));
    float* out = packed + panel * depth * kColumns;
    for (int i = 0; i < down.count; i++) {
      for (int j = 0; j < across.count; j++) {
        const float* const cell = filter + (down.cell[i] * s.filter_w + across.cell[j]) * s.in_c * s.out_c;
        pack_panel_transposed(cell + panel * kColumns * s.out_c, s.out_c, s.out_c, columns, out);
        out += s.out_c * kColumns;
      }
    }
  });
  const Cells cells{dx, s.in_h, s.in_w, s.stride_h, s.stride_w, i0, j0};
  run({windows, cells, s.batch * grid_h * grid_w, s.in_c, depth, packed, nullptr, Activation::kLinear}, scratch);
}

bool empty(const ConvShape& s) { return s.batch * s.out_h * s.out_w * s.out_c == 0; }

void forward(const ConvShape& s, const float* x, const float* filter, const float* bias, Activation activation,
             float* y, int winograd) {
  if (empty(s)) return;
  const int size = winograd_size(s, s.in_c, s.out_c, s.out_h, s.out_w, winograd);
  if (size > 0) winograd_forward(size, s, x, filter, bias, activation, y);
  else forward_direct(s, x, filter, bias, activation, y);
}

void input_gradient(const ConvShape& s, const float* dy, const float* filter, float* dx, int winograd) {
  const int64_t inputs = s.batch * s.in_h * s.in_w * s.in_c;
  if (inputs == 0) return;
  const int size = empty(s) ? 0 : winograd_size(s, s.out_c, s.in_c, s.in_h, s.in_w, winograd);
  if (size > 0) return winograd_input_gradient(size, s, dy, filter, dx);
  // Some inputs may be reached by no cell of the filter.
  const bool gaps = empty(s) || s.filter_h < s.stride_h || s.filter_w < s.stride_w || s.dilation_h > 1 || s.dilation_w > 1;
  if (gaps) parallel_ranges(inputs, 1 << 16, [&](int64_t begin, int64_t end) { clear_floats(dx + begin, end - begin); });
  if (empty(s)) return;
  for (int64_t i = 0; i < least(s.stride_h, s.in_h); i++) {
    for (int64_t j = 0; j < least(s.stride_w, s.in_w); j++) input_gradient_of_phase(s, dy, filter, dx, i, j);
  }
}

void filter_gradient(const ConvShape& s, const float* x, const float* dy, float* dfilter, int winograd) {
  const int64_t filters = s.filter_h * s.filter_w * s.in_c * s.out_c;
  if (filters == 0) return;
  if (empty(s)) return clear_floats(dfilter, filters);
  const int size = winograd_size(s, s.in_c, s.out_c, s.out_h, s.out_w, winograd);
  if (size > 0) winograd_filter_gradient(size, s, x, dy, dfilter);
  else filter_gradient_direct(s, x, dy, dfilter);
}

}  // namespace

void fill_conv(Conv& table) {
  table.forward = forward;
  table.input_gradient = input_gradient;
  table.filter_gradient = filter_gradient;
}

}  // namespace PCAM_ISA
}  // namespace pcam
