"""Japanese is read by its scripts, without a dictionary: terms, questions, sentences, dates, small talk."""

import datetime as dt
import time
from pathlib import Path

import pytest

from retrieval.library import Library
from retrieval.models import Age, Kind, SmallTalk
from retrieval.query.about import about_asked
from retrieval.query.asking.tongues import kind_of
from retrieval.query.filters import read_filters
from retrieval.query.follow_ups import follow, leans
from retrieval.query.period import period_of
from retrieval.query.question import chat_in
from retrieval.query.recency import age_wanted
from retrieval.reading.articles import read_folder
from retrieval.reading.dates import find_day, is_dateline
from retrieval.reading.furniture import furniture
from retrieval.reading.segmentation import sentence_spans
from retrieval.reading.sentences import passages
from retrieval.text.rarity import RAREST, rarity
from retrieval.text.terms import terms
from tests.retrieval.lingual.reports import write_reports


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ﾏﾚｰｼｱ", "マレーシア"),
        ("ＯＳＡ", "OSA"),
        ("國會", "国会"),
        ("ヴェトナム", "ベトナム"),
        ("コンピューター", "コンピュータ"),
        ("二〇二三年", "2023年"),
        ("八月", "8月"),
        ("日本 政府", "日本政府"),
    ],
)
def test_what_is_written_in_two_ways_has_the_same_terms(one: str, other: str) -> None:
    assert set(terms(one)) - set(terms(other)) <= {"本政"}
    assert terms(one)


def test_katakana_is_read_whole_kanji_in_pairs_and_hiragana_not_at_all() -> None:
    assert terms("マレーシアに供与する") == ["マレーシア", "供", "供与", "与"]
    assert terms("人々") == ["人", "人々", "々"]


def test_what_a_question_only_asks_with_is_no_term_of_it(library: Library) -> None:
    assert library.read("署名したのは誰ですか").terms == ("署", "署名", "名")
    assert library.read("何人が会談しましたか").terms == ("会", "会談", "談")


def test_hiragana_typed_for_katakana_is_read_as_katakana_that_the_articles_hold(library: Library) -> None:
    assert "マレーシア" in library.read("まれーしあに供与するのは何ですか").terms


def test_the_words_of_a_question_are_what_people_typed(library: Library) -> None:
    query = library.read("南極観測隊はどこへ行きましたか")
    assert set(query.words) == {"南極観測隊", "行"}
    assert "南極観測隊" in library.search(query, 3).unknown


def test_a_long_run_of_kanji_is_read_once_and_kept_once(library: Library) -> None:
    """A hostile question of the length that Telegram lets through held up all others for half a minute."""
    run = "".join(map(chr, range(0x5000, 0x5000 + 4_000)))
    began = time.process_time()
    query = library.read(run)
    assert time.process_time() - began < 4.0
    assert len(query.terms) > 4_000
    assert len(set(map(id, query.words))) == 1


def test_no_particle_and_no_pair_of_ordinary_words_is_rare() -> None:
    assert rarity("首相") < rarity("参拝") < RAREST
    assert rarity("鮮組") < rarity("武鉉") == RAREST


KINDS = {
    Kind.WHO: "文書に署名したのは誰ですか",
    Kind.WHEN: "初会合はいつですか",
    Kind.WHERE: "会談はどこで行われた？",
    Kind.HOW_MANY: "何隻を供与しますか",
    Kind.WHY: "なぜ協力が進んだのですか",
    Kind.HOW: "どのように合意しましたか",
    Kind.DEFINITION: "OSAとは？",
    Kind.ROLE: "日本の首相は誰ですか",
    Kind.COMPARISON: "OSAとODAの違いは",
    Kind.POSITION: "首相は何と述べましたか",
    Kind.YES_NO: "日本は署名しましたか",
    Kind.LIST: "支援の対象を挙げてください",
    Kind.WHAT: "何を供与しますか",
    Kind.KEYWORDS: "マレーシア 救難艇",
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_question_is_read_for_what_it_asks(kind: Kind) -> None:
    assert kind_of(KINDS[kind]) is kind


@pytest.mark.parametrize(
    ("question", "held"),
    [
        ("マレーシアに供与される機材は何ですか", "警戒監視用の救難艇"),
        ("ﾏﾚｰｼｱに供与される機材は", "警戒監視用の救難艇"),
        ("次官級協議の初会合はいつですか", "2025年12月"),
        ("両国の協力が進んだ理由は", "緊迫しているため"),
    ],
)
def test_a_question_finds_the_sentence_that_answers(library: Library, question: str, held: str) -> None:
    findings = library.search(library.read(question), 3)
    assert any(held in hit.passage.text for hit in findings.hits)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("首相は「日本は協力する。地域の安定に資する。」と述べた。会談は東京で行われた。", 2),
        ("会談は『平和。安定。』を掲げた。次の日、帰国した。", 2),
        ("第2位（2023年。財務省調べ）だった。次は韓国。", 2),
        ("「日本へ行く。」首相はそう述べた。", 2),
        ("人々。時々。", 2),
    ],
)
def test_brackets_hold_their_full_stops(text: str, count: int) -> None:
    assert len(sentence_spans(text)) == count


@pytest.mark.parametrize(
    "stated",
    [
        "２０２３年１１月２７日",
        "令和5年11月27日付",
        "令和五年十一月二十七日",
        "更新日：2023年11月27日",
        "最終更新 2023/11/27(月) 18:00",
        "2023年11月27日 15時30分 配信",
    ],
)
def test_a_line_that_states_the_day_is_a_dateline(stated: str) -> None:
    assert is_dateline(stated)
    assert find_day(stated) == dt.date(2023, 11, 27)


def test_a_headline_with_a_date_is_no_dateline() -> None:
    assert not is_dateline("2023年11月27日に東京で首脳会談")
    assert find_day("平成元年1月8日") == dt.date(1989, 1, 8)


def test_what_stands_around_a_report_is_not_quoted(tmp_path: Path) -> None:
    lines = ["見出し", "（政治部 山田太郎）", "写真＝共同", "本文はここにある。", "続きを読む", "【関連記事】"]
    assert [kind is None for kind in furniture(lines)] == [True, False, False, True, False, False]
    articles, _ = read_folder(write_reports(tmp_path))
    by_name = {article.file: article for article in articles}
    assert by_name["enyo.txt"].publisher == "共同通信社"
    assert by_name["kyogi.txt"].publisher == "読売新聞"
    assert by_name["kyogi.txt"].date == dt.date(2024, 11, 28)
    assert not any("関連記事" in passage.text for passage in passages(by_name["enyo.txt"]))


def test_filters_and_periods_take_japanese_dates() -> None:
    assert read_filters("会談 after:2023年11月").filters.after == dt.date(2023, 11, 1)
    assert read_filters("会談 以前:２０２４年").filters.before == dt.date(2024, 1, 1)
    period = period_of("2023年11月以降の会談")
    assert period is not None
    assert (period.first, period.after) == (dt.date(2023, 11, 1), None)


def test_the_newest_and_the_oldest_are_asked_for() -> None:
    newest, oldest = age_wanted("最新の会談は"), age_wanted("最初の報道は")
    assert newest is not None
    assert newest.age is Age.NEWEST
    assert oldest is not None
    assert oldest.age is Age.OLDEST


@pytest.mark.parametrize(
    "text",
    [
        "ではマレーシアは？", "韓国は？", "それはいつですか", "誰が？", "なぜ？", "他には？", "2021年は？",
        "2021年には？", "韓国に？", "インドの場合は？",
    ],
)  # fmt: skip
def test_an_elliptic_question_leans_on_the_one_before(library: Library, text: str) -> None:
    assert leans(library.read(text))


@pytest.mark.parametrize("text", ["日本の首都は？", "マレーシアに供与される機材は何ですか"])
def test_a_whole_question_leans_on_none(library: Library, text: str) -> None:
    assert not leans(library.read(text))


def test_a_follow_up_asks_the_same_of_another(library: Library) -> None:
    earlier = library.read("日本は政府安全保障能力強化支援をいつ始めましたか")
    query = follow(earlier, library.read("ではマレーシアは？"))
    assert query.kind is Kind.WHEN
    assert {"マレーシア", "支援"} <= set(query.terms)


def test_a_place_and_a_period_take_the_stead_of_those_before(library: Library) -> None:
    earlier = library.read("2023年にマレーシアへ何が供与されましたか")
    other = follow(earlier, library.read("ではフィリピンは？"))
    assert "マレーシア" not in other.terms
    assert {"フィリピン", "2023", "供与"} <= set(other.terms)
    later = follow(earlier, library.read("2021年には？"))
    assert later.period is not None
    assert later.period.first == dt.date(2021, 1, 1)
    assert "2023" not in later.terms
    assert {"マレーシア", "供与"} <= set(later.terms)


@pytest.mark.parametrize(
    ("text", "talk"),
    [
        ("こんにちは", SmallTalk.GREETING),
        ("ありがとうございます！", SmallTalk.THANKS),
        ("使い方を教えて", SmallTalk.ABOUT),
    ],
)
def test_small_talk_is_no_question(text: str, talk: SmallTalk) -> None:
    assert chat_in(text) is talk
    assert about_asked("最新のニュースは？") is SmallTalk.NEWS
