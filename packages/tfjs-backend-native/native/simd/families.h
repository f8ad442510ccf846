// Every family of kernels: a header with a struct of function pointers, and a source that fills it,
// compiled once per instruction set.
#pragma once
#include "simd/depthwise.h"
#include "simd/gemm.h"
#include "simd/move.h"
#include "simd/pool.h"
#include "simd/resize.h"

#define PCAM_FAMILIES(X) \
  X(Gemm, gemm) \
  X(Pooling, pool) \
  X(Depthwise, depthwise) \
  X(Moving, move) \
  X(Resize, resize)
