#include "memory.h"

#include <sys/mman.h>

#include <cstdlib>
#include <new>

#include "threads.h"

namespace pcam {
namespace {

constexpr size_t kHuge = size_t{2} << 20;

struct Piece {
  float* memory = nullptr;
  size_t floats = 0;

  ~Piece() { free_aligned(memory); }

  float* grow(size_t wanted) {
    if (wanted <= floats) return memory;
    free_aligned(memory);
    memory = nullptr;
    floats = 0;
    if (wanted > SIZE_MAX / 8) throw std::bad_alloc();
    memory = static_cast<float*>(allocate_aligned(wanted * sizeof(float)));
    if (memory == nullptr) throw std::bad_alloc();
    floats = wanted;
    return memory;
  }
};

thread_local Piece piece;

// Whole pages apart, so that no two threads write to one line; an odd number of lines on top, so that
// the same places of two threads' pieces do not fall on the same cache sets.
size_t rounded(size_t floats) { return (floats + 1023) / 1024 * 1024 + 16; }

}  // namespace

void* allocate_aligned(size_t bytes) {
  const size_t alignment = bytes >= kHuge ? kHuge : 64;
  const size_t whole = (bytes + 63) / 64 * 64;
  if (whole < bytes) return nullptr;
  void* memory = nullptr;
  if (posix_memalign(&memory, alignment, whole == 0 ? 64 : whole) != 0) return nullptr;
#if defined(__linux__)
  if (bytes >= kHuge) madvise(memory, whole, MADV_HUGEPAGE);
#endif
  return memory;
}

void free_aligned(void* memory) { std::free(memory); }

Scratch::Scratch(size_t floats_per_thread, size_t floats_shared) {
  if (floats_per_thread > SIZE_MAX / 4096 || floats_shared > SIZE_MAX / 16) throw std::bad_alloc();
  stride_ = rounded(floats_per_thread);
  const size_t front = rounded(floats_shared);
  shared_ = piece.grow(front + stride_ * static_cast<size_t>(thread_count()));
  own_ = shared_ + front;
}

}  // namespace pcam
