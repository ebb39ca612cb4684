/* Executors: the calling thread, or an OpenMP team. */
#include <weisu/engine.h>

#include <omp.h>

#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define EXECUTOR_UNDER_TSAN 1
#endif
#endif

/* Debian's OpenMP runtime is not instrumented and comes without Archer, so ThreadSanitizer cannot see that a team's
 * fork orders what stood before it, and its join what was done in it. These two gates say so. They are addresses only.
 */
#ifdef EXECUTOR_UNDER_TSAN
void __tsan_acquire(void *address);
void __tsan_release(void *address);
static char fork_gate;
static char join_gate;
#define FORK_RELEASE() __tsan_release(&fork_gate)
#define FORK_ACQUIRE() __tsan_acquire(&fork_gate)
#define JOIN_RELEASE() __tsan_release(&join_gate)
#define JOIN_ACQUIRE() __tsan_acquire(&join_gate)
#else
#define FORK_RELEASE() ((void)0)
#define FORK_ACQUIRE() ((void)0)
#define JOIN_RELEASE() ((void)0)
#define JOIN_ACQUIRE() ((void)0)
#endif

static void run_serial(void *context, size_t count, void (*task)(void *, size_t, uint32_t), void *argument)
{
    (void)context;
    for (size_t i = 0; i < count; i++)
        task(argument, i, 0);
}

weisu_executor weisu_executor_serial(void)
{
    return (weisu_executor){NULL, 1, run_serial};
}

static void run_openmp(void *context, size_t count, void (*task)(void *, size_t, uint32_t), void *argument)
{
    int threads = (int)(uintptr_t)context;
    FORK_RELEASE();
#pragma omp parallel num_threads(threads)
    {
        FORK_ACQUIRE();
        uint32_t worker = (uint32_t)omp_get_thread_num();
#pragma omp for schedule(dynamic, 1) nowait
        for (size_t i = 0; i < count; i++)
            task(argument, i, worker);
        JOIN_RELEASE();
    }
    JOIN_ACQUIRE();
}

weisu_executor weisu_executor_openmp(uint32_t threads)
{
    if (threads == 0)
        threads = (uint32_t)omp_get_num_procs();
    if (threads > 256)
        threads = 256;
    if (threads == 1)
        return weisu_executor_serial();
    return (weisu_executor){(void *)(uintptr_t)threads, threads, run_openmp};
}
