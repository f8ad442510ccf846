#pragma once
#include <cstdint>

namespace pcam {

// Which of two broadcast operands moves along a group of dimensions; the other repeats.
enum class Moves : int32_t { kBoth = 0, kLeft = 1, kRight = 2 };

struct Group {
  int64_t size;
  Moves moves;
};

constexpr int kGroups = 8;

// out = f(a, b) over groups of dimensions, the outermost first; sizes are positive and there is at least one.
template <class In, class Out>
struct BinaryTask {
  const In* a;
  const In* b;
  Out* out;
  int groups;
  Group group[kGroups];
};

// By the names of tfjs's kernels; the gradients have tensors of one shape.
#define PCAM_ARITHMETIC_OPS(X)                                                                \
  X(Add) X(EluGrad) X(GeluGrad) X(Maximum) X(Minimum) X(Multiply) X(Pow) X(Prelu) X(RealDiv)  \
  X(SquaredDifference) X(Sub)
#define PCAM_COMPARISON_OPS(X) X(Equal) X(Greater) X(GreaterEqual) X(Less) X(LessEqual) X(NotEqual)

struct Binary {
#define X(name) void (*name)(const BinaryTask<float, float>& task);
  PCAM_ARITHMETIC_OPS(X)
#undef X
#define X(name) void (*name)(const BinaryTask<float, uint8_t>& task);
  PCAM_COMPARISON_OPS(X)
#undef X
};

}  // namespace pcam
