// Rows cut into pieces by shape alone, so that no sum over them depends on how many threads there are.
#pragma once
#include "simd/split.h"
#include "simd/vector.h"
#include "threads.h"

namespace pcam {
namespace PCAM_ISA {
namespace {

// Sums of so many values lose no digits of a float that matter.
constexpr int64_t kPieceRows = 512;

struct Pieces {
  int64_t rows, columns, grain, count;

  Pieces(int64_t r, int64_t c, int64_t most_rows = kPieceRows)
      : rows(r), columns(c), grain(c > 0 ? kPiece / c : 1) {
    if (grain < 1) grain = 1;
    if (grain > most_rows) grain = most_rows;
    count = (rows + grain - 1) / grain;
  }

  int64_t rows_of(int64_t piece) const {
    const int64_t left = rows - piece * grain;
    return left < grain ? left : grain;
  }

  // f(piece, first row, rows)
  template <class F>
  void each(F&& f) const {
    if (rows * columns < kWorthThreads) {
      for (int64_t piece = 0; piece < count; piece++) f(piece, piece * grain, rows_of(piece));
      return;
    }
    parallel(count, [&](int64_t piece, int) { f(piece, piece * grain, rows_of(piece)); });
  }
};

template <bool Part>
PCAM_INLINE vec load_of(const float* p, int n) {
  return Part ? load_part(p, n) : load(p);
}
template <bool Part>
PCAM_INLINE void store_of(float* p, vec v, int n) {
  if (Part) store_part(p, v, n);
  else store(p, v);
}

}  // namespace
}  // namespace PCAM_ISA
}  // namespace pcam
