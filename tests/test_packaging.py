"""Container and service: what is installed works by itself, with no right to write anywhere but its folder."""

import configparser
import json
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
from asyncio.subprocess import PIPE, create_subprocess_exec
from pathlib import Path

import pytest

from bot.emulator.web.server import Emulator
from tests.container import ROOT, build, context, environment, instructions
from tests.support.bots.served import said
from tests.support.desk import unprivileged
from tests.support.osa import QUESTION

UNIT = ROOT / "docs" / "operations" / "policydesk.service"


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folders of the image, nothing in them writable but /data."""
    root = tmp_path_factory.mktemp("image")
    build(root, downloads=False)
    (root / "data").mkdir()
    shutil.rmtree(root / "build")
    for path in (root / "opt").rglob("*"):
        if not path.is_symlink():
            path.chmod(path.stat().st_mode & ~0o222)
    return root


async def test_the_image_answers_and_is_healthy_with_a_read_only_root(image: Path) -> None:
    """Installed from what .dockerignore lets in; the health check is the recipe's own command."""
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        port = str(reserved.getsockname()[1])
    python = str(image / "opt/policydesk/bin/python")
    async with Emulator() as emulator:
        settings = {
            **environment(image),
            "HOME": "/nonexistent",
            "PATH": os.environ["PATH"],
            "POLICYDESK_HTTP": f"127.0.0.1:{port}",
            "POLICYDESK_TELEGRAM_TOKEN": emulator.token,
            "POLICYDESK_TELEGRAM_URL": emulator.url,
            "POLICYDESK_OPEN": "true",
        }
        command = [*unprivileged(), python, "-P", str(image / "opt/policydesk/bin/policydesk"), "serve"]
        bot = await create_subprocess_exec(*command, stderr=PIPE, env=settings, cwd=image / "data")
        await said(bot, "Ready as")
        chat = emulator.private_chat(emulator.person("Aiko"))
        reply = await chat.reply_to(chat.say(QUESTION), timeout=30)
        assert "Bangladesh and Fiji" in (reply.text or "")
        checking = [python, *_health_check(port)[1:]]
        assert await (await create_subprocess_exec(*checking)).wait() == 0
        bot.send_signal(signal.SIGTERM)
        await bot.communicate()
        assert bot.returncode == 0
        assert await (await create_subprocess_exec(*checking, stderr=PIPE)).wait() != 0
    kept = {"policydesk.db", "policydesk.db.departures", "policydesk.db.serving"}
    assert {path.name for path in (image / "data").iterdir()} == kept
    assert not any(path.lstat().st_mode & stat.S_IWUSR for path in (image / "opt").rglob("*") if not path.is_symlink())


def test_the_image_holds_the_translations_compiled_and_speaks_them_without_babel(image: Path) -> None:
    """Babel takes longer to load than an answer; it is for translations that are not compiled."""
    program = (
        "import sys; from prompts.languages import Language; from prompts.render import Renderer\n"
        "print(Renderer().in_language(Language.JAPANESE).notice('failure'), 'babel' in sys.modules)"
    )
    command = [str(image / "opt/policydesk/bin/python"), "-P", "-c", program]
    done = subprocess.run(
        command, capture_output=True, text=True, check=True, cwd=image / "data", env={"PYTHONUTF8": "1"}
    )
    assert done.stdout.startswith("こちらで問題が起き")
    assert done.stdout.endswith(" False\n")


@pytest.mark.parametrize("extra", ["dev", "multilingual", "postgres", "semantic", "train"])
def test_pins_of_an_extra_hold_every_package_of_the_desk_at_its_version(extra: str) -> None:
    """Each file is installed by itself, with no package but those that it names."""
    assert _pins("requirements.txt").items() <= _pins(f"requirements-{extra}.txt").items()


def _pins(name: str) -> dict[str, str]:
    """The versions of the packages that a file of pins names; one that differs by Python has its conditions with it."""
    lines = [line for line in (ROOT / name).read_text(encoding="utf-8").splitlines() if line[:1].isalnum()]
    pins = [line.removesuffix(" \\").partition("==") for line in lines]
    return {f"{package} {version.partition(' ; ')[2]}".strip(): version.split()[0] for package, _, version in pins}


def _health_check(port: str) -> list[str]:
    (step,) = (value for name, value in instructions(1) if name == "HEALTHCHECK")
    command: list[str] = json.loads(step[step.index("[") :])
    assert command[0] == "python"
    return [part.replace("8086", port) for part in command]


def test_the_image_runs_as_somebody_without_rights() -> None:
    """The user that the container runs as is no root, and owns nothing but /data."""
    last = dict(instructions(1))
    assert last["USER"] == "10001"
    assert last["VOLUME"] == "/data"
    assert json.loads(last["ENTRYPOINT"]) == ["policydesk"]
    installs = [value for name, value in instructions(0) if name == "RUN"]
    assert all("--require-hashes" in step or "--no-deps" in step for step in installs)


def test_no_history_environment_record_or_secret_gets_into_the_build(tmp_path: Path) -> None:
    """Only what is named gets in."""
    (tmp_path / "build").mkdir()
    context(tmp_path)
    top = {path.name for path in (tmp_path / "build").iterdir()}
    assert top == {
        "bot", "retrieval", "prompts", "storage", "seeds", "pyproject.toml", "setup.py", "requirements.txt",
        "README.md", "LICENSE",
    }  # fmt: skip
    inside = {path.suffix for path in (tmp_path / "build").rglob("*")} | {
        path.name for path in (tmp_path / "build").rglob(".*")
    }
    assert inside.isdisjoint({".pyc", ".mo", ".db", ".env", ".git"})


def test_the_service_is_hardened_and_tells_systemd_how_it_is() -> None:
    """The lines that matter; `systemd-analyze verify` reads the whole where there is one."""
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[method-assign,assignment]
    unit.read_string(UNIT.read_text(encoding="utf-8"))
    service = unit["Service"]
    assert (service["Type"], int(service["WatchdogSec"])) == ("notify", 60)
    assert service["ExecStart"].split()[1:] == ["serve", "--log", "json"]
    assert service["RestartPreventExitStatus"] == "2"
    assert {service[name] for name in ("DynamicUser", "NoNewPrivileges", "PrivateTmp", "PrivateDevices")} == {"yes"}
    assert (service["ProtectSystem"], service["CapabilityBoundingSet"]) == ("strict", "")


@pytest.mark.skipif(shutil.which("make") is None, reason="there is no make here")
def test_nothing_that_looks_like_a_failure_is_said_while_the_application_is_installed() -> None:
    """Pip complains of an extra that lxml does not know when it looks for more than is pinned, setuptools in a box."""
    plan = ["make", "--dry-run", "--always-make", "--file", str(ROOT / "Makefile"), ".venv/dev"]
    planned = subprocess.run(plan, capture_output=True, text=True, check=True, cwd=ROOT).stdout.splitlines()
    installs = [line for line in planned if " install " in line]
    assert len(installs) == 3
    assert all("--no-deps" in line for line in installs)
    assert all(("--editable" in line) == line.startswith("PYTHONWARNINGS=ignore ") for line in installs)


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="there is no systemd here")
def test_systemd_finds_no_fault_with_the_service(tmp_path: Path) -> None:
    """But for the program, which is not installed there where tests run."""
    unit = tmp_path / "policydesk.service"
    lines = UNIT.read_text(encoding="utf-8").replace("/opt/policydesk/.venv/bin/policydesk", sys.executable)
    unit.write_text(lines, encoding="utf-8")
    done = subprocess.run(
        [shutil.which("systemd-analyze") or "", "verify", "--man=no", unit], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
