#include "simd/rectifier.h"

#include "simd/pieces.h"

namespace pcam {
namespace PCAM_ISA {
namespace {

PCAM_INLINE vec relu(vec x) { return select(x < vec{}, vec{}, x); }
PCAM_INLINE vec where_positive(vec y, vec value) { return select(y <= vec{}, vec{}, value); }

// out = f(a, b), value by value.
template <class F>
void pairwise(const float* a, const float* b, float* out, int64_t count, F f) {
  each_piece(count, [=](int64_t begin, int64_t end) {
    int64_t i = begin;
    for (; i + W <= end; i += W) store(out + i, f(load(a + i), load(b + i)));
    const int n = static_cast<int>(end - i);
    if (n > 0) store_part(out + i, f(load_part(a + i, n), load_part(b + i, n)), n);
  });
}

void add_relu(const float* a, const float* b, float* y, int64_t count) {
  pairwise(a, b, y, count, [](vec u, vec v) { return relu(u + v); });
}

void relu_grad(const float* dy, const float* y, float* dx, int64_t count) {
  pairwise(dy, y, dx, count, [](vec slope, vec value) { return where_positive(value, slope); });
}

}  // namespace

void fill_rectifier(Rectifier& table) {
  table.add_relu = add_relu;
  table.relu_grad = relu_grad;
}

}  // namespace PCAM_ISA
}  // namespace pcam
