"""The languages of quotes: which are in another than the question, and what its words were read as for them."""

from functools import lru_cache

from prompts.models import Answer, Citation
from retrieval.glossary.writing import language_written
from retrieval.models import Query
from retrieval.text.languages import language_of
from retrieval.text.orthography.japanese import has_kana


def with_languages(answer: Answer, query: Query) -> Answer:
    """Return an answer whose quotes in another language than the question say so, with its words as read for these."""
    if not query.read_in and (query.written_in is None or (query.written_in == "en" and _is_plain(answer))):
        return answer
    citations = tuple(_marked(citation, query.written_in) for citation in answer.citations)
    return answer.model_copy(update={"citations": citations, "read_as": query.read_as})


def _is_plain(answer: Answer) -> bool:
    """Whether the quotes of an answer are, at a glance, in English."""
    return all(citation.quote.isascii() for citation in answer.citations)


def _marked(citation: Citation, asked_in: str | None) -> Citation:
    code = _language_told(citation.quote)
    return citation.model_copy(update={"language": code}) if code and code != asked_in else citation


@lru_cache(maxsize=1 << 11)
def _language_told(quote: str) -> str | None:
    """The code of a quote's language, None for a language outside the glossary; frequent quotes are cached."""
    code = language_written(quote)
    other = language_of(quote) if code == "en" else None
    is_told = other in {None, "en"} and (code != "ja" or has_kana(quote))  # without kana it may be Chinese
    return code if is_told else None
