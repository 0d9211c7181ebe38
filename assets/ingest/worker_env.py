"""Settings of a process that reads files, for libraries that look for them once, when they are loaded.

Imported for that alone, and before any of them: by the process that the workers are forked from, never by a build.
"""

import os

# As many workers as cores read files. Threads beside them take each other's processor, and address space each.
os.environ |= {
    "ARROW_DEFAULT_MEMORY_POOL": "system",
    "POLARS_MAX_THREADS": "1",
    "POLARS_ASYNC_THREAD_COUNT": "1",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "OPENCV_FOR_THREADS_NUM": "1",
}
