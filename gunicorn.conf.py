"""What the web server does whatever its command line says; gunicorn reads this file where it is started."""

import gc
import resource

worker_class = "core.web_server.BufferingWorker"
workers = 2  # one that is busy with a long page does not stop the other
threads = 16
control_socket_disable = True
WANTED_FILES = 8192


def _count_connections() -> int:
    """Half of the open files that a process may have; the other half is for files and the database."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    allowed = max(soft, WANTED_FILES if hard == resource.RLIM_INFINITY else min(hard, WANTED_FILES))
    resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))
    return min(WANTED_FILES, allowed) // 2


worker_connections = _count_connections()


def post_worker_init(_worker: object) -> None:
    """The application itself is never rubbish. Searching it cost a page of many rows a third of its time."""
    gc.collect()
    gc.freeze()
