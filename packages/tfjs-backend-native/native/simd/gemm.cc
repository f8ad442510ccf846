#include "simd/gemm.h"

#include "memory.h"
#include "simd/product.h"
#include "threads.h"

namespace pcam {
namespace PCAM_ISA {
namespace {

struct Product {
  const MatmulTask& task;
  int64_t panels, panel;  // how many, and floats of one

  explicit Product(const MatmulTask& t)
      : task(t), panels((t.n + kColumns - 1) / kColumns), panel(t.k * kColumns) {}

  void pack(const float* b, int64_t j, float* out) const {
    const int columns = static_cast<int>(least(kColumns, task.n - j * kColumns));
    if (task.transpose_b) pack_panel_transposed(b + j * kColumns * task.k, task.k, task.k, columns, out + j * panel);
    else pack_panel(b + j * kColumns, task.n, task.k, columns, out + j * panel);
  }

  // Rows [i0, i1) and panels [j0, j1) of one product; `room` holds kDepth · kTaskRows floats.
  void part(const float* a, const float* packed, float* c, int64_t i0, int64_t i1, int64_t j0, int64_t j1,
            float* room) const {
    const int64_t n0 = j0 * kColumns, n = least(task.n, j1 * kColumns) - n0;
    const int64_t rows = i1 - i0;
    float* const out = c + i0 * task.n + n0;
    int64_t p = 0;
    do {  // once even where k = 0: C is then the bias
      const int64_t depth = least(kDepth, task.k - p);
      const bool last = p + depth >= task.k;
      const Finish finish{p > 0, last && task.bias ? task.bias + n0 : nullptr,
                          last ? task.activation : Activation::kLinear};
      const float* const b = packed + j0 * panel + p * kColumns;
      if (task.transpose_a) {
        for (int64_t q = 0; q < depth; q++) {
          __builtin_memcpy(room + q * kTaskRows, a + (p + q) * task.m + i0, sizeof(float) * rows);
        }
        block<true>(rows, n, depth, room, kTaskRows, b, panel, out, task.n, finish);
      } else {
        block<false>(rows, n, depth, a + i0 * task.k + p, task.k, b, panel, out, task.n, finish);
      }
      p += depth;
    } while (p < task.k);
  }
};

void one(const Product& product, const float* a, const float* b, float* c) {
  const MatmulTask& task = product.task;
  Scratch scratch(kDepth * kTaskRows, product.panels * product.panel);
  float* const packed = scratch.shared();
  parallel(product.panels, [&](int64_t j, int) { product.pack(b, j, packed); });
  // Enough tasks to share out: fewer rows in each first, since tasks of the same rows each turn A's anew.
  const int64_t rows = least(kTaskRows, round_up(most(24, (task.m + 3) / 4), kRows));
  const int64_t row_blocks = (task.m + rows - 1) / rows;
  const int64_t splits = least((product.panels + 1) / 2, most(1, 8 / row_blocks));
  const int64_t step = (product.panels + splits - 1) / splits;
  const int64_t column_blocks = (product.panels + step - 1) / step;
  parallel(row_blocks * column_blocks, [&](int64_t number, int thread) {
    const int64_t i = number / column_blocks * rows, j = number % column_blocks * step;
    product.part(a, packed, c, i, least(task.m, i + rows), j, least(product.panels, j + step), scratch.of(thread));
  });
}

void many(const Product& product) {
  const MatmulTask& task = product.task;
  const int64_t room = kDepth * kTaskRows;
  Scratch scratch(room + product.panels * product.panel);
  parallel(task.batch, [&](int64_t index, int thread) {
    float* const packed = scratch.of(thread) + room;
    const float* const b = task.b + index * task.b_stride;
    for (int64_t j = 0; j < product.panels; j++) product.pack(b, j, packed);
    for (int64_t i = 0; i < task.m; i += kTaskRows) {
      product.part(task.a + index * task.a_stride, packed, task.c + index * task.m * task.n, i,
                   least(task.m, i + kTaskRows), 0, product.panels, scratch.of(thread));
    }
  });
}

void matmul(const MatmulTask& task) {
  if (task.batch == 0 || task.m == 0 || task.n == 0) return;
  MatmulTask whole = task;
  // One right side for all, and rows that follow each other: a single tall product.
  if (task.batch > 1 && task.b_stride == 0 && task.a_stride != 0 && !task.transpose_a) {
    whole.m *= whole.batch;
    whole.batch = 1;
  }
  const Product product(whole);
  if (whole.batch >= 4) return many(product);
  for (int64_t index = 0; index < whole.batch; index++) {
    one(product, whole.a + index * whole.a_stride, whole.b + index * whole.b_stride,
        whole.c + index * whole.m * whole.n);
  }
}

}  // namespace

void fill_gemm(Gemm& table) { table.matmul = matmul; }

}  // namespace PCAM_ISA
}  // namespace pcam
