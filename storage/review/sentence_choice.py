"""The choice of the sentence that should have been quoted: among the next passages, by a search, or in an article."""

from collections.abc import Sequence

from retrieval.library import Library
from retrieval.models import Article, Hit, Source, Value
from storage.models import LoggedExchange
from storage.review.article_lines import LINES_A_PAGE, ShownLine, TextRange, line_count, page_of

HITS_SHOWN = 20
ARTICLES_LISTED = 500


class ArticleInView(Value):
    """A page of an article, with its first line and those of the pages before and after it, where there are any."""

    article: Article
    lines: tuple[ShownLine, ...]
    first: int
    earlier: int | None
    later: int | None


class SentenceChoicePage(Value):
    """The hits to choose from, an opened article, and the first articles of all, with how many more there are.

    Attributes:
        question: The question of the exchange.
        hits: Of a search; without one, of the question, but those that were quoted.
    """

    question: str
    hits: tuple[Hit, ...]
    opened: ArticleInView | None
    articles: tuple[Source, ...]
    more: int


def sentence_choice_page(
    library: Library, exchange: LoggedExchange, search: str, file: str, first: int
) -> SentenceChoicePage:
    """The page for a search, an article's file and its first line, from 1; search and file may be empty."""
    quoted = () if search.strip() else tuple((quote.file, quote.quote) for quote in exchange.citations)
    found = library.search(library.read(search.strip() or exchange.question), HITS_SHOWN + len(quoted)).hits
    article = library.article(file) if file else None
    return SentenceChoicePage(
        question=exchange.question,
        hits=tuple(hit for hit in found if (hit.passage.file, hit.passage.text) not in quoted)[:HITS_SHOWN],
        opened=article_in_view(library, article, first) if article else None,
        articles=library.sources[:ARTICLES_LISTED],
        more=max(0, len(library.sources) - ARTICLES_LISTED),
    )


def article_in_view(
    library: Library,
    article: Article,
    first: int,
    times: dict[int, int] | None = None,
    quotes: Sequence[TextRange] = (),
) -> ArticleInView:
    """The page of an article at a line, or its last page, with some quotes, and how often each sentence was quoted."""
    passages = library.passages_of(article.file)
    count = line_count(article)
    first = min(max(first, 1), max(1, count))
    after = first + LINES_A_PAGE
    return ArticleInView(
        article=article,
        lines=tuple(page_of(article, passages, first, times or {}, quotes)),
        first=first,
        earlier=max(1, first - LINES_A_PAGE) if first > 1 else None,
        later=after if after <= count else None,
    )
