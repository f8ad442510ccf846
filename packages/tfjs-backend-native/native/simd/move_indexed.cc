#include "memory.h"
#include "simd/channels.h"
#include "simd/move.h"
#include "simd/move_parts.h"

namespace pcam {
namespace PCAM_ISA {
namespace {

template <class T>
void gather_elements(const GatherTask& task) {
  const int64_t lines = task.batch * task.outer;
  const T* const x = static_cast<const T*>(task.x);
  T* const y = static_cast<T*>(task.y);
  share_ranges(lines * task.count, task.slice, [&](int64_t begin, int64_t end, int) {
    int64_t l = begin / task.count, i = begin % task.count;
    for (int64_t number = begin; number < end; l++, i = 0) {
      const int32_t* const indices = task.indices + l / task.outer * task.count;
      const T* const from = x + l * task.dim * task.slice;
      for (; i < task.count && number < end; i++, number++) {
        copy_row(from + indices[i] * task.slice, y + number * task.slice, task.slice);
      }
    }
  });
}

void gather(const GatherTask& task) {
  if (task.count == 0 || task.outer == 0 || task.slice == 0) return;
  if (task.bytes == 1) gather_elements<uint8_t>(task);
  else gather_elements<uint32_t>(task);
}

// Columns that one task sums, in double precision: there may be many rows in a segment.
constexpr int64_t kColumns = 64;

void segment_sum(int64_t rows, int64_t width, int64_t segments, const float* x, const int32_t* ids, float* y) {
  if (segments == 0 || width == 0) return;
  const int64_t step = least(width, kColumns);
  Scratch scratch(2 * segments * step);
  share((width + step - 1) / step, (rows + segments) * width, [&](int64_t task, int thread) {
    const int64_t first = task * step, columns = least(step, width - first);
    double* const sums = reinterpret_cast<double*>(scratch.of(thread));
    __builtin_memset(sums, 0, sizeof(double) * segments * step);
    for (int64_t i = 0; i < rows; i++) {
      if (ids[i] < 0 || ids[i] >= segments) continue;
      const float* const from = x + i * width + first;
      double* const to = sums + ids[i] * step;
      for (int64_t j = 0; j < columns; j++) to[j] += from[j];
    }
    for (int64_t s = 0; s < segments; s++) {
      for (int64_t j = 0; j < columns; j++) y[s * width + first + j] = static_cast<float>(sums[s * step + j]);
    }
  });
}

}  // namespace

void fill_move_indexed(Moving& table) {
  table.gather = gather;
  table.segment_sum = segment_sum;
}

}  // namespace PCAM_ISA
}  // namespace pcam
