"""The trilingual reports as a library."""

import pytest

from retrieval.library import Library
from retrieval.reading.articles import read_folder
from retrieval.reading.sentences import passages
from tests.retrieval.lingual.reports import write_reports


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    articles, _ = read_folder(write_reports(tmp_path_factory.mktemp("reports")))
    return Library.from_passages(articles, [passage for article in articles for passage in passages(article)])
