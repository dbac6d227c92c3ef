"""Addresses that the program listens on, written as host:port, and the sockets that listen there."""

import ipaddress
import socket
from typing import NamedTuple

LAST_PORT = 65_535
BACKLOG = 128
"""How many connections may wait to be taken."""


class ListenAddress(NamedTuple):
    """A host and port to listen on."""

    host: str  # a name or an address; of an IPv6 address without its brackets
    port: int  # 0 for any that is free


def parse_address(text: str) -> ListenAddress:
    """Read an address such as `127.0.0.1:8086` or `[::1]:8086`.

    Raises:
        ValueError: The text is none.
    """
    host, colon, port = text.strip().rpartition(":")
    bare = host[1:-1] if host.startswith("[") and host.endswith("]") else host
    is_ambiguous = ":" in bare and bare == host
    if not colon or not bare or is_ambiguous or not (port.isascii() and port.isdigit()) or int(port) > LAST_PORT:
        raise ValueError("should be an address to listen on, such as 127.0.0.1:8086")
    return ListenAddress(bare, int(port))


def is_loopback(host: str) -> bool:
    """Whether only programs on this machine can reach a host name or address."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def listen(host: str, port: int) -> socket.socket:
    """Open a socket that listens already, so that a taken address is found out now and no connection is refused.

    Raises:
        OSError: The address cannot be listened on.
    """
    family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    # asyncio sends small answers at once (TCP_NODELAY) only on sockets that name their protocol
    listener = socket.socket(family, kind, protocol)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(BACKLOG)
    except OSError:
        listener.close()
        raise
    return listener
