#pragma once
#include <cstdint>

namespace pcam {

constexpr int kMostAxes = 16;

// to[to_offset + Σ i · to_strides] = from[from_offset + Σ i · from_strides] for all indices i. Places may be
// read more than once, or backwards, but each is written once; the axes' to_strides fall.
struct CopyTask {
  int axes;
  int64_t sizes[kMostAxes], to_strides[kMostAxes], from_strides[kMostAxes];
  int64_t to_offset, from_offset;
  int bytes;  // of an element: 1 or 4; offsets and strides count elements
  const void* from;
  void* to;
};

// Slices of x [batch, outer, dim, slice] at indices [batch, count]: y [batch, outer, count, slice].
struct GatherTask {
  int64_t batch, outer, dim, slice, count;
  int bytes;
  const void* x;
  const int32_t* indices;  // in [0, dim)
  void* y;
};

struct Moving {
  void (*copy)(const CopyTask& task);
  void (*gather)(const GatherTask& task);
  // y [segments, width]: sums of the rows of x [rows, width] by id; ids outside [0, segments) are dropped.
  // Throws std::bad_alloc.
  void (*segment_sum)(int64_t rows, int64_t width, int64_t segments, const float* x, const int32_t* ids, float* y);
};

}  // namespace pcam
