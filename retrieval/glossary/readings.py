"""A question word by word in another language, by the glossary and by the names of the library."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from typing import NamedTuple

from retrieval.glossary.matching import FormIndex, Match
from retrieval.glossary.table import LANGUAGES, NAMING, Entry, shipped_entries
from retrieval.glossary.transliteration import NameLookup
from retrieval.glossary.writing import is_unmarked_vietnamese, language_written
from retrieval.text.orthography.vietnamese import fold
from retrieval.text.term_dictionary import TermVocabulary
from retrieval.text.terms import terms

REMEMBERED = 32
"""Of how many questions the words are remembered with their entries."""
FUNCTION_WORDS = frozenset(
    "là và của các những được với này đó đã đang sẽ bị để từ tại ở gì nào đâu nhiêu thì mà vì về đến ra vào như cũng"
    " nhưng hoặc hay rằng một có không cho trong trên dưới khi ai sao bao mấy thế do nên cái con chiếc việc sự cuộc bởi"
    " ông bà anh cô chị em họ nó tôi chúng ta mình lại rồi rất nhất hơn còn chỉ đều vẫn cùng theo sau trước giữa ngoài"
    " người điều vậy ấy kia đấy nhé ạ à hả phải chưa từng hãy lên xuống qua lúc nếu bằng đối toàn nhau lần vụ bộ"
    " đây vừa mới thấy cách lấy loại".split()
)
"""Vietnamese words that build a sentence, or classify a noun, and say nothing of what it is about."""

UNMARKED_FUNCTION_WORDS = frozenset(map(fold, FUNCTION_WORDS)) - {"my", "nam", "tau", "ba"}
"""The same typed without marks, which a word with the same letters seldom is."""


class Rendering(NamedTuple):
    """A word of a question and the forms that it has in another language, the likeliest first."""

    written: str
    forms: tuple[str, ...]  # none where nothing is known to stand for it
    names: bool  # whether it is a name
    kind: str  # of `glossary.table.KINDS`; empty where it was kept or found among the library's names


class Rendition(NamedTuple):
    """A question in another language, word by word."""

    language: str
    asking: str  # its question words in English; empty where it has none
    renderings: tuple[Rendering, ...]

    @property
    def helps(self) -> bool:
        """Whether anything in it was rendered."""
        return any(rendering.forms and rendering.kind for rendering in self.renderings)


class Glossary:
    """The shipped table with a desk's own lines before it."""

    def __init__(self, own: Sequence[Entry] = ()) -> None:
        self.own = tuple(own)
        self._found = lru_cache(maxsize=REMEMBERED)(self._find)  # words are looked up for more than one purpose

    def __reduce__(self) -> tuple[type["Glossary"], tuple[tuple[Entry, ...]]]:
        return Glossary, (self.own,)  # not the tables, which another process makes itself

    @cached_property
    def _entries(self) -> tuple[Entry, ...]:
        return (*self.own, *shipped_entries())

    @cached_property
    def _forms(self) -> Mapping[str, FormIndex]:
        return {language: FormIndex(self._entries, language) for language in LANGUAGES}

    @property
    def syllables(self) -> frozenset[str]:
        """The syllables, without marks, of Vietnamese forms of several syllables."""
        return self._forms["vi"].syllables

    def language_of(self, question: str) -> str | None:
        """Return the code of the language of a question; None for one that the glossary has not."""
        written = language_written(question)
        if written == "en" and is_unmarked_vietnamese(question, self):
            return "vi"
        return written

    def matches(self, question: str, language: str) -> list[Match]:
        """Return the words of a question with their entries; question words and such as build a sentence too."""
        return self._found(question, language)

    def _find(self, question: str, language: str) -> list[Match]:
        return self._forms[language].find(question, marked=not question.isascii())


class Translator:
    """Renders questions in the languages of a library, by a glossary and the names that the library holds."""

    def __init__(self, glossary: Glossary, vocabulary: TermVocabulary, names: NameLookup) -> None:
        self._glossary, self._vocabulary, self._names = glossary, vocabulary, names

    def language_of(self, question: str) -> str | None:
        """Return the code of the language of a question; None for one that the glossary has not."""
        return self._glossary.language_of(question)

    def renditions(self, question: str, language: str, others: Collection[str]) -> Iterator[Rendition]:
        """Yield a question in each of other languages; of them those that help."""
        found = self._glossary.matches(question, language)
        asking = _asking(found, language)
        for other in others:
            renderings = [(match, self._render(match, language, other)) for match in found]
            rendition = Rendition(
                other, asking, tuple(_grouped((match, r) for match, r in renderings if r is not None))
            )
            if rendition.helps:
                yield rendition

    def _render(self, match: Match, language: str, other: str) -> Rendering | None:
        """A word in another language; None where it says nothing there."""
        if _says_nothing(match, language):
            return None
        entries = [entry for entry in match.entries if entry.kind != "ask"]
        if entries:
            forms = dict.fromkeys(_form(form, entry, other) for entry in entries for form in entry.forms(other))
            names = any(entry.kind in NAMING for entry in entries)
            return Rendering(match.written, self._held_first(forms), names, entries[0].kind) if forms else None
        return None if match.entries else self._keep(match.written, language, other)

    def _keep(self, written: str, language: str, other: str) -> Rendering | None:
        """The rendering of a word that no line has: itself, or the names of the library that sound alike."""
        lower = written.lower()
        if language == "vi" and lower in FUNCTION_WORDS:
            return None
        is_katakana = "\u30a1" <= written[0] <= "\u30ff"
        if is_katakana != (other == "ja") and (is_katakana or written[0].isupper()) and not written.isupper():
            likely = self._names.like(lower)
            if likely or is_katakana:
                return Rendering(written, likely, names=True, kind="person" if likely else "")
        if not is_katakana and written[0].isascii() is False and not written[0].isupper():
            return Rendering(written, (), names=False, kind="")
        is_name = written[0].isupper() or written[0].isdigit()
        return Rendering(written, (written,), is_name, "") if is_name or self._holds(written) else None

    def _held_first(self, forms: Collection[str]) -> tuple[str, ...]:
        """Forms that the library holds, then the others; each in order."""
        return tuple(dict.fromkeys((*filter(self._holds, forms), *forms)))

    def _holds(self, form: str) -> bool:
        parts = terms(form)
        return bool(parts) and all(term in self._vocabulary for term in parts)


def _says_nothing(match: Match, language: str) -> bool:
    """Whether a word builds the question, or asks, and says nothing of what it is about."""
    if language == "en":
        return any(entry.kind == "ask" and entry.en[0].startswith("How") for entry in match.entries)
    if language == "ja":
        return not match.entries and match.written.startswith("何")
    lower = match.written.lower()
    builds = lower in FUNCTION_WORDS or lower in UNMARKED_FUNCTION_WORDS
    return builds and (match.written.islower() or not any(entry.kind in NAMING for entry in match.entries))


def _form(form: str, entry: Entry, language: str) -> str:
    """A form as it is written inside a sentence: Vietnamese names with capitals, which the table leaves out."""
    if language != "vi" or entry.kind not in NAMING:
        return form
    return " ".join(part[:1].upper() + part[1:] for part in form.split())


def _grouped(renderings: Iterable[tuple[Match, Rendering]]) -> Iterator[Rendering]:
    """Renderings, with syllables for which nothing is known taken together where they stand side by side."""
    unknown: Rendering | None = None
    end = 0
    for match, rendering in renderings:
        if rendering.forms or rendering.names:
            yield from (unknown,) if unknown else ()
            yield rendering
            unknown = None
            continue
        is_beside = unknown is not None and match.start == end + 1
        if unknown and not is_beside:
            yield unknown
        unknown = (
            rendering._replace(written=f"{unknown.written} {match.written}") if unknown and is_beside else rendering
        )
        end = match.start + len(match.written)
    if unknown:
        yield unknown


def _asking(found: Sequence[Match], language: str) -> str:
    """The question words of a question, in English: those of the longest form."""
    if language == "en":
        return ""
    asking = [
        (entry.en[0] not in WEAK, len(match.written), entry.en[0])
        for match in found
        for entry in match.entries
        if entry.kind == "ask"
    ]
    return max(asking, default=(False, 0, ""))[2]


WEAK = frozenset({"Does", "What"})
"""Question words that count only where there is no other."""
