#include "simd/move.h"

#include "simd/channels.h"
#include "simd/move_parts.h"

namespace pcam {
namespace PCAM_ISA {
namespace {

// Elements of a row that are one piece of work.
constexpr int64_t kPiece = 16384;

// Without axes of one, and with axes joined that follow each other in both.
CopyTask simplified(const CopyTask& task) {
  CopyTask plain = task;
  plain.axes = 0;
  for (int k = 0; k < task.axes; k++) {
    if (task.sizes[k] == 1) continue;
    const int last = plain.axes - 1;
    const int64_t size = task.sizes[k];
    if (last >= 0 && plain.to_strides[last] == task.to_strides[k] * size &&
        plain.from_strides[last] == task.from_strides[k] * size) {
      plain.sizes[last] *= size;
    } else {
      plain.sizes[++plain.axes - 1] = size;
    }
    plain.to_strides[plain.axes - 1] = task.to_strides[k];
    plain.from_strides[plain.axes - 1] = task.from_strides[k];
  }
  if (plain.axes == 0) {
    plain.axes = 1;
    plain.sizes[0] = plain.to_strides[0] = plain.from_strides[0] = 1;
  }
  return plain;
}

// The axes from `k` on move up by one; those left are walked over.
void drop_axis(CopyTask& task, int k) {
  task.axes--;
  for (; k < task.axes; k++) {
    task.sizes[k] = task.sizes[k + 1];
    task.to_strides[k] = task.to_strides[k + 1];
    task.from_strides[k] = task.from_strides[k + 1];
  }
}

// All indices of a task's axes, one after the other, as offsets.
struct Walk {
  const CopyTask& task;
  int64_t at[kMostAxes];
  int64_t to, from;

  Walk(const CopyTask& t, int64_t number) : task(t), to(t.to_offset), from(t.from_offset) {
    for (int k = task.axes - 1; k >= 0; k--) {
      at[k] = number % task.sizes[k];
      number /= task.sizes[k];
      to += at[k] * task.to_strides[k];
      from += at[k] * task.from_strides[k];
    }
  }

  __attribute__((always_inline)) void next() {
    for (int k = task.axes - 1; k >= 0; k--) {
      to += task.to_strides[k];
      from += task.from_strides[k];
      if (++at[k] < task.sizes[k]) return;
      to -= at[k] * task.to_strides[k];
      from -= at[k] * task.from_strides[k];
      at[k] = 0;
    }
  }
};

int64_t count_of(const CopyTask& task) {
  int64_t count = 1;
  for (int k = 0; k < task.axes; k++) count *= task.sizes[k];
  return count;
}

template <class T>
PCAM_INLINE void line(const T* from, int64_t from_stride, T* to, int64_t to_stride, int64_t n) {
  if (to_stride == 1 && from_stride == 1) {
    copy_row(from, to, n);
  } else if (to_stride == 1 && from_stride == 0) {
    const T value = *from;
    for (int64_t i = 0; i < n; i++) to[i] = value;
  } else {
    for (int64_t i = 0; i < n; i++) to[i * to_stride] = from[i * from_stride];
  }
}

template <class T>
void copy_lines(CopyTask task) {
  const int last = task.axes - 1;
  const int64_t n = task.sizes[last], to_stride = task.to_strides[last], from_stride = task.from_strides[last];
  task.axes = last;
  const int64_t pieces = (n + kPiece - 1) / kPiece, lines = count_of(task);
  const T* const from = static_cast<const T*>(task.from);
  T* const to = static_cast<T*>(task.to);
  share_ranges(lines * pieces, least(n, kPiece), [&](int64_t begin, int64_t end, int) {
    Walk walk(task, begin / pieces);
    int64_t piece = begin % pieces;
    for (int64_t number = begin; number < end; number++) {
      const int64_t start = piece * kPiece, length = least(kPiece, n - start);
      line(from + walk.from + start * from_stride, from_stride, to + walk.to + start * to_stride, to_stride, length);
      if (++piece == pieces) {
        piece = 0;
        walk.next();
      }
    }
  });
}

constexpr int kTile = 16;
// Tiles are taken in squares of this side, so that both sides see runs of several cache lines.
constexpr int64_t kSquare = 4 * kTile;

// Four numbers of four rows each become four numbers of four columns.
typedef uint32_t quad __attribute__((vector_size(16)));
#if defined(__clang__)
#define PCAM_PICK(a, b, i, j, k, l) __builtin_shufflevector(a, b, i, j, k, l)
#else
#define PCAM_PICK(a, b, i, j, k, l) __builtin_shuffle(a, b, quad{i, j, k, l})
#endif

PCAM_INLINE quad load_quad(const uint32_t* p) {
  quad v;
  __builtin_memcpy(&v, p, sizeof v);
  return v;
}

PCAM_INLINE void turn_quads(const uint32_t* from, int64_t from_stride, uint32_t* to, int64_t to_stride) {
  const quad a = load_quad(from), b = load_quad(from + from_stride);
  const quad c = load_quad(from + 2 * from_stride), d = load_quad(from + 3 * from_stride);
  const quad ab_low = PCAM_PICK(a, b, 0, 4, 1, 5), ab_high = PCAM_PICK(a, b, 2, 6, 3, 7);
  const quad cd_low = PCAM_PICK(c, d, 0, 4, 1, 5), cd_high = PCAM_PICK(c, d, 2, 6, 3, 7);
  const quad columns[4] = {PCAM_PICK(ab_low, cd_low, 0, 1, 4, 5), PCAM_PICK(ab_low, cd_low, 2, 3, 6, 7),
                           PCAM_PICK(ab_high, cd_high, 0, 1, 4, 5), PCAM_PICK(ab_high, cd_high, 2, 3, 6, 7)};
#pragma GCC unroll 4
  for (int i = 0; i < 4; i++) __builtin_memcpy(to + i * to_stride, &columns[i], sizeof(quad));
}

PCAM_INLINE void turn_whole(const uint32_t* from, int64_t from_stride, uint32_t (*tile)[kTile]) {
  for (int j = 0; j < kTile; j += 4) {
#pragma GCC unroll 4
    for (int i = 0; i < kTile; i += 4) turn_quads(from + j * from_stride + i, from_stride, &tile[i][j], kTile);
  }
}

PCAM_INLINE void turn_whole(const uint8_t* from, int64_t from_stride, uint8_t (*tile)[kTile]) {
  for (int j = 0; j < kTile; j++) {
    for (int i = 0; i < kTile; i++) tile[i][j] = from[j * from_stride + i];
  }
}

// to[i · to_stride + j] = from[j · from_stride + i]. By way of a tile, each cache line is touched once.
template <class T>
PCAM_INLINE void turn_tile(const T* from, int64_t from_stride, T* to, int64_t to_stride, int rows, int columns) {
  T tile[kTile][kTile];
  if (rows == kTile && columns == kTile) {
    turn_whole(from, from_stride, tile);
    for (int i = 0; i < kTile; i++) __builtin_memcpy(to + i * to_stride, tile[i], sizeof tile[i]);
    return;
  }
  for (int j = 0; j < columns; j++) {
    for (int i = 0; i < rows; i++) tile[i][j] = from[j * from_stride + i];
  }
  for (int i = 0; i < rows; i++) {
    for (int j = 0; j < columns; j++) to[i * to_stride + j] = tile[i][j];
  }
}

// The last axis is whole in `to`, axis `a` in `from`.
template <class T>
void turn(CopyTask task, int a) {
  const int last = task.axes - 1;
  const int64_t columns = task.sizes[last], from_stride = task.from_strides[last];
  const int64_t rows = task.sizes[a], to_stride = task.to_strides[a];
  drop_axis(task, last);
  drop_axis(task, a);
  const int64_t bands = (rows + kSquare - 1) / kSquare;
  const T* const from = static_cast<const T*>(task.from);
  T* const to = static_cast<T*>(task.to);
  const auto square = [=](const T* x, T* y, Range i, Range j) {
    for (int64_t column = j.begin; column < j.end; column += kTile) {
      for (int64_t row = i.begin; row < i.end; row += kTile) {
        turn_tile(x + column * from_stride + row, from_stride, y + row * to_stride + column, to_stride,
                  static_cast<int>(least(kTile, i.end - row)), static_cast<int>(least(kTile, j.end - column)));
      }
    }
  };
  share_ranges(count_of(task) * bands, least(rows, kSquare) * columns, [&](int64_t begin, int64_t end, int) {
    Walk walk(task, begin / bands);
    int64_t band = begin % bands;
    for (int64_t number = begin; number < end; number++) {
      const Range i = inside(band * kSquare, kSquare, rows);
      for (int64_t j = 0; j < columns; j += kSquare) {
        square(from + walk.from, to + walk.to, i, inside(j, kSquare, columns));
      }
      if (++band == bands) {
        band = 0;
        walk.next();
      }
    }
  });
}

template <class T>
void copy_elements(const CopyTask& task) {
  const int last = task.axes - 1;
  if (task.to_strides[last] == 1 && task.from_strides[last] != 1) {
    for (int k = 0; k < last; k++) {
      if (task.from_strides[k] == 1) return turn<T>(task, k);
    }
  }
  copy_lines<T>(task);
}

void copy(const CopyTask& task) {
  for (int k = 0; k < task.axes; k++) {
    if (task.sizes[k] == 0) return;
  }
  const CopyTask plain = simplified(task);
  if (task.bytes == 1) copy_elements<uint8_t>(plain);
  else copy_elements<uint32_t>(plain);
}

}  // namespace

void fill_move(Moving& table) {
  table.copy = copy;
  fill_move_indexed(table);
}

}  // namespace PCAM_ISA
}  // namespace pcam
