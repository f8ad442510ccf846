// A pool of threads that lives as long as the process. What a task computes depends on its number
// alone, never on the thread that runs it, so results do not depend on how many threads there are.
#pragma once
#include <cstdint>

namespace pcam {

// Threads that compute at once, the caller's included.
int thread_count();

// 1 to 256; waits for kernels under way, in whatever thread of Node's.
void set_thread_count(int count);

// While one lives, the number of threads does not grow: working memory is made for so many.
class SteadyThreads {
 public:
  SteadyThreads();
  ~SteadyThreads();
  SteadyThreads(const SteadyThreads&) = delete;
  SteadyThreads& operator=(const SteadyThreads&) = delete;
};

using Body = void (*)(void* context, int64_t task, int thread);

// Runs body(context, task, thread) for every task in [0, count) and returns when all are done;
// `thread` is in [0, thread_count()) and no two tasks run on one at once. Bodies must not throw.
void run_tasks(int64_t count, Body body, void* context);

// f(task, thread)
template <class F>
inline void parallel(int64_t count, F&& f) {
  run_tasks(
      count, [](void* context, int64_t task, int thread) { (*static_cast<F*>(context))(task, thread); }, &f);
}

// f(begin, end) over [0, count) in pieces of `grain`, which must not depend on the number of threads.
template <class F>
inline void parallel_ranges(int64_t count, int64_t grain, F&& f) {
  if (count <= 0) return;
  parallel((count + grain - 1) / grain, [&](int64_t task, int) {
    const int64_t begin = task * grain;
    const int64_t end = begin + grain;
    f(begin, end < count ? end : count);
  });
}

}  // namespace pcam
