"""What the web server does whatever its command line says; gunicorn reads this file where it is started."""

import gc


def post_worker_init(_worker: object) -> None:
    """The application itself is never rubbish. Searching it cost a page of many rows a third of its time."""
    gc.collect()
    gc.freeze()
