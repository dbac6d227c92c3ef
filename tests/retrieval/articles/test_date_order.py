"""05/04/2023: read by the article's own dates, its publisher's, the library's, its country's, or not at all."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest

from retrieval.articles_folder import ArticlesFolder
from retrieval.bm25.choice import ScorerName
from retrieval.library import Library
from retrieval.models import Article
from retrieval.reading.articles import read_article

APRIL, MAY = dt.date(2023, 4, 5), dt.date(2023, 5, 4)
Folder = Callable[..., Path]


def dated(date: str = "05/04/2023", publisher: str = "", url: str = "", more: str = "") -> str:
    keys = f"---\npublisher: {publisher}\nurl: {url}\n---\n\n" if publisher or url else ""
    return f"{keys}Ports accord\n\n{date}\n\nThe ministers of both countries met in the capital. {more}\n"


def dates(root: Path) -> dict[str, dt.date | None]:
    return {source.file.removesuffix(".txt"): source.date for source in Library.open(root).sources}


@pytest.mark.parametrize(("other", "day"), [("29/11/2022", APRIL), ("11.29.2022", MAY), ("29 November 2022", None)])
def test_the_other_dates_of_the_library_show_the_order(folder: Folder, other: str, day: dt.date | None) -> None:
    assert dates(folder(a=dated(), b=dated(more=f"They met again on {other}.")))["a"] == day


def test_dates_that_differ_show_nothing(folder: Folder) -> None:
    assert dates(folder(a=dated(), b=dated("29/11/2022"), c=dated("11/29/2022")))["a"] is None


@pytest.mark.parametrize("origin", [{"publisher": "Basin Gazette"}, {"url": "https://www.basin.example/ports"}])
def test_articles_of_the_same_publisher_or_host_go_first(folder: Folder, origin: dict[str, str]) -> None:
    others = {"b": dated("11/29/2022", **origin), "c": dated("29/11/2022"), "d": dated("30/11/2022")}
    assert dates(folder(a=dated(**origin), **others))["a"] == MAY


@pytest.mark.parametrize(
    ("publisher", "url", "day"),
    [
        ("The Associated Press", "", MAY),
        ("U.S. Department of State", "", MAY),
        ("Embassy of the United States in Hanoi", "", MAY),
        ("The Guardian", "", APRIL),
        ("Times of India", "", APRIL),
        ("", "https://www.state.gov/ports", MAY),
        ("", "https://www.gov.uk/ports", APRIL),
        ("", "https://mofa.gov.vn/ports", APRIL),
        ("", "https://ports.example.co/news", None),
        ("The Japan Times", "", None),
        ("The Guardian", "https://www.state.gov/ports", None),
        ("Basin Gazette", "http://[broken", None),
    ],
)
def test_else_the_publisher_s_country_shows_it(folder: Folder, publisher: str, url: str, day: dt.date | None) -> None:
    assert dates(folder(a=dated(publisher=publisher, url=url)))["a"] == day


@pytest.mark.parametrize("front", ["05/04/2023", "29/04/2023"])
def test_front_matter_may_state_a_date_in_figures(folder: Folder, front: str) -> None:
    root = folder(a=f"---\ndate: {front}\n---\n\nPorts accord\n\nThe ministers met.\n", b=dated("29/11/2022"))
    assert dates(root)["a"] == (APRIL if front.startswith("05") else dt.date(2023, 4, 29))


def test_a_date_that_has_one_reading_elsewhere_is_not_undecided() -> None:
    for text, file in (
        (dated(), "2023-05-04-ports.txt"),
        (dated("04/04/2023"), "a.txt"),
        (dated("45/04/2023"), "a.txt"),
    ):
        article = read_article(file, text.encode())
        assert isinstance(article, Article)
        assert article.undecided_date is None


@pytest.mark.parametrize("engine", [ScorerName.REFERENCE, ScorerName.MAX_SCORE])
def test_a_library_that_goes_on_is_dated_as_one_made_anew(folder: Folder, engine: ScorerName) -> None:
    root = folder(a=dated(), b=dated())
    goes_on = ArticlesFolder(root, engine=engine)
    library = goes_on.open()
    for other, day in (("29/11/2022", APRIL), ("11/29/2022", MAY), (None, None)):
        (root / "c.txt").write_text(dated(other), encoding="utf-8") if other else (root / "c.txt").unlink()
        library = goes_on.open(before=library)
        assert library.sources == ArticlesFolder(root, engine=engine).open().sources
        assert [source.date for source in library.sources][:2] == [day, day]
        assert library.passages[0].date == day
        assert goes_on.open(before=library) is library
