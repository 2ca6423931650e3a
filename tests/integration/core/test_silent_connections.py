"""Connections that send nothing, or too little, stop nobody else."""

import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
import requests
from flask import Flask

from core.settings import current_settings
from tests.support.mail_server import find_free_port
from tests.support.tus_sender import run_web_server

SILENT, SLOW = 300, 40
HALF_A_HEADER = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: "
HALF_A_BODY = b"POST /link HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 5000\r\n\r\nemail="
TIMEOUT_SECONDS = 20
OK = b"HTTP/1.1 200 OK"


@pytest.fixture
def port(app: Flask) -> Iterator[int]:
    number = find_free_port()
    with run_web_server(current_settings(), number):
        yield number


def connect(port: int, sent: bytes) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", port), timeout=TIMEOUT_SECONDS)
    connection.sendall(sent)
    return connection


@pytest.mark.one_database
def test_silent_and_slow_connections_stop_nobody_else(port: int) -> None:
    with ExitStack() as open_connections:
        for sent in [b""] * SILENT + [HALF_A_HEADER] * SLOW + [HALF_A_BODY] * SLOW:
            open_connections.enter_context(connect(port, sent))
        started = time.monotonic()
        answers = [requests.get(f"http://127.0.0.1:{port}/", timeout=TIMEOUT_SECONDS) for _ in range(5)]

    assert [answer.status_code for answer in answers] == [200] * 5
    assert time.monotonic() - started < TIMEOUT_SECONDS / 2  # each silent connection used to take 5 s of a thread


@pytest.mark.one_database
def test_a_request_in_small_pieces_is_read_whole(port: int) -> None:
    request = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: keep-alive\r\n\r\n"
    with connect(port, b"") as connection:
        for number in range(0, len(request), 7):
            connection.sendall(request[number : number + 7])
            time.sleep(0.01)
        first = read_response(connection)
        connection.sendall(request + request)  # kept open, and two at once
        both = read_response(connection)
        if both.count(OK) < 2:
            both += read_response(connection)

    assert (first.count(OK), both.count(OK)) == (1, 2)


@pytest.mark.one_database
def test_a_header_without_end_is_refused(port: int) -> None:
    with connect(port, b"GET / HTTP/1.1\r\n" + b"X: " + b"a" * 70_000) as connection:
        assert connection.recv(1000).startswith(b"HTTP/1.1 431 ")


@pytest.mark.one_database
def test_who_expects_to_be_asked_for_the_body_is_asked(port: int) -> None:
    header = b"POST /link HTTP/1.1\r\nHost: 127.0.0.1\r\nExpect: 100-continue\r\nContent-Length: 7\r\n\r\n"
    with connect(port, header) as connection:
        assert connection.recv(1000).startswith(b"HTTP/1.1 100 Continue")
        connection.sendall(b"email=a")
        assert b"HTTP/1.1 400 " in read_response(connection)  # without the form's token


def read_response(connection: socket.socket) -> bytes:
    received = b""
    while b"\r\n\r\n" not in received or not is_whole(received):
        piece = connection.recv(65536)
        if not piece:
            break
        received += piece
    return received


def is_whole(received: bytes) -> bool:
    header, _, body = received.partition(b"\r\n\r\n")
    if header.startswith(b"HTTP/1.1 100"):
        return is_whole(body) if b"\r\n\r\n" in body else False
    length = next(
        int(line.split(b":")[1]) for line in header.split(b"\r\n") if line.lower().startswith(b"content-length")
    )
    return len(body) >= length
