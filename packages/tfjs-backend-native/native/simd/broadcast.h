// Runs an op over two operands broadcast to each other: the innermost group of dimensions in vectors, the others
// by steps.
#pragma once
#include "simd/binary.h"
#include "simd/lanes.h"
#include "simd/split.h"

namespace pcam {
namespace PCAM_ISA {
namespace {

// Rows shorter than this are laid out one after the other first.
constexpr int64_t kShortRow = 16;
constexpr int64_t kLaidOut = 1024;

// Where a row of the innermost group begins in either operand.
struct Place {
  int64_t a = 0, b = 0;
};

template <class Task>
struct Rows {
  const Task& task;
  int outer;              // groups but the innermost
  int64_t count = 1, length;
  Place step[kGroups];    // of one step along each group; 0 where the operand repeats
  Place whole{1, 1};      // sizes of the operands

  explicit Rows(const Task& t) : task(t), outer(t.groups - 1), length(t.group[t.groups - 1].size) {
    for (int g = t.groups - 1; g >= 0; g--) {
      const Group& group = t.group[g];
      const bool a = group.moves != Moves::kRight, b = group.moves != Moves::kLeft;
      step[g] = {a ? whole.a : 0, b ? whole.b : 0};
      if (a) whole.a *= group.size;
      if (b) whole.b *= group.size;
      if (g < outer) count *= group.size;
    }
  }
};

// Walks from row to row.
template <class Task>
struct Walk {
  const Rows<Task>& rows;
  Place at;
  int64_t index[kGroups];

  Walk(const Rows<Task>& r, int64_t row) : rows(r) {
    for (int g = r.outer - 1; g >= 0; g--) {
      const int64_t size = r.task.group[g].size;
      index[g] = row % size;
      row /= size;
      at.a += index[g] * r.step[g].a;
      at.b += index[g] * r.step[g].b;
    }
  }

  void next() {
    for (int g = rows.outer - 1; g >= 0; g--) {
      at.a += rows.step[g].a;
      at.b += rows.step[g].b;
      const int64_t size = rows.task.group[g].size;
      if (++index[g] < size) return;
      index[g] = 0;
      at.a -= size * rows.step[g].a;
      at.b -= size * rows.step[g].b;
    }
  }
};

// out[i] = f(a[i], b[i]), where an operand that does not move stays at its first value. The last vector may
// overlap the one before.
template <class Op, bool A, bool B, class Out>
PCAM_INLINE void span_of(const float* a, const float* b, Out* out, int64_t n, bool past_caches) {
  const vec left = A ? vec{} : splat(*a), right = B ? vec{} : splat(*b);
  int64_t i = 0;
  if (past_caches && on_boundary(out)) {
    for (; i + W <= n; i += W) stream(out + i, Op::of(A ? load(a + i) : left, B ? load(b + i) : right));
  } else {
    for (; i + W <= n; i += W) store(out + i, Op::of(A ? load(a + i) : left, B ? load(b + i) : right));
  }
  if (i == n) return;
  if (n >= W) {
    i = n - W;
    store(out + i, Op::of(A ? load(a + i) : left, B ? load(b + i) : right));
  } else {
    const int rest = static_cast<int>(n);
    store_part(out, Op::of(A ? load_part(a, rest) : left, B ? load_part(b, rest) : right), rest);
  }
}

template <class Op, class Out>
void span(Moves moves, const float* a, const float* b, Out* out, int64_t n, bool past_caches) {
  if (moves == Moves::kBoth) span_of<Op, true, true>(a, b, out, n, past_caches);
  else if (moves == Moves::kLeft) span_of<Op, true, false>(a, b, out, n, past_caches);
  else span_of<Op, false, true>(a, b, out, n, past_caches);
}

// `rows` short rows of one operand, one after the other.
PCAM_INLINE void lay_out_row(const float* from, bool moves, float* to, int64_t n) {
  if (moves) {
    for (int64_t i = 0; i < n; i++) to[i] = from[i];
  } else {
    for (int64_t i = 0; i < n; i++) to[i] = *from;
  }
}

template <class Op, class Task>
void short_rows(const Rows<Task>& rows, int64_t begin, int64_t end) {
  const Task& task = rows.task;
  const int64_t n = rows.length, each = kLaidOut / n, size = rows.count * n;
  const Moves moves = task.group[rows.outer].moves;
  // An operand that moves everywhere already lies that way; one with a single row is laid out once.
  const bool a_lies = rows.whole.a == size, b_lies = rows.whole.b == size;
  const bool once = (a_lies || rows.whole.a == (moves == Moves::kRight ? 1 : n)) &&
                    (b_lies || rows.whole.b == (moves == Moves::kLeft ? 1 : n));
  float a[kLaidOut], b[kLaidOut];
  Walk<Task> walk(rows, begin);
  for (int64_t row = begin; row < end; row += each) {
    const int64_t here = least(each, end - row);
    for (int64_t i = 0; i < here && !(once && row > begin); i++) {
      if (!a_lies) lay_out_row(task.a + walk.at.a, moves != Moves::kRight, a + i * n, n);
      if (!b_lies) lay_out_row(task.b + walk.at.b, moves != Moves::kLeft, b + i * n, n);
      walk.next();
    }
    span<Op>(Moves::kBoth, a_lies ? task.a + row * n : a, b_lies ? task.b + row * n : b, task.out + row * n,
             here * n, false);
  }
}

template <class Op, class Task>
void broadcast(const Task& task) {
  const Rows<Task> rows(task);
  const int64_t n = rows.length;
  const Moves moves = task.group[rows.outer].moves;
  const bool past_caches = rows.count * n >= kStreamed;
  if (n > kPiece) {
    const int64_t segments = parts(n, kPiece);
    each_task(rows.count * segments, rows.count * n, [&](int64_t number) {
      const int64_t row = number / segments, begin = number % segments * kPiece;
      const Walk<Task> walk(rows, row);
      span<Op>(moves, task.a + walk.at.a + (moves == Moves::kRight ? 0 : begin),
               task.b + walk.at.b + (moves == Moves::kLeft ? 0 : begin), task.out + row * n + begin,
               least(kPiece, n - begin), past_caches);
      if (past_caches) streamed();
    });
    return;
  }
  const int64_t each = most(1, kPiece / n);
  each_task(parts(rows.count, each), rows.count * n, [&](int64_t number) {
    const int64_t begin = number * each, end = least(rows.count, begin + each);
    if (n < kShortRow && rows.outer > 0) return short_rows<Op>(rows, begin, end);
    Walk<Task> walk(rows, begin);
    for (int64_t row = begin; row < end; row++) {
      span<Op>(moves, task.a + walk.at.a, task.b + walk.at.b, task.out + row * n, n, past_caches);
      walk.next();
    }
    if (past_caches) streamed();
  });
}

}  // namespace
}  // namespace PCAM_ISA
}  // namespace pcam
