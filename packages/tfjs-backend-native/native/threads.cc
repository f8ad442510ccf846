#include "threads.h"

#include <atomic>
#include <condition_variable>
#include <cstdlib>
#include <mutex>
#include <shared_mutex>
#include <system_error>
#include <thread>
#include <vector>

namespace pcam {
namespace {

inline void relax() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

int initial_count() {
  if (const char* given = std::getenv("PCAM_THREADS")) {
    const int count = std::atoi(given);
    if (count >= 1) return count < 256 ? count : 256;
  }
  const int cores = static_cast<int>(std::thread::hardware_concurrency());
  return cores < 1 ? 1 : cores > 64 ? 64 : cores;
}

class Pool {
 public:
  Pool() : count_(initial_count()) {}

  int count() const { return count_; }
  std::shared_mutex& kernels() { return kernels_; }

  void resize(int count) {
    std::lock_guard<std::shared_mutex> no_kernel(kernels_);
    stop();
    count_ = count;
  }

  void run(int64_t tasks, Body body, void* context) {
    if (tasks <= 0) return;
    if (tasks == 1 || count_ == 1) {
      for (int64_t task = 0; task < tasks; task++) body(context, task, 0);
      return;
    }
    // Node's worker threads may each call; their work is done one after the other.
    std::lock_guard<std::mutex> one_caller(caller_);
    if (workers_.empty()) start();
    body_ = body;
    context_ = context;
    tasks_ = tasks;
    next_.store(0, std::memory_order_relaxed);
    running_.store(count_ - 1, std::memory_order_relaxed);
    {
      std::lock_guard<std::mutex> lock(mutex_);
      round_.fetch_add(1, std::memory_order_release);
    }
    wake_.notify_all();
    work(0);
    for (int spins = 0; running_.load(std::memory_order_acquire) != 0; spins++) {
      if (spins < kSpins) relax();
      else std::this_thread::yield();
    }
  }

 private:
  // About 50 microseconds: kernels follow each other faster than a sleeping thread wakes.
  static constexpr int kSpins = 3000;

  void start() {
    stopping_ = false;
    const uint64_t round = round_.load();
    for (int thread = 1; thread < count_; thread++) {
      try {
        workers_.emplace_back([this, thread, round] { live(thread, round); });
      } catch (const std::system_error&) {  // the system gives no more threads
        count_ = thread;
      }
    }
  }

  void stop() {
    {
      std::lock_guard<std::mutex> lock(mutex_);
      stopping_ = true;
      round_.fetch_add(1, std::memory_order_release);
    }
    wake_.notify_all();
    for (auto& worker : workers_) worker.join();
    workers_.clear();
  }

  void live(int thread, uint64_t seen) {
    for (;;) {
      for (int spins = 0; spins < kSpins && round_.load(std::memory_order_acquire) == seen; spins++) relax();
      if (round_.load(std::memory_order_acquire) == seen) {
        std::unique_lock<std::mutex> lock(mutex_);
        wake_.wait(lock, [&] { return round_.load(std::memory_order_acquire) != seen; });
      }
      seen = round_.load(std::memory_order_acquire);
      if (stopping_) return;
      work(thread);
      running_.fetch_sub(1, std::memory_order_release);
    }
  }

  void work(int thread) {
    for (;;) {
      const int64_t task = next_.fetch_add(1, std::memory_order_relaxed);
      if (task >= tasks_) return;
      body_(context_, task, thread);
    }
  }

  std::atomic<int> count_;
  std::shared_mutex kernels_;
  std::mutex caller_;
  std::vector<std::thread> workers_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::atomic<uint64_t> round_{0};
  std::atomic<bool> stopping_{false};
  Body body_ = nullptr;
  void* context_ = nullptr;
  int64_t tasks_ = 0;
  std::atomic<int64_t> next_{0};
  std::atomic<int> running_{0};
};

// Never destroyed: threads may still wait on it while the process ends.
Pool& pool() {
  static Pool* const one = new Pool;
  return *one;
}

}  // namespace

int thread_count() { return pool().count(); }
void set_thread_count(int count) { pool().resize(count); }
SteadyThreads::SteadyThreads() { pool().kernels().lock_shared(); }
SteadyThreads::~SteadyThreads() { pool().kernels().unlock_shared(); }
void run_tasks(int64_t count, Body body, void* context) { pool().run(count, body, context); }

}  // namespace pcam
