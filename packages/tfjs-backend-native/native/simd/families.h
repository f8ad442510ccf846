// Every family of kernels: a header with a struct of function pointers, and a source that fills it,
// compiled once per instruction set.
#pragma once
#include "simd/gemm.h"
#include "simd/convert.h"
#include "simd/softmax.h"
#include "simd/reduce.h"
#include "simd/binary.h"
#include "simd/unary.h"

#define PCAM_FAMILIES(X) \
  X(Gemm, gemm) \
  X(Convert, convert) \
  X(Softmax, softmax) \
  X(Reduce, reduce) \
  X(Binary, binary) \
  X(Unary, unary)
