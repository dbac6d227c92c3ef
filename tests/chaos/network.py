"""Networks of machines: a namespace for each, which can be cut off as if its cable were pulled; root on Linux only."""

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

PREFIX = "10.231.7"
SERVERS = f"{PREFIX}.1"
"""The address of whatever the machines share."""
_BRIDGE, _NOBODY = "policydesk", "02:00:00:00:00:99"


class Network:
    """The network of one machine, to which the servers are `localhost`, so that the local Telegram answers."""

    def __init__(self, name: str, number: int, hosts: Path) -> None:
        self._place, self._hosts = f"policydesk-{name}", hosts
        self.address = f"{PREFIX}.{number}"

    @contextmanager
    def laid(self) -> Iterator[None]:
        """The network, while the context is open."""
        port = self._place[:15]
        _ip("netns", "add", self._place)
        try:
            _ip("link", "add", port, "type", "veth", "peer", "name", "wire", "netns", self._place)
            _ip("link", "set", port, "master", _BRIDGE, "up")
            self._ip("address", "add", f"{self.address}/24", "dev", "wire")
            for link in ("lo", "wire"):
                self._ip("link", "set", link, "up")
            yield
        finally:
            _ip("netns", "delete", self._place)

    def command(self, command: Sequence[str]) -> list[str]:
        """A command that runs another within."""
        named = f'mount --bind {self._hosts} /etc/hosts && exec "$@"'
        return ["nsenter", f"--net=/run/netns/{self._place}", "unshare", "--mount", "sh", "-c", named, "sh", *command]

    def cut(self) -> None:
        """Lose whatever is sent from now on, either way, without a word to anybody."""
        _ip("neighbour", "replace", self.address, "lladdr", _NOBODY, "dev", _BRIDGE, "nud", "permanent")
        self._ip("neighbour", "replace", SERVERS, "lladdr", _NOBODY, "dev", "wire", "nud", "permanent")

    def mend(self) -> None:
        """Let through what is sent from now on, and sent again."""
        _ip("neighbour", "delete", self.address, "dev", _BRIDGE)
        self._ip("neighbour", "delete", SERVERS, "dev", "wire")

    def _ip(self, *words: str) -> None:
        _ip("-n", self._place, *words)


@contextmanager
def networks(names: Sequence[str], folder: Path) -> Iterator[Mapping[str, Network]]:
    """A network for each name, while the context is open; none at all where there can be none."""
    if os.geteuid() or not all(map(shutil.which, ("ip", "nsenter", "unshare"))):
        yield {}
        return
    hosts = folder / "hosts"
    hosts.write_text(f"{SERVERS} localhost\n", encoding="utf-8")
    with ExitStack() as stack:
        _ip("link", "add", _BRIDGE, "type", "bridge")
        stack.callback(_ip, "link", "delete", _BRIDGE)
        _ip("address", "add", f"{SERVERS}/24", "dev", _BRIDGE)
        _ip("link", "set", _BRIDGE, "up")
        made = {name: Network(name, number, hosts) for number, name in enumerate(names, 2)}
        for network in made.values():
            stack.enter_context(network.laid())
        yield made


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True)  # noqa: S607 - it stands elsewhere on each system
