"""Environment variables of a worker, for libraries that read them once, when they are imported.

A module of its own because it has to be imported before numpy, polars and OpenCV, by the process that the workers are
forked from and never by a build.
"""

import os

# There is a worker per core: further threads would only compete for the cores and reserve address space.
os.environ |= {
    "ARROW_DEFAULT_MEMORY_POOL": "system",
    "POLARS_MAX_THREADS": "1",
    "POLARS_ASYNC_THREAD_COUNT": "1",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "OPENCV_FOR_THREADS_NUM": "1",
}
