// The kernels of the best instruction set that this processor has.
#pragma once
#include "simd/families.h"

namespace pcam {

struct Kernels {
  const char* isa;
  int width;  // floats in a vector
#define X(Type, name) Type name;
  PCAM_FAMILIES(X)
#undef X
};

const Kernels& kernels();

// Takes another set that this processor has; false where it does not.
bool use_isa(const char* name);

}  // namespace pcam
