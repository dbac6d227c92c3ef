"""`python -m tests.fuzz [--runs N] [TARGET ...]`: N inputs to each target, guided by coverage where atheris is there.

Without atheris the inputs are Hypothesis's. An input that crashes a target is printed, and the exit code is 1.
"""

import argparse
import importlib.util
import logging
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

RUNS = 20_000
SLOW = {"updates": 10, "questions": 4}
"""Targets that take longer, and how many times fewer inputs they get."""
LONGEST = 1_000
"""Longest input, in bytes."""


def target_of(name: str) -> tuple[Callable[[bytes], None], tuple[bytes, ...], Callable[[], None]]:
    """A target, inputs to begin from, and what ends it."""
    if name == "updates":
        from tests.fuzz.updates import BASES, Taking  # noqa: PLC0415 - it starts a bot

        taking = Taking()
        return taking.take, tuple(bytes([base]) for base in range(len(BASES))), taking.close
    from tests.fuzz.targets import TARGETS  # noqa: PLC0415 - after atheris has prepared the imports

    return *TARGETS[name], lambda: None


def guided(name: str, runs: int) -> None:
    """Fuzz with atheris, which ends the process itself."""
    import atheris  # noqa: PLC0415 - it need not be there

    with atheris.instrument_imports(include=["bot", "prompts", "retrieval", "storage"]):
        target, seeds, _ = target_of(name)
    with tempfile.TemporaryDirectory() as corpus:
        for number, seed in enumerate(seeds):
            (Path(corpus) / str(number)).write_bytes(seed)
        limits = [f"-runs={runs}", f"-max_len={LONGEST}", "-seed=1", f"-artifact_prefix={tempfile.gettempdir()}/"]
        atheris.Setup([sys.argv[0], *limits, "-verbosity=0", "-print_final_stats=0", corpus], target)
        atheris.Fuzz()


def random(name: str, runs: int) -> None:
    """Fuzz with Hypothesis."""
    target, seeds, end = target_of(name)
    for seed in seeds:
        target(seed)
    everything = settings(deadline=None, max_examples=runs, database=None, suppress_health_check=list(HealthCheck))
    everything(given(st.binary(max_size=LONGEST) | st.text().map(lambda text: text.encode()))(target))()
    end()


def main() -> int:
    """Fuzz the targets, each in a process of its own."""
    options = _options()
    logging.disable(logging.CRITICAL)
    if options.here:
        os.environ["PTB_TIMEDELTA"] = "true"
        (guided if _has_atheris() else random)(options.here, options.runs)
        return 0
    crashed = [name for name in options.targets if not _fuzzed(name, options.runs // SLOW.get(name, 1))]
    print("Crashed: " + ", ".join(crashed) if crashed else "No crash.")
    return bool(crashed)


def _options() -> argparse.Namespace:
    every = ["articles", "sentences", "rendering", "filters", "questions", "updates"]
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("targets", nargs="*", default=every, metavar="TARGET", help=", ".join(every))
    parser.add_argument("--runs", type=int, default=RUNS, help="inputs a target")
    parser.add_argument("--here", help=argparse.SUPPRESS)
    return parser.parse_args()


def _fuzzed(name: str, runs: int) -> bool:
    started = time.monotonic()
    command = [sys.executable, "-m", "tests.fuzz", "--here", name, "--runs", str(runs)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    by = "atheris" if _has_atheris() else "Hypothesis"
    print(
        f"{name}: {runs} inputs by {by} in {time.monotonic() - started:.0f} s, exit code {done.returncode}", flush=True
    )
    if done.returncode:
        print(done.stdout[-3_000:] + done.stderr[-1_000:])
    return done.returncode == 0


def _has_atheris() -> bool:
    return importlib.util.find_spec("atheris") is not None


if __name__ == "__main__":
    sys.exit(main())
