"""Questions in Japanese, Vietnamese and English find sentences in the other languages; English alone is as it was."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from prompts.composition.answering import answer_with_findings
from prompts.composition.compose import SURE, THRESHOLD
from prompts.models import Answer, Reason
from retrieval.evaluation.judged_questions import read_questions
from retrieval.glossary.readings import Glossary
from retrieval.glossary.table import parse
from retrieval.library import Library
from retrieval.models import Findings, Hit, Kind, Query
from retrieval.query.follow_ups import follow
from retrieval.query.reader import LanguageOptions
from retrieval.ranking.merging import merge
from tests.support.desk import JUDGMENTS, trilingual_folder


@pytest.fixture(scope="module")
def trilingual(tmp_path_factory: pytest.TempPathFactory) -> Library:
    return Library.open(trilingual_folder(tmp_path_factory.mktemp("articles")))


def answer(library: Library, question: str) -> Answer:
    return answer_with_findings(library.read(question), 10, THRESHOLD, None, SURE, library).answer


def reading(library: Library, question: str, language: str = "en") -> Query:
    return next(query for query in library.read(question).readings if query.read_in == language)


def first_language(library: Library, first: str | None, own: str = "") -> Library:
    glossary = Glossary(tuple(parse(own, "own.tsv")))
    return Library(library.snapshot, tuning=library.tuning, languages=LanguageOptions(glossary, first))


@pytest.mark.parametrize(
    ("question", "quote"),
    [
        ("ベトナムの国会議長は誰ですか？", "Tran Thanh Man, chairman of the National Assembly"),
        ("カムランに寄港した日本の艦艇は何ですか？", "The JS Izumo helicopter carrier"),
        ("Ai là Chủ tịch Quốc hội Việt Nam?", "Tran Thanh Man, chairman of the National Assembly"),
        ("Tàu chiến nào của Nhật Bản đã thăm Cam Ranh?", "The JS Izumo helicopter carrier"),
        ("tau chien nao cua nhat ban da tham cam ranh", "The JS Izumo helicopter carrier"),
        ("ベトナム海上警察は何隻の巡視船を受け取りますか？", "sẽ nhận sáu tàu tuần tra"),
        ("ﾍﾞﾄﾅﾑ海上警察は何隻の巡視船を受け取りますか？", "sẽ nhận sáu tàu tuần tra"),
        ("How many patrol vessels will the Vietnam Coast Guard receive?", "sẽ nhận sáu tàu tuần tra"),
        ("How much yen did Japan budget for OSA?", "OSAの費用として20億円"),
        ("Nhật Bản dành bao nhiêu tiền ngân sách cho OSA?", "OSAの費用として20億円"),
    ],
)
def test_a_question_finds_the_sentence_in_another_language(trilingual: Library, question: str, quote: str) -> None:
    found = answer(trilingual, question)
    assert found.outcome == "answered"
    assert any(quote in citation.quote for citation in found.citations[:2])
    assert found.question == question


def test_a_quote_says_its_language_only_where_it_is_another(trilingual: Library) -> None:
    japanese = answer(trilingual, "How much yen did Japan budget for OSA?").citations[0]
    vietnamese = answer(trilingual, "Cảnh sát biển Việt Nam nhận bao nhiêu tàu tuần tra?").citations[0]
    assert (japanese.language, vietnamese.language) == ("ja", None)


def test_the_reading_is_told_in_the_words_that_people_typed(trilingual: Library) -> None:
    found = answer(trilingual, "Tàu chiến nào của Nhật Bản đã thăm Cam Ranh?")
    assert ("Nhật Bản", "Japan") in [(word.written, word.meant) for word in found.read_as]
    assert answer(trilingual, "Which ship visited Cam Ranh?").read_as == ()


@pytest.mark.parametrize(
    "question", ["2023年に日本の予算はいくらでしたか？", "Năm 2023 Nhật Bản có ngân sách bao nhiêu?"]
)
def test_a_word_that_only_counts_is_no_part_of_the_reading(trilingual: Library, question: str) -> None:
    told = {word.meant.lower() for reading in trilingual.read(question).readings for word in reading.read_as}
    assert told & {"japan", "nhật bản"}
    assert not told & {"year", "năm", "年"}


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("日本の象は何頭ですか？", Kind.HOW_MANY),
        ("署名したのは誰ですか？", Kind.WHO),
        ("協定はいつ署名されましたか？", Kind.WHEN),
        ("日本の防衛予算はいくらですか？", Kind.HOW_MANY),
        ("会議はどこで開かれますか？", Kind.WHERE),
        ("Hiệp định được ký khi nào?", Kind.WHEN),
        ("Tại sao Nhật Bản bán vũ khí?", Kind.WHY),
        ("Có bao nhiêu binh sĩ Việt Nam?", Kind.HOW_MANY),
        ("Những nước nào nhận viện trợ?", Kind.LIST),
    ],
)
def test_a_reading_asks_for_what_the_question_asks_for(seeds: Library, question: str, kind: Kind) -> None:
    assert reading(seeds, question).kind is kind


@pytest.mark.parametrize("name", ["トゥオン", "ブイ・タイン・ソン", "イズモ"])
def test_names_in_katakana_are_found_by_their_sound(seeds: Library, name: str) -> None:
    read = reading(seeds, f"{name}は日本を訪問しましたか？")
    assert {"トゥオン": "thuong", "ブイ・タイン・ソン": "son", "イズモ": "izumo"}[name] in read.terms


def test_a_word_that_nothing_renders_counts_as_missing(seeds: Library) -> None:
    read = reading(seeds, "日本のペンギンは何羽ですか？")
    assert "ペンギン" in read.words or "penguin" in read.terms
    found = answer(seeds, "日本のチュパカブラは何頭ですか？")
    assert found.outcome == "abstained"
    assert found.missing == ("チュパカブラ",)


@pytest.mark.parametrize(
    "question", ["¿Qué países firmaron el acuerdo?", "Qui est le ministre du Japon ?", "안녕 뭐예요"]
)
def test_a_language_that_nothing_helps_with_is_told_so(trilingual: Library, question: str) -> None:
    assert answer(trilingual, question).reason is Reason.FOREIGN


def test_english_questions_over_english_articles_are_read_in_no_other_language(seeds: Library) -> None:
    for judged in read_questions(JUDGMENTS / "questions.jsonl"):
        query = seeds.read(judged.question)
        assert (query.readings, query.own, query.written_in) == ((), True, "en"), judged.question


def test_to_tell_the_language_of_a_question_takes_less_than_a_fifth_of_a_millisecond() -> None:
    questions = [judged.question for judged in read_questions(JUDGMENTS / "questions.jsonl")]
    glossary = Glossary()
    assert {glossary.language_of(question) for question in questions} == {"en"}
    started = time.process_time()
    for question in questions:
        glossary.language_of(question)
    assert (time.process_time() - started) / len(questions) < 0.0002


@pytest.mark.parametrize(
    ("first", "own", "places"),
    [("ja", 0.8, [1, 0]), ("en", 0.8, [0, 1]), ("en", 0.4, [1, 0])],
    ids=["the other", "its own", "its own, but far less sure"],
)
def test_sentences_of_the_language_wanted_first_come_first_among_equals(
    seeds: Library, first: str, own: float, places: list[int]
) -> None:
    def findings(language: str, confidence: float, place: int, of_quote: float) -> Findings:
        query = Query(text="Who?", asked="Who?", kind=Kind.WHO, terms=("x",), read_in=language, first=first)
        hit = Hit(passage=seeds.passages[place], rank=1, score=1, confidence=of_quote, matched=("x",))
        return Findings(query=query, hits=(hit,), confidence=confidence)

    merged = merge([findings("en", own, 0, 0.3), findings("ja", 0.85, 1, 0.4)], 10)
    assert [hit.passage for hit in merged.hits] == [seeds.passages[place] for place in places]
    assert [hit.rank for hit in merged.hits] == [1, 2]
    assert merged.query.read_in == ("en", "ja")[places[0]]


def test_a_desks_own_lines_render_words_and_are_other_names(seeds: Library) -> None:
    question = "ミサゴの部隊はどこですか？"
    own = "Izumo\tミサゴ\t\tterm\nCam Ranh | Blue Lagoon Harbour\tカムラン\t\tplace\n"
    library = first_language(seeds, None, own)
    assert "izumo" in reading(library, question).terms
    assert any(e.why == "alias" and "cam" in e.terms for e in library.read("Ships at Blue Lagoon Harbour").expansions)


def test_a_follow_up_takes_over_the_earlier_question_in_each_language(seeds: Library) -> None:
    earlier = seeds.read("日本はフィリピンにどんな装備を供与しますか？")
    query = follow(earlier, seeds.read("マレーシアは？"))
    assert {"malaysia", "japan"} <= set(query.readings[0].terms)


@pytest.mark.parametrize(
    "asked", ["日本はフィリピンにどんな装備を供与しますか？", "Nhật Bản cung cấp trang thiết bị gì cho Philippines?"]
)
def test_a_follow_up_in_another_language_takes_over_the_question_as_read_in_its_own(seeds: Library, asked: str) -> None:
    query = follow(seeds.read(asked), seeds.read("And Malaysia?"))
    assert {"malaysia", "japan", "equip"} <= set(query.terms)
    assert all(term.isascii() for term in query.terms)
    assert not {"nhat", "ban"} & set(query.terms)


def test_a_follow_up_in_another_language_takes_over_both_ways_of_a_question(trilingual: Library) -> None:
    query = follow(trilingual.read("日本の防衛費はいくらですか？"), trilingual.read("And Vietnam?"))
    carried = {reading.read_in: [part.term for part in reading.carried] for reading in query.readings}
    assert "defens" in query.terms
    assert "防衛" in carried["ja"]


def test_the_language_whose_findings_are_surest_comes_first(trilingual: Library) -> None:
    found = trilingual.search(trilingual.read("OSAの最初の対象国はどこですか？"), 3)
    assert found.query.read_in == "en"
    assert "recipient" in found.hits[0].passage.text


def test_a_phrase_in_vietnamese_with_an_english_name_is_vietnamese(trilingual: Library) -> None:
    assert trilingual.read("Còn Philippines thì sao?").written_in == "vi"
    assert trilingual.read("Ai?").written_in == "vi"


def test_a_name_in_kana_makes_no_library_japanese(folder: Callable[..., Path]) -> None:
    english = "Japan's foreign ministry (外務省, がいむしょう) has announced a budget of 5 billion yen for the ships. "
    library = Library.open(folder(**{"a.txt": f"Budget\n\n{english * 3}\n"}))
    assert library.reader.written_in == {"en"}
    assert library.read("How much is the budget of the foreign ministry of Japan?").readings == ()


def test_a_timeline_of_quotes_in_another_language_says_so(folder: Callable[..., Path]) -> None:
    signed = "Nhật Bản và Việt Nam đã ký hiệp định OSA ngày 27 tháng 11 năm 2023 tại Tokyo. Hai nước sẽ hợp tác.\n"
    told = answer(Library.open(folder(a=f"Hiệp định\n\n{signed}")), "Timeline of Vietnam")
    assert [citation.language for citation in told.citations] == ["vi"]
    assert [(each.written, each.meant) for each in told.read_as] == [("Vietnam", "Việt Nam")]
    asked = answer(Library.open(folder(a=f"Hiệp định\n\n{signed}", b="OSA\n\nOSAは日本が始めた。\n")), "OSAの年表")
    assert [citation.language for citation in asked.citations] == ["vi"]
