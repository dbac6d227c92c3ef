"""The settings: nobody else reads the environment."""

import hashlib
import os
import stat
from collections.abc import Mapping
from itertools import chain
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple, TypeAlias

from dotenv import dotenv_values
from platformdirs import user_data_path
from pydantic import (
    Field,
    ModelWrapValidatorHandler,
    PrivateAttr,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot.errors import SettingsError
from bot.listen_address import is_loopback, parse_address
from bot.logging_setup import LogFormat
from bot.server_url import ServerUrl, check_server_url, is_database_url, secrets_of
from prompts.composition.compose import SURE, THRESHOLD
from retrieval.bm25.choice import FORMER_NAMES, ScorerName
from retrieval.indexer.location import MEMORY
from retrieval.patterns import lazy_pattern
from retrieval.reading.articles import MAX_BYTES
from retrieval.regular_files import read_regular
from retrieval.semantic_choice import SemanticChoice, SemanticModelName
from retrieval.validation import faults

PREFIX = "POLICYDESK_"
SEEDS = Path(__file__).resolve().parent.parent / "seeds"
DATA = user_data_path("policydesk")
DATABASE = DATA / "policydesk.db"
TELEGRAM_URL = ServerUrl("https://api.telegram.org")
ENV_FILE = Path(".env")
"""In the working directory."""
_SECRET = lazy_pattern(r"[A-Za-z0-9_-]{1,256}")
"""What Telegram takes for a secret (Bot API, setWebhook)."""
FirstLanguage: TypeAlias = Literal["question", "en", "ja", "vi"]
MOST = 1_000_000
Count = Annotated[int, Field(ge=1, le=MOST)]
IDS_BELOW = 2**52
"""What every id of Telegram is below, as the Bot API says."""
MOST_ARTICLE_BYTES = 2**30
MOST_DAYS = 36_500
"""The greatest age, a hundred years, after which questions may be forgotten."""
MOST_SEARCHERS = 4
"""How many processes search unless told otherwise, on a machine with more processors; each takes some 150 MB."""


def _weights_beside(values: Mapping[str, Any]) -> Path:
    return Path(f"{values.get('database', DATABASE)}.weights")


def _index_beside(values: Mapping[str, Any]) -> Path:
    return Path(f"{values.get('database', DATABASE)}.index")


def _sure_for(values: Mapping[str, Any]) -> float:
    threshold: float = values.get("threshold", THRESHOLD)
    return max(SURE, threshold)


def _searchers() -> int:
    processors = os.cpu_count() or 1
    return min(processors, MOST_SEARCHERS) if processors > 1 else 0


class Settings(BaseSettings):
    """The settings: environment variables, or lines of a `.env` file in the working directory."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_file=ENV_FILE,
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
    )

    articles: Path = Field(SEEDS, description="Folder of articles, sub-folders included.")
    documents: Literal["folder", "database"] = Field(
        "folder",
        description="Where documents that are added are kept: in the folder, or in the database too, from which each "
        "machine on it brings its own folder up to date.",
    )
    database: Path = Field(
        DATABASE,
        description="SQLite file that holds the log; or the address of a PostgreSQL database, postgresql://…, that two "
        "machines share.",
    )
    weights: Path = Field(
        default_factory=_weights_beside,
        description="Folder of weights learnt from your own verdicts, over the shipped ones; `tune --write` writes it.",
    )
    index: Path = Field(
        default_factory=_index_beside,
        description="Folder that indexes of large folders of articles are kept in; it can be deleted at any time.",
    )
    index_memory: Annotated[int, Field(ge=512, le=1_000_000)] = Field(
        MEMORY >> 20,
        description="Memory in megabytes that building such an index takes, all processes together; with more, more "
        "of them read at once.",
    )
    templates: Path | None = Field(
        None, description="Folder of your own templates and translations, over those of policydesk."
    )
    glossary: Path | None = Field(
        None,
        description="Table of names and words of your own in English, Japanese and Vietnamese, over the shipped one.",
    )
    first_language: FirstLanguage = Field(
        "question", description="Language quoted first among equals: question (that of the question), en, ja or vi."
    )
    citation: str = Field(
        "plain",
        pattern=r"^[\w-]+$",
        max_length=40,
        description="How a citation is copied: plain, markdown, footnote, or NAME of your own citation-NAME.txt.j2.",
    )
    threshold: Annotated[float, Field(ge=0, le=1)] = Field(
        THRESHOLD, description="Least confidence, 0 to 1, at which the desk answers."
    )
    sure: Annotated[float, Field(ge=0, le=1)] = Field(
        default_factory=_sure_for,
        description="Confidence from which quotes are given as the answer; below it as the closest passages.",
    )
    max_article_bytes: Annotated[int, Field(ge=1, le=MOST_ARTICLE_BYTES)] = Field(
        MAX_BYTES, description="Size in bytes above which an article is skipped."
    )
    engine: ScorerName = Field(
        ScorerName.AUTO,
        description="What scores sentences, with the same result: reference (rank-bm25), or max-score; auto is "
        "max-score, with an index in files from some 4,000 sentences on.",
    )
    semantic: SemanticChoice = Field(
        SemanticChoice.AUTO,
        description="Whether a small model helps to order sentences: auto (where it is installed), on or off.",
    )
    semantic_model: SemanticModelName = Field(
        SemanticModelName.ENGLISH,
        description="Which model that is: english, or multilingual, which finds sentences in other languages too.",
    )
    searchers: Annotated[int, Field(ge=0, le=64)] = Field(
        default_factory=_searchers,
        description="Processes that search a large folder of articles for the bot, so that several questions "
        "are answered at once; 0: it searches itself.",
    )
    telegram_token: SecretStr | None = Field(None, description="The bot's token, from @BotFather.")
    telegram_token_file: Path | None = Field(None, description="File that holds the token, instead of the above.")
    telegram_url: ServerUrl = Field(
        TELEGRAM_URL,
        description="Root of the Bot API server, for example http://127.0.0.1:8081.",
    )
    owners: Annotated[tuple[int, ...], NoDecode] = Field(
        (), description="User ids of the owners, who decide who may ask, separated by commas."
    )
    open: bool = Field(False, description="Whether everybody may ask who was not denied.")
    limit_person: Count = Field(10, description="Questions a minute that one person may ask.")
    limit_chat: Count = Field(
        18, description="Questions a minute that may be asked in one chat; Telegram lets a bot send 20 to a group."
    )
    busy: Count = Field(
        300,
        description="How many updates may wait before a question that comes is told to come again; thirty times "
        "as many are taken.",
    )
    pace: bool = Field(
        True, description="Whether to keep to Telegram's limits on what a bot sends; false on a local Telegram only."
    )
    keep_days: Annotated[int, Field(ge=1, le=MOST_DAYS)] | None = Field(
        365,
        description="Days after which questions and answers are forgotten: emptied of words and ids, and only counted; "
        "never keeps them.",
    )
    http_public: bool = Field(False, description="Whether POLICYDESK_HTTP may be an address that other machines reach.")
    http: str | None = Field(
        None, description="Address for health, readiness and metrics, for example 127.0.0.1:8086; none for nowhere."
    )
    watch_limit_person: Count = Field(20, description="Topics that one person may watch, in all chats together.")
    watch_limit_chat: Count = Field(50, description="Topics that may be watched in one group, its topics together.")
    watch_minutes: Annotated[int, Field(ge=0, le=MOST)] = Field(
        60, description="Least minutes between two messages of a watch that has no hour of the day."
    )
    grace: Annotated[float, Field(ge=0, le=3_600)] = Field(
        10,
        description="Seconds for which the bot goes on answering when it is told to stop; the rest is answered "
        "at the next start.",
    )
    webhook: ServerUrl | None = Field(
        None, description="Public https address that Telegram posts updates to; without it they are fetched."
    )
    webhook_secret: SecretStr | None = Field(
        None,
        description="What Telegram sends along with updates, so that nobody else can; made of the token if not given.",
    )
    webhook_listen: str = Field(
        "127.0.0.1:8443", description="Where to listen for posted updates, behind whatever speaks https."
    )
    curators_chat: Annotated[int, Field(gt=-IDS_BELOW, lt=IDS_BELOW)] | None = Field(
        None,
        description="Id of the chat that questions without an answer are put before, by 'Ask a person'; "
        "none for no button.",
    )
    curators_topic: Count | None = Field(None, description="Number of the topic, where that chat is a forum.")
    digest: bool = Field(False, description="Whether the owners are told each Monday what the week brought.")
    review_url: ServerUrl | None = Field(
        None,
        description="Where the owners reach the review pages, for links to them, for example https://desk.example.org.",
    )
    reviewers: Path | None = Field(
        None,
        description="File that holds who may review, with hashes of passwords; .reviewers.json beside the "
        "database if not given.",
    )
    log_level: str = Field("INFO", description="DEBUG, INFO, WARNING or ERROR.")
    log_format: LogFormat = Field("text", description="How log lines are written: text, or json for programs.")

    _server: ServerUrl | None = PrivateAttr(None)

    @model_validator(mode="wrap")
    @classmethod
    def _may_be_on_a_server(cls, given: dict[str, Any], handler: ModelWrapValidatorHandler["Settings"]) -> "Settings":
        """Take the address of a database apart from the place where this machine keeps its own files."""
        address = str(given.get("database", ""))
        if not is_database_url(address):
            return handler(given)
        settings = handler({**given, "database": DATABASE})
        settings._server = ServerUrl(address)
        return settings

    @field_validator("database", mode="before")
    @classmethod
    def _is_no_other_address(cls, place: object) -> object:
        if "://" in str(place):  # the password in it would be shown as part of a path
            raise ValueError(
                "should be a path, or an address such as postgresql://user:password@host/name, with the password there "
                "and with @, #, / and % in it written as %40, %23, %2F and %25"
            )
        return place

    @property
    def server(self) -> ServerUrl | None:
        """The address of the PostgreSQL database that holds the log; none where that is the SQLite file."""
        return self._server

    @field_validator("sure")
    @classmethod
    def _is_not_below_threshold(cls, sure: float, given: ValidationInfo) -> float:
        if sure < given.data.get("threshold", 0):
            raise ValueError(f"should be at least {PREFIX}THRESHOLD: below that nothing is answered")
        return sure

    @field_validator("owners", mode="before")
    @classmethod
    def _are_user_ids(cls, owners: object) -> object:
        if not isinstance(owners, str):
            return owners
        ids = owners.replace(",", " ").split()
        if not all(number.isascii() and number.isdigit() and 0 < int(number[:20]) < IDS_BELOW for number in ids):
            raise ValueError("should be user ids, whole numbers above 0, separated by commas")
        return tuple(map(int, ids))

    @field_validator("keep_days", mode="before")
    @classmethod
    def _may_be_never(cls, days: object) -> object:
        return None if isinstance(days, str) and days.strip().lower() == "never" else days

    @field_validator("http")
    @classmethod
    def _stays_on_this_machine(cls, address: str | None, given: ValidationInfo) -> str | None:
        if address is not None and not is_loopback(parse_address(address).host) and not given.data.get("http_public"):
            raise ValueError(
                "should be an address of this machine only, such as 127.0.0.1:8086; where other machines are meant to "
                f"reach it, set {PREFIX}HTTP_PUBLIC=true"
            )
        return address

    @field_validator("telegram_url", "webhook", "review_url")
    @classmethod
    def _is_well_formed(cls, url: ServerUrl | None) -> ServerUrl | None:
        return url if url in {None, TELEGRAM_URL} else check_server_url(url)

    @field_validator("webhook_secret")
    @classmethod
    def _is_taken_by_telegram(cls, secret: SecretStr | None) -> SecretStr | None:
        if secret is not None and not _SECRET.fullmatch(secret.get_secret_value()):
            raise ValueError("should be 1 to 256 letters, digits, _ and -")
        return secret

    @field_validator("webhook_listen")
    @classmethod
    def _is_address(cls, address: str) -> str:
        parse_address(address)
        return address

    @field_validator("log_level")
    @classmethod
    def _is_level(cls, level: str) -> str:
        if level.upper() not in {"DEBUG", "INFO", "WARNING", "ERROR"}:
            raise ValueError("should be DEBUG, INFO, WARNING or ERROR")
        return level.upper()

    def secrets(self) -> list[str]:
        """Everything that no log line may hold: the token, the webhook's secret, and users and passwords of addresses.

        Raises:
            SettingsError: There is no token.
        """
        from urllib.request import getproxies  # noqa: PLC0415 - takes long to load, and only the bot has secrets

        addresses = (self.telegram_url, self.webhook, self.review_url, self.server)
        urls = [url.get_secret_value() for url in addresses if url is not None]
        users = chain.from_iterable(map(secrets_of, [*urls, *getproxies().values()]))
        return [self.token(), self.webhook_key(), *users]

    def webhook_key(self) -> str:
        """The secret that Telegram sends along with updates: as set, else made of the token without giving it away.

        Raises:
            SettingsError: There is no token.
        """
        if self.webhook_secret is not None:
            return self.webhook_secret.get_secret_value()
        return hashlib.sha256(f"webhook of {self.token()}".encode()).hexdigest()

    def token(self) -> str:
        """The bot's token, from the setting or its file.

        Raises:
            SettingsError: There is none, or its file cannot be read.
        """
        if self.telegram_token is not None:
            return self.telegram_token.get_secret_value().strip()
        if self.telegram_token_file is None:
            raise SettingsError(
                "No Telegram token: get one from @BotFather and set POLICYDESK_TELEGRAM_TOKEN or "
                "POLICYDESK_TELEGRAM_TOKEN_FILE. To try the bot without one: policydesk demo"
            )
        try:
            token = read_regular(self.telegram_token_file, follow=True).decode().strip()
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError(
                f"The token file {self.telegram_token_file} cannot be read: check POLICYDESK_TELEGRAM_TOKEN_FILE."
            ) from error
        if not token:
            raise SettingsError(f"The token file {self.telegram_token_file} is empty: put the bot's token into it.")
        return token


def read_settings(**given: object) -> Settings:
    """Read the settings in force; values given on the command line win, but for None.

    Raises:
        SettingsError: A value cannot be used; the message names the variable, never its value.
    """
    try:
        return Settings(**{name: value for name, value in given.items() if value is not None})  # type: ignore[arg-type]
    except ValidationError as error:
        wrong = "; ".join(f"{PREFIX}{place.partition('.')[0].upper()}: {words}" for place, words in faults(error))
        raise SettingsError(f"Settings that cannot be used: {wrong}") from None
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError("The file .env cannot be read: make it UTF-8 text, or remove it.") from error


def is_readable_by_others(path: Path) -> bool:
    """Whether everybody on this machine can read a file; where rights are not kept as on Unix, nobody can tell."""
    return os.name == "posix" and bool(path.stat().st_mode & stat.S_IROTH)


def exposed_settings() -> Path | None:
    """The `.env` file, where everybody on this machine can read it."""
    return ENV_FILE if ENV_FILE.is_file() and is_readable_by_others(ENV_FILE) else None


class Supervisor(NamedTuple):
    """The supervisor that started the program, as sd_notify(3) has it."""

    address: str | None  # the socket to tell; None where nobody wants to be told
    beat_seconds: float | None  # after how long without a word the program counts as stuck; None for never


def supervisor() -> Supervisor:
    """The supervisor of this program: systemd says so in the environment."""
    pid, period = os.environ.get("WATCHDOG_PID", ""), os.environ.get("WATCHDOG_USEC", "")
    is_ours = pid in {"", str(os.getpid())} and period.isdigit() and int(period) > 0
    return Supervisor(os.environ.get("NOTIFY_SOCKET"), int(period) / 1_000_000 if is_ours else None)


def use_periods() -> None:
    """Have python-telegram-bot give periods as `timedelta`, as its next major version will.

    It offers no other way to say so, and warns whenever Telegram asks to wait until it is said.
    """
    os.environ.setdefault("PTB_TIMEDELTA", "true")


def unknown_variables() -> list[str]:
    """Variables that look like settings but are none, as misspelt ones do."""
    known = {PREFIX + name.upper() for name in Settings.model_fields}
    given = {*os.environ, *dotenv_values(ENV_FILE)}
    return sorted(name for name in given if name.upper().startswith(PREFIX) and name.upper() not in known)


def former_engine_name() -> str | None:
    """Return the value of POLICYDESK_ENGINE where it is the former name of an engine."""
    given = {**dotenv_values(ENV_FILE), **os.environ}
    values = [value for name, value in given.items() if name.upper() == f"{PREFIX}ENGINE" and value in FORMER_NAMES]
    return values[-1] if values else None
