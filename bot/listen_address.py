"""Addresses that the program listens on, as they are written in the settings: host:port."""

import ipaddress
from typing import NamedTuple

LAST_PORT = 65_535


class ListenAddress(NamedTuple):
    """Where to listen.

    Attributes:
        host: A name or an address; of an IPv6 address without its brackets.
        port: The port; 0 for any that is free.
    """

    host: str
    port: int


def parse_address(text: str) -> ListenAddress:
    """Read an address such as `127.0.0.1:8086` or `[::1]:8086`.

    Raises:
        ValueError: It is none.
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
