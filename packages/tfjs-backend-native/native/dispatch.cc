#include "dispatch.h"

#include <cstdlib>
#include <cstring>

namespace pcam {

#define DECLARE(isa)          \
  namespace isa {             \
  PCAM_FAMILIES(DECLARE_FILL) \
  }
#define DECLARE_FILL(Type, name) void fill_##name(Type&);
DECLARE(portable)
#ifdef PCAM_X64
DECLARE(avx2)
DECLARE(avx512)
#endif

namespace {

#define FILL_FROM(isa, name) isa::fill_##name(table.name);

Kernels portable_kernels() {
  Kernels table{};
  table.isa = "portable";
  table.width = 4;
#define X(Type, name) FILL_FROM(portable, name)
  PCAM_FAMILIES(X)
#undef X
  return table;
}

#ifdef PCAM_X64
bool has_avx2() { return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"); }

bool has_avx512() {
  return has_avx2() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
         __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl");
}

Kernels avx2_kernels() {
  Kernels table{};
  table.isa = "avx2";
  table.width = 8;
#define X(Type, name) FILL_FROM(avx2, name)
  PCAM_FAMILIES(X)
#undef X
  return table;
}

Kernels avx512_kernels() {
  Kernels table{};
  table.isa = "avx512";
  table.width = 16;
#define X(Type, name) FILL_FROM(avx512, name)
  PCAM_FAMILIES(X)
#undef X
  return table;
}
#endif

// False and unchanged where the processor lacks it or the name is unknown.
bool pick(const char* name, Kernels& table) {
  if (std::strcmp(name, "portable") == 0) {
    table = portable_kernels();
    return true;
  }
#ifdef PCAM_X64
  if (std::strcmp(name, "avx2") == 0 && has_avx2()) {
    table = avx2_kernels();
    return true;
  }
  if (std::strcmp(name, "avx512") == 0 && has_avx512()) {
    table = avx512_kernels();
    return true;
  }
#endif
  return false;
}

Kernels best() {
  Kernels table{};
  const char* wanted = std::getenv("PCAM_ISA");
  if (wanted != nullptr && pick(wanted, table)) return table;
#ifdef PCAM_X64
  if (pick("avx512", table) || pick("avx2", table)) return table;
#endif
  pick("portable", table);
  return table;
}

Kernels& chosen() {
  static Kernels table = best();
  return table;
}

}  // namespace

const Kernels& kernels() { return chosen(); }
bool use_isa(const char* name) { return pick(name, chosen()); }

}  // namespace pcam
