// Working memory of kernels, aligned to cache lines, kept from call to call.
#pragma once
#include <cstddef>
#include <cstdint>

namespace pcam {

// 64-byte aligned, nullptr where there is none; huge pages where they pay.
void* allocate_aligned(size_t bytes);
void free_aligned(void* memory);

// A piece of working memory for each thread of the pool and one that all share.
class Scratch {
 public:
  // Belongs to the calling thread until it makes the next one; throws std::bad_alloc.
  explicit Scratch(size_t floats_per_thread, size_t floats_shared = 0);
  float* of(int thread) const { return own_ + static_cast<size_t>(thread) * stride_; }
  float* shared() const { return shared_; }

 private:
  float* shared_;
  float* own_;
  size_t stride_;
};

}  // namespace pcam
