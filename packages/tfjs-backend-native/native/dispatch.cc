#include "dispatch.h"

#include <atomic>
#include <cstdlib>
#include <cstring>
#include <initializer_list>

namespace pcam {

#define DECLARE(Type, name) void fill_##name(Type&);
#define FILL(Type, name) fill_##name(table.name);

// The sources under simd define the fill_ functions of each set in its namespace.
#define SET(set, floats)                   \
  namespace set {                          \
  PCAM_FAMILIES(DECLARE)                   \
  static Kernels filled() {                \
    Kernels table{};                       \
    table.isa = #set;                      \
    table.width = floats;                  \
    PCAM_FAMILIES(FILL)                    \
    return table;                          \
  }                                        \
  static const Kernels& all() {            \
    static const Kernels table = filled(); \
    return table;                          \
  }                                        \
  }

SET(portable, 4)
#ifdef PCAM_X64
SET(avx2, 8)
SET(avx512, 16)
#endif
#ifdef PCAM_WIDE
SET(wide, 16)
#endif

namespace {

#ifdef PCAM_X64
bool has_avx2() { return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"); }

bool has_avx512() {
  return has_avx2() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
         __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl");
}
#endif

// Null where the processor lacks it or the name is unknown.
const Kernels* find(const char* name) {
  const auto is = [name](const char* set) { return std::strcmp(name, set) == 0; };
  if (is("portable")) return &portable::all();
#ifdef PCAM_X64
  if (is("avx2") && has_avx2()) return &avx2::all();
  if (is("avx512") && has_avx512()) return &avx512::all();
#endif
#ifdef PCAM_WIDE
  if (is("wide") && has_avx2()) return &wide::all();
#endif
  return nullptr;
}

const Kernels* best() {
  const char* wanted = std::getenv("PCAM_ISA");
  for (const char* name : {wanted, "avx512", "avx2", "portable"}) {
    if (name == nullptr) continue;
    if (const Kernels* found = find(name)) return found;
  }
  return &portable::all();
}

// Node's worker threads share it.
std::atomic<const Kernels*>& chosen() {
  static std::atomic<const Kernels*> kernels{best()};
  return kernels;
}

}  // namespace

const Kernels& kernels() { return *chosen().load(std::memory_order_acquire); }

bool use_isa(const char* name) {
  const Kernels* found = find(name);
  if (found != nullptr) chosen().store(found, std::memory_order_release);
  return found != nullptr;
}

}  // namespace pcam
