"""Choosing the sentence that should have been quoted: by a search over all articles, or by reading one."""

from retrieval.library import Library
from retrieval.models import Article, Hit, Source, Value
from storage.review.article_lines import LINES_A_PAGE, ShownLine, line_count, page_of

HITS_SHOWN = 20
ARTICLES_LISTED = 500


class ArticleInView(Value):
    """A page of an article, to choose from.

    Attributes:
        article: The article.
        lines: The lines of the page.
        first: The number of the first of them.
        earlier: Where the page before begins; none on the first.
        later: Where the next page begins; none on the last.
    """

    article: Article
    lines: tuple[ShownLine, ...]
    first: int
    earlier: int | None
    later: int | None


class SentenceChoicePage(Value):
    """What there is to choose from.

    Attributes:
        hits: What the search found, best first.
        opened: The article that is read.
        articles: The articles there are, up to some hundred.
        more: How many there are besides.
    """

    hits: tuple[Hit, ...]
    opened: ArticleInView | None
    articles: tuple[Source, ...]
    more: int


def sentence_choice_page(library: Library, search: str, file: str, first: int) -> SentenceChoicePage:
    """What there is to choose from."""
    hits = library.search(library.read(search), HITS_SHOWN).hits if search.strip() else ()
    article = library.article(file) if file else None
    return SentenceChoicePage(
        hits=hits,
        opened=article_in_view(library, article, first) if article else None,
        articles=library.sources[:ARTICLES_LISTED],
        more=max(0, len(library.sources) - ARTICLES_LISTED),
    )


def article_in_view(
    library: Library, article: Article, first: int, times: dict[int, int] | None = None
) -> ArticleInView:
    """A page of an article."""
    passages = library.passages_of(article.file)
    count = line_count(article)
    first = min(max(first, 1), max(1, count))
    after = first + LINES_A_PAGE
    return ArticleInView(
        article=article,
        lines=tuple(page_of(article, passages, first, times or {})),
        first=first,
        earlier=max(1, first - LINES_A_PAGE) if first > 1 else None,
        later=after if after <= count else None,
    )
