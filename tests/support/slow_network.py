"""A slow network between a browser and the web server, which a test can cut and restore."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit

PIECE_BYTES = 64 * 1024


class SlowNetwork:
    """Listens on a port of its own and passes bytes on, no faster than `bytes_per_second` to the server."""

    def __init__(self, base_url: str) -> None:
        parts = urlsplit(base_url)
        self._server = (str(parts.hostname), int(parts.port or 80))
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.base_url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        self.bytes_per_second = 100e6
        self._is_cut = threading.Event()
        self._open: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """Every connection breaks, and new ones break at once."""
        self._is_cut.set()
        for connection in self._open:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)  # the relaying thread then closes it
        self._open.clear()

    def restore(self) -> None:
        self._is_cut.clear()

    def close(self) -> None:
        self.cut()
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                browser, _ = self._listening.accept()
                if self._is_cut.is_set():
                    browser.close()
                    continue
                server = socket.create_connection(self._server)
                self._open += [browser, server]
                threading.Thread(target=self._forward, args=(browser, server, True), daemon=True).start()
                threading.Thread(target=self._forward, args=(server, browser, False), daemon=True).start()

    def _forward(self, source: socket.socket, target: socket.socket, is_slow: bool) -> None:
        with suppress(OSError):
            while piece := source.recv(PIECE_BYTES):
                target.sendall(piece)
                if is_slow:
                    time.sleep(len(piece) / self.bytes_per_second)
        for connection in (source, target):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            connection.close()


@contextmanager
def run_network(base_url: str) -> Iterator[SlowNetwork]:
    made = SlowNetwork(base_url)
    try:
        yield made
    finally:
        made.close()
