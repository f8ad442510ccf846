#include "simd/reduce.h"

#include "memory.h"
#include "simd/split.h"
#include "simd/wide.h"

namespace pcam {
namespace PCAM_ISA {
namespace {

// All in float64, in which extremes are exact too. `with` takes lanes, `one` a single value, the running one first.
struct Sum {
  static constexpr double kStart = 0;
  static __attribute__((always_inline)) wide with(wide a, wide b) { return a + b; }
  static double one(double a, double b) { return a + b; }
};
struct Prod {
  static constexpr double kStart = 1;
  static __attribute__((always_inline)) wide with(wide a, wide b) { return a * b; }
  static double one(double a, double b) { return a * b; }
};
// NaN where there is one.
struct Max {
  static constexpr double kStart = -__builtin_inf();
  static __attribute__((always_inline)) wide with(wide a, wide b) {
    return select_wide((b > a) | (b != b), b, a);
  }
  static double one(double a, double b) { return b > a || b != b ? b : a; }
};
struct Min {
  static constexpr double kStart = __builtin_inf();
  static __attribute__((always_inline)) wide with(wide a, wide b) {
    return select_wide((b < a) | (b != b), b, a);
  }
  static double one(double a, double b) { return b < a || b != b ? b : a; }
};

template <class Op>
PCAM_INLINE double across(wide v) {
  double all = v[0];
  for (int i = 1; i < H; i++) all = Op::one(all, v[i]);
  return all;
}

PCAM_INLINE void put(const ReduceTask& task, int64_t i, double value) {
  if (task.y != nullptr) task.y[i] = static_cast<float>(value);
  else task.wide_y[i] = value;
}

// Of n values in a row.
template <class Op, class In>
double row(const In* x, int64_t n) {
  wide a = splat_wide(Op::kStart), b = a, c = a, d = a;
  int64_t i = 0;
  for (; i + 4 * H <= n; i += 4 * H) {
    a = Op::with(a, load_wide(x + i));
    b = Op::with(b, load_wide(x + i + H));
    c = Op::with(c, load_wide(x + i + 2 * H));
    d = Op::with(d, load_wide(x + i + 3 * H));
  }
  for (; i + H <= n; i += H) a = Op::with(a, load_wide(x + i));
  double all = across<Op>(Op::with(Op::with(a, b), Op::with(c, d)));
  for (; i < n; i++) all = Op::one(all, x[i]);
  return all;
}

// into[j] = the reduction of `rows` rows of x, `stride` apart, in its columns [0, n).
template <class Op, class In>
void columns(const In* x, int64_t rows, int64_t stride, int64_t n, double* into) {
  constexpr int kStrip = 8;  // accumulators that stay in registers
  int64_t j = 0;
  for (; j + kStrip * H <= n; j += kStrip * H) {
    wide sum[kStrip];
#pragma GCC unroll 8
    for (int k = 0; k < kStrip; k++) sum[k] = splat_wide(Op::kStart);
    const In* p = x + j;
    for (int64_t i = 0; i < rows; i++, p += stride) {
#pragma GCC unroll 8
      for (int k = 0; k < kStrip; k++) sum[k] = Op::with(sum[k], load_wide(p + k * H));
    }
#pragma GCC unroll 8
    for (int k = 0; k < kStrip; k++) store_wide(into + j + k * H, sum[k]);
  }
  for (; j + H <= n; j += H) {
    wide sum = splat_wide(Op::kStart);
    for (int64_t i = 0; i < rows; i++) sum = Op::with(sum, load_wide(x + i * stride + j));
    store_wide(into + j, sum);
  }
  for (; j < n; j++) {
    double sum = Op::kStart;
    for (int64_t i = 0; i < rows; i++) sum = Op::one(sum, x[i * stride + j]);
    into[j] = sum;
  }
}

// Rows of `length` that lie one after the other, each to one value.
template <class Op, class In>
void reduce_rows(const ReduceTask& task, const In* x, double divisor) {
  const int64_t n = task.length, elements = task.outer * n;
  if (n <= kPiece) {
    const int64_t each = kPiece / n;
    each_task(parts(task.outer, each), elements, [&](int64_t number) {
      const int64_t end = least(task.outer, (number + 1) * each);
      for (int64_t i = number * each; i < end; i++) {
        put(task, i, row<Op>(x + i * n, n) / divisor);
      }
    });
    return;
  }
  const int64_t pieces = parts(n, kPiece);
  Scratch scratch(0, static_cast<size_t>(task.outer * pieces * 2));
  double* const partial = reinterpret_cast<double*>(scratch.shared());
  each_task(task.outer * pieces, elements, [&](int64_t number) {
    const int64_t i = number / pieces, begin = number % pieces * kPiece;
    partial[number] = row<Op>(x + i * n + begin, least(kPiece, n - begin));
  });
  for (int64_t i = 0; i < task.outer; i++) {
    double all = partial[i * pieces];
    for (int64_t k = 1; k < pieces; k++) all = Op::one(all, partial[i * pieces + k]);
    put(task, i, all / divisor);
  }
}

// Columns of [length][inner] each: by tasks of some columns and some rows.
template <class Op, class In>
void reduce_columns(const ReduceTask& task, const In* x, double divisor) {
  constexpr int64_t kColumns = 2048;
  const int64_t width = least(task.inner, kColumns), across = parts(task.inner, width);
  // At least 16 rows in a task, so that what is left over is small beside what was read.
  const int64_t height = most(16, kPiece / width), down = parts(task.length, height);
  Scratch scratch(0, static_cast<size_t>(task.outer * down * task.inner * 2));
  double* const partial = reinterpret_cast<double*>(scratch.shared());
  const int64_t elements = task.outer * task.length * task.inner;
  each_task(task.outer * down * across, elements, [&](int64_t number) {
    const int64_t j = number % across * width, part = number / across, i = part % down * height;
    columns<Op>(x + (part / down * task.length + i) * task.inner + j, least(height, task.length - i),
                task.inner, least(width, task.inner - j), partial + part * task.inner + j);
  });
  each_task(task.outer, task.outer * down * task.inner, [&](int64_t o) {
    double* const first = partial + o * down * task.inner;
    for (int64_t k = 1; k < down; k++) {
      const double* const more = first + k * task.inner;
      for (int64_t j = 0; j < task.inner; j++) first[j] = Op::one(first[j], more[j]);
    }
    for (int64_t j = 0; j < task.inner; j++) put(task, o * task.inner + j, first[j] / divisor);
  });
}

template <class Op, class In>
void reduce_from(const ReduceTask& task, const In* x, double divisor) {
  if (task.inner == 1) reduce_rows<Op>(task, x, divisor);
  else reduce_columns<Op>(task, x, divisor);
}

template <class Op>
void reduce(const ReduceTask& task, double divisor) {
  if (task.x != nullptr) reduce_from<Op>(task, task.x, divisor);
  else reduce_from<Op>(task, task.wide_x, divisor);
}

template <class Op>
void plain(const ReduceTask& task) {
  reduce<Op>(task, 1);
}
void mean(const ReduceTask& task) { reduce<Sum>(task, static_cast<double>(task.length)); }

// The first of the extremes; NaN is one only where it comes first, as in tfjs.
template <bool Largest>
void extreme_at(const ArgTask& task) {
  each_task(task.outer, task.outer * task.length * task.inner, [&](int64_t o) {
    const float* const x = task.x + o * task.length * task.inner;
    for (int64_t j = 0; j < task.inner; j++) {
      float best = x[j];
      int32_t at = 0;
      for (int64_t i = 1; i < task.length; i++) {
        const float value = x[i * task.inner + j];
        if (Largest ? value > best : value < best) {
          best = value;
          at = static_cast<int32_t>(i);
        }
      }
      task.y[o * task.inner + j] = at;
    }
  });
}

}  // namespace

void fill_reduce(Reduce& table) {
  table.Max = plain<Max>;
  table.Mean = mean;
  table.Min = plain<Min>;
  table.Prod = plain<Prod>;
  table.Sum = plain<Sum>;
  table.ArgMax = extreme_at<true>;
  table.ArgMin = extreme_at<false>;
}

}  // namespace PCAM_ISA
}  // namespace pcam
