#include "simd/softmax.h"

#include "simd/split.h"
#include "simd/transcendental.h"
#include "simd/wide.h"

namespace pcam {
namespace PCAM_ISA {
namespace {

PCAM_INLINE wide lower(vec v) {
  half_vec half;
  __builtin_memcpy(&half, &v, sizeof half);
  return __builtin_convertvector(half, wide);
}
PCAM_INLINE wide upper(vec v) {
  half_vec half;
  __builtin_memcpy(&half, reinterpret_cast<const char*>(&v) + sizeof half, sizeof half);
  return __builtin_convertvector(half, wide);
}
PCAM_INLINE double total(wide v) {
  double all = 0;
  for (int i = 0; i < H; i++) all += v[i];
  return all;
}

// The last, shorter vector of a row, filled up so that the further lanes add nothing.
PCAM_INLINE vec rest_of(const float* p, int n, float filling) {
  vec v = splat(filling);
  __builtin_memcpy(&v, p, sizeof(float) * n);
  return v;
}

// NaN is passed over: it makes the whole row NaN later on.
float largest_of(const float* x, int64_t n) {
  vec a = -infinity(), b = a, c = a, d = a;
  int64_t i = 0;
  for (; i + 4 * W <= n; i += 4 * W) {
    a = greatest_of(load(x + i), a);
    b = greatest_of(load(x + i + W), b);
    c = greatest_of(load(x + i + 2 * W), c);
    d = greatest_of(load(x + i + 3 * W), d);
  }
  for (; i + W <= n; i += W) a = greatest_of(load(x + i), a);
  a = greatest_of(greatest_of(a, b), greatest_of(c, d));
  float largest = a[0];
  for (int k = 1; k < W; k++) largest = a[k] > largest ? a[k] : largest;
  for (; i < n; i++) largest = x[i] > largest ? x[i] : largest;
  return largest;
}

void softmax_row(const float* x, float* y, int64_t n) {
  const int64_t whole = n - n % W;
  const int rest = static_cast<int>(n % W);
  const float largest = largest_of(x, n);
  wide low{}, high{};
  for (int64_t i = 0; i < whole; i += W) {
    const vec e = exp_down(load(x + i) - largest);
    store(y + i, e);
    low += lower(e);
    high += upper(e);
  }
  if (rest > 0) {
    const vec e = exp_down(rest_of(x + whole, rest, -__builtin_inff()) - largest);
    store_part(y + whole, e, rest);
    low += lower(e);
    high += upper(e);
  }
  const vec scale = splat(static_cast<float>(1 / total(low + high)));
  for (int64_t i = 0; i < whole; i += W) store(y + i, load(y + i) * scale);
  if (rest > 0) store_part(y + whole, load_part(y + whole, rest) * scale, rest);
}

void gradient_row(const float* y, const float* dy, float* dx, int64_t n) {
  const int64_t whole = n - n % W;
  const int rest = static_cast<int>(n % W);
  wide low{}, high{};
  for (int64_t i = 0; i < whole; i += W) {
    const vec a = load(y + i), b = load(dy + i);
    low += lower(a) * lower(b);
    high += upper(a) * upper(b);
  }
  if (rest > 0) {
    const vec a = load_part(y + whole, rest), b = load_part(dy + whole, rest);
    low += lower(a) * lower(b);
    high += upper(a) * upper(b);
  }
  const vec sum = splat(static_cast<float>(total(low + high)));
  for (int64_t i = 0; i < whole; i += W) store(dx + i, load(y + i) * (load(dy + i) - sum));
  if (rest > 0) store_part(dx + whole, load_part(y + whole, rest) * (load_part(dy + whole, rest) - sum), rest);
}

// f(row) for all rows, several to a task.
template <class F>
void each_row(int64_t rows, int64_t n, F&& f) {
  const int64_t each = most(1, kPiece / n);
  each_task(parts(rows, each), rows * n, [&](int64_t number) {
    const int64_t end = least(rows, (number + 1) * each);
    for (int64_t row = number * each; row < end; row++) f(row);
  });
}

void forward(const float* x, float* y, int64_t rows, int64_t n) {
  each_row(rows, n, [&](int64_t row) { softmax_row(x + row * n, y + row * n, n); });
}
void gradient(const float* y, const float* dy, float* dx, int64_t rows, int64_t n) {
  each_row(rows, n, [&](int64_t row) { gradient_row(y + row * n, dy + row * n, dx + row * n, n); });
}

}  // namespace

void fill_softmax(Softmax& table) {
  table.forward = forward;
  table.gradient = gradient;
}

}  // namespace PCAM_ISA
}  // namespace pcam
