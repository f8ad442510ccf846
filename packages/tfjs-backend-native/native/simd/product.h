// The core that matrix products and convolutions share: a tile of R x kColumns of C kept in registers while it
// runs along k (Goto & van de Geijn 2008, "Anatomy of high-performance matrix multiplication").
#pragma once
#include "simd/gemm.h"
#include "simd/sizes.h"
#include "simd/vector.h"

namespace pcam {
namespace PCAM_ISA {
namespace {

// Tile sizes fill the registers: kRows · kVectors accumulators, kVectors of B, one of A.
#if PCAM_WIDTH == 16
constexpr int kRows = 14, kVectors = 2;
#elif PCAM_WIDTH == 8
constexpr int kRows = 6, kVectors = 2;
#elif defined(__aarch64__)
constexpr int kRows = 8, kVectors = 3;
#else
constexpr int kRows = 4, kVectors = 2;
#endif
constexpr int kColumns = kVectors * W;

// Steps along k that stay in the first-level cache for one panel of B.
constexpr int64_t kDepth = 256;

// Rows of A that one task multiplies: their kDepth columns stay in the second-level cache.
constexpr int64_t kTaskRows = (96 / kRows) * kRows;


// What happens to a finished tile.
struct Finish {
  bool accumulate;  // adds to what C holds
  const float* bias;  // of the tile's columns, or null
  Activation activation;
};

PCAM_INLINE vec activate(vec x, Activation activation) {
  const vec zero{};
  if (activation == Activation::kLinear) return x;
  x = select(x < zero, zero, x);
  if (activation == Activation::kRelu6) x = select(x > splat(6.0f), splat(6.0f), x);
  return x;
}

// c[R][columns] (+)= a · b. A's element (i, p) lies at a[i · lda + p], or at a[p · lda + i] where KMajor;
// b is a packed panel [k][kColumns].
template <int R, bool KMajor>
void tile(int64_t k, const float* a, int64_t lda, const float* b, float* c, int64_t ldc, int columns,
          const Finish& finish) {
  vec sum[R][kVectors];
#pragma GCC unroll 16
  for (int i = 0; i < R; i++) {
#pragma GCC unroll 4
    for (int j = 0; j < kVectors; j++) sum[i][j] = vec{};
  }
#pragma GCC unroll 4
  for (int64_t p = 0; p < k; p++) {
    vec right[kVectors];
#pragma GCC unroll 4
    for (int j = 0; j < kVectors; j++) right[j] = load(b + p * kColumns + j * W);
#pragma GCC unroll 16
    for (int i = 0; i < R; i++) {
      const vec left = splat(KMajor ? a[p * lda + i] : a[i * lda + p]);
#pragma GCC unroll 4
      for (int j = 0; j < kVectors; j++) sum[i][j] += left * right[j];
    }
  }
  if (columns == kColumns) {
#pragma GCC unroll 16
    for (int i = 0; i < R; i++) {
#pragma GCC unroll 4
      for (int j = 0; j < kVectors; j++) {
        float* to = c + i * ldc + j * W;
        vec x = sum[i][j];
        if (finish.accumulate) x += load(to);
        if (finish.bias) x += load(finish.bias + j * W);
        store(to, activate(x, finish.activation));
      }
    }
    return;
  }
#pragma GCC unroll 16
  for (int i = 0; i < R; i++) {
#pragma GCC unroll 4
    for (int j = 0; j < kVectors; j++) {
      const int n = columns - j * W >= W ? W : columns - j * W;
      if (n <= 0) continue;
      float* to = c + i * ldc + j * W;
      vec x = sum[i][j];
      if (finish.accumulate) x += load_part(to, n);
      if (finish.bias) x += load_part(finish.bias + j * W, n);
      store_part(to, activate(x, finish.activation), n);
    }
  }
}

template <int R, bool KMajor>
void rows_of_tile(int rows, int64_t k, const float* a, int64_t lda, const float* b, float* c, int64_t ldc,
                  int columns, const Finish& finish) {
  if constexpr (R > 0) {
    if (rows == R) tile<R, KMajor>(k, a, lda, b, c, ldc, columns, finish);
    else rows_of_tile<R - 1, KMajor>(rows, k, a, lda, b, c, ldc, columns, finish);
  }
}

// c[m][n] (+)= a[m][k] · b, with b packed in panels that lie `panel` floats apart. Meant for k <= kDepth.
template <bool KMajor>
void block(int64_t m, int64_t n, int64_t k, const float* a, int64_t lda, const float* b, int64_t panel, float* c,
           int64_t ldc, const Finish& finish) {
  for (int64_t j = 0; j < n; j += kColumns) {
    const int columns = static_cast<int>(least(kColumns, n - j));
    Finish here = finish;
    if (finish.bias) here.bias += j;
    for (int64_t i = 0; i < m; i += kRows) {
      const int rows = static_cast<int>(least(kRows, m - i));
      rows_of_tile<kRows, KMajor>(rows, k, a + (KMajor ? i : i * lda), lda, b, c + i * ldc + j, ldc, columns,
                                  here);
    }
    b += panel;
  }
}

// Rows of b, each `columns` <= kColumns values, as a panel [k][kColumns] filled up with zeros.
PCAM_INLINE void pack_panel(const float* b, int64_t ldb, int64_t k, int columns, float* out) {
  if (columns == kColumns) {
    for (int64_t p = 0; p < k; p++) {
#pragma GCC unroll 4
      for (int j = 0; j < kVectors; j++) store(out + p * kColumns + j * W, load(b + p * ldb + j * W));
    }
    return;
  }
  for (int64_t p = 0; p < k; p++) {
    for (int j = 0; j < columns; j++) out[p * kColumns + j] = b[p * ldb + j];
    for (int j = columns; j < kColumns; j++) out[p * kColumns + j] = 0;
  }
}

// The same from a transposed matrix, whose element (p, j) lies at b[j · ldb + p].
PCAM_INLINE void pack_panel_transposed(const float* b, int64_t ldb, int64_t k, int columns, float* out) {
  for (int64_t p0 = 0; p0 < k; p0 += kDepth) {
    const int64_t end = least(k, p0 + kDepth);
    for (int j = 0; j < kColumns; j++) {
      if (j < columns) {
        for (int64_t p = p0; p < end; p++) out[p * kColumns + j] = b[j * ldb + p];
      } else {
        for (int64_t p = p0; p < end; p++) out[p * kColumns + j] = 0;
      }
    }
  }
}

}  // namespace
}  // namespace PCAM_ISA
}  // namespace pcam
