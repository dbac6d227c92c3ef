"""Vietnamese is read by its syllables, with and without marks: terms, questions, sentences, dates, small talk."""

import datetime as dt
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest

from prompts.composition.answering import find_answer
from prompts.composition.compose import SURE, THRESHOLD
from retrieval.library import Library
from retrieval.models import Age, Kind, SmallTalk
from retrieval.query.about import about_asked
from retrieval.query.asking.tongues import kind_of
from retrieval.query.filters import read_filters
from retrieval.query.follow_ups import follow, leans
from retrieval.query.period import period_of
from retrieval.query.question import chat_in
from retrieval.query.recency import age_wanted
from retrieval.query.short_forms import spell_out_vietnamese
from retrieval.reading.articles import read_folder
from retrieval.reading.dates import find_day, is_dateline
from retrieval.reading.furniture import furniture
from retrieval.reading.segmentation import sentence_spans
from retrieval.reading.sentences import passages
from retrieval.side_by_side.request import comparison_asked
from retrieval.text.languages import is_vietnamese_question, language_of
from retrieval.text.orthography.vietnamese import without_marks
from retrieval.text.terms import terms
from tests.retrieval.lingual.reports import REPORTS, write_reports


def test_no_syllable_is_lost_to_english_stop_words() -> None:
    assert terms("Mỹ") == ["my"]
    assert terms("Ấn Độ") == ["an", "do"]
    assert terms("Bộ Công an làm việc với Mỹ") == ["bo", "cong", "an", "lam", "viec", "my"]


def test_ai_in_capitals_is_a_word_and_no_question_word(folder: Callable[..., Path]) -> None:
    library = Library.open(folder(**{"a.txt": "Công nghệ\n\nHà Nội đã đầu tư vào AI ở nhiều trường đại học.\n"}))
    assert library.read("AI là gì?").terms == library.read("AI la gi?").terms == ("ai",)
    assert library.read("Ai là thủ tướng?").terms == library.read("AI LÀ THỦ TƯỚNG?").terms == ("thu", "tuong")
    found = library.search(library.read("Hà Nội dùng AI thế nào?"), 1).hits
    assert "ai" in found[0].matched


def test_english_words_are_read_as_before() -> None:
    assert terms("The countries signed it in Hà Nội") == ["countri", "sign", "ha", "noi"]


def test_both_places_of_a_tone_mark_and_both_forms_of_unicode_are_the_same(library: Library) -> None:
    assert terms("hoà bình") == terms("hòa bình")
    decomposed = library.read(unicodedata.normalize("NFD", "Hòa bình cần gì?"))
    assert decomposed.terms == library.read("Hòa bình cần gì?").terms
    assert decomposed.words == library.read("Hòa bình cần gì?").words


def test_an_article_in_decomposed_letters_is_in_its_language() -> None:
    text = REPORTS["doi-thoai.txt"]
    assert language_of(unicodedata.normalize("NFD", text)) == language_of(text) == "vi"


@pytest.mark.parametrize(
    "question", ["Thủ tướng Nhật Bản là ai?", "hai ben thanh lap co che gi", "Ai da ký hiep dinh nào"]
)
def test_a_question_in_vietnamese_is_told_with_and_without_marks(question: str) -> None:
    assert is_vietnamese_question(question)


@pytest.mark.parametrize("question", ["Can we go on to Ban Me?", "Who is Phạm Minh Chính?", "hi can you do an", "OSA"])
def test_a_question_in_english_is_not(question: str) -> None:
    assert not is_vietnamese_question(question)


KINDS = {
    Kind.WHO: "Ai đã hội đàm tại Hà Nội?",
    Kind.WHEN: "Cơ chế đối thoại được lập khi nào?",
    Kind.WHERE: "Hai bên hội đàm ở đâu?",
    Kind.HOW_MANY: "Nhật Bản cung cấp bao nhiêu tàu?",
    Kind.WHY: "Tại sao Nhật Bản cung cấp tàu?",
    Kind.HOW: "Hai bên hợp tác như thế nào?",
    Kind.DEFINITION: "OSA là gì?",
    Kind.ROLE: "Thủ tướng Nhật Bản là ai?",
    Kind.COMPARISON: "So sánh OSA và ODA",
    Kind.POSITION: "Lập trường của Việt Nam về Biển Đông",
    Kind.YES_NO: "Nhật Bản có cung cấp tàu không?",
    Kind.LIST: "Kể tên các nước nhận viện trợ",
    Kind.WHAT: "Nhật Bản cung cấp loại tàu nào?",
    Kind.KEYWORDS: "tàu tuần tra Nhật Bản",
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_question_is_read_for_what_it_asks_with_and_without_marks(kind: Kind) -> None:
    assert kind_of(KINDS[kind]) is kind
    bare = without_marks(KINDS[kind])
    assert not is_vietnamese_question(bare) or kind_of(bare) is kind


@pytest.mark.parametrize(
    ("question", "held"),
    [
        ("Thủ tướng Nhật Bản hội đàm ở đâu?", "tại Hà Nội"),
        ("thu tuong nhat ban hoi dam o dau", "tại Hà Nội"),
        ("Tại sao Nhật Bản cung cấp tàu tuần tra?", "Biển Đông"),
        ("Nhật Bản viện trợ bao nhiêu cho Việt Nam?", "150 triệu yên"),
        ("Mỹ và Ấn Độ quan tâm đến điều gì?", "Mỹ và Ấn Độ"),
    ],
)
def test_a_question_finds_the_sentence_that_answers(library: Library, question: str, held: str) -> None:
    findings = library.search(library.read(question), 3)
    assert held in findings.hits[0].passage.text


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("TP.HCM đón đoàn. GS.TS. Nguyễn Văn A phát biểu. PGS. Trần B và Th.S. Lê C dự họp.", 3),
        ("Ông ở Q. 1, P. Bến Nghé (tr. 12). Ngày mai ông đi.", 2),
        ("Theo TTXVN, TS. Lê nói vậy. Hai bên ký kết.", 2),
    ],
)
def test_abbreviations_end_no_sentence(text: str, count: int) -> None:
    assert len(sentence_spans(text)) == count


@pytest.mark.parametrize(
    "stated",
    [
        "Thứ Hai, 27/11/2023 - 15:30",
        "Cập nhật lúc 10:20, 27/11/2023",
        "Hà Nội, ngày 27 tháng 11 năm 2023",
        "27 tháng 11, 2023",
        "Th11 27, 2023",
        "27 Th11, 2023",
    ],
)
def test_a_line_that_states_the_day_is_a_dateline(stated: str) -> None:
    assert is_dateline(stated)
    assert find_day(stated, day_first=True) == dt.date(2023, 11, 27)


def test_what_stands_around_a_report_is_not_quoted(tmp_path: Path) -> None:
    lines = ["Nhan đề", "Ảnh: TTXVN", "Hai bên đã ký.", "Theo dõi VnExpress trên Google News", ">> Xem thêm: Nhật Bản"]
    assert [kind is None for kind in furniture(lines)] == [True, False, True, False, False]
    articles, _ = read_folder(write_reports(tmp_path))
    by_name = {article.file: article for article in articles}
    assert (by_name["doi-thoai.txt"].publisher, by_name["hoa-binh.txt"].publisher) == ("TTXVN", "Báo Nhân Dân")
    assert by_name["doi-thoai.txt"].date == dt.date(2024, 11, 28)
    assert by_name["hoa-binh.txt"].date == dt.date(2024, 4, 5)
    assert not any("Xem thêm" in passage.text for passage in passages(by_name["doi-thoai.txt"]))


def test_filters_and_periods_take_vietnamese_dates() -> None:
    assert read_filters("hội đàm sau:11/2023").filters.after == dt.date(2023, 11, 1)
    assert read_filters("hội đàm trước:27/11/2023").filters.before == dt.date(2023, 11, 27)
    assert read_filters("hội đàm nguồn:ttxvn").filters.publishers == ("ttxvn",)
    period = period_of("hội đàm tháng 11 năm 2023")
    assert period is not None
    assert (period.first, period.after) == (dt.date(2023, 11, 1), dt.date(2023, 12, 1))


def test_the_newest_and_the_oldest_are_asked_for() -> None:
    newest, oldest = age_wanted("hội đàm mới nhất"), age_wanted("bài báo đầu tiên về OSA")
    assert newest is not None
    assert newest.age is Age.NEWEST
    assert oldest is not None
    assert oldest.age is Age.OLDEST


@pytest.mark.parametrize(
    "text",
    [
        "Còn Malaysia?", "Thế còn Philippines thì sao?", "Khi nào?", "Nó ở đâu?", "Còn gì nữa?", "Ai?", "ai vậy?",
        "o dau?", "Năm 2021 thì sao?", "Vào năm 2021?", "Ở Philippines?",
    ],
)  # fmt: skip
def test_an_elliptic_question_leans_on_the_one_before(library: Library, text: str) -> None:
    assert leans(library.read(text))


def test_a_place_and_a_period_take_the_stead_of_those_before(library: Library) -> None:
    earlier = library.read("Nhật Bản viện trợ bao nhiêu cho Việt Nam trong năm 2023?")
    other = follow(earlier, library.read("Còn Mỹ thì sao?"))
    assert other.kind is Kind.HOW_MANY
    assert {"my", "2023"} <= set(other.terms)
    assert other.weight("my") == 1.0
    assert other.weight("viet") < other.weight("vien")
    later = follow(earlier, library.read("Năm 2021 thì sao?"))
    assert later.period is not None
    assert later.period.first == dt.date(2021, 1, 1)
    assert "2023" not in later.terms
    assert {"nhat", "viet", "nam"} <= set(later.terms)


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("Việt Nam mua tàu ngầm hạt nhân của ai?", ("mua", "tàu ngầm", "hạt nhân")),
        ("Giá dầu thô Brent là bao nhiêu?", ("dầu thô", "Brent")),
        ("Hai bên có nói gì về tên lửa không?", ("tên lửa",)),
        ("Trần Phú Trọng nói gì về Ukraina?", ("Trần Phú Trọng", "Ukraina")),
    ],
)
def test_what_is_missing_is_told_in_whole_words(library: Library, question: str, words: tuple[str, ...]) -> None:
    answer = find_answer(library.read(question), 5, THRESHOLD, None, SURE, library)
    assert answer.missing == words


def test_a_name_of_another_language_may_be_misspelt(library: Library) -> None:
    assert "spelling" in {e.why for e in library.read("Ông Ishibba Shigeru hội đàm với ai?").expansions}
    assert not library.read("Ông Def Leppard là ai?").asked.count("defence")


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("Tàu được mô tả như thế nào trong những năm 80?", Kind.HOW),
        ("Em gái của ông tên là gì?", Kind.WHO),
        ("Ký hiệu của tàu là gì?", Kind.WHAT),
        ("OSA là gì?", Kind.DEFINITION),
        ("Khu vực nào nổi tiếng với tỷ lệ tội phạm cao?", Kind.WHERE),
        ("Lực lượng lớn tới mức nào?", Kind.HOW_MANY),
        ("sao làng này có tên lạ vậy", Kind.WHY),
        ("Sở thú nuôi sư tử để làm gì?", Kind.WHY),
        ("giá nhiêu một chiếc", Kind.HOW_MANY),
        ("Tổng thư ký ASEAN nào nhận văn kiện?", Kind.WHO),
        ("Ông được an táng ở nghĩa trang nào?", Kind.WHERE),
        ("Kishida khuyên sinh viên điều gì?", Kind.POSITION),
        ("Hà Nội nghĩ sao về OSA?", Kind.POSITION),
        ("Hai hệ thống khác nhau ở điểm nào?", Kind.COMPARISON),
        ("Hồ sơ gồm những giấy tờ gì?", Kind.LIST),
        ("Graviton là hạt gì?", Kind.DEFINITION),
        ("AI là gì?", Kind.DEFINITION),
        ("AI LÀ THỦ TƯỚNG?", Kind.ROLE),
        ("Sao Hỏa có nước không?", Kind.YES_NO),
        ("Sao Mỹ rút quân?", Kind.WHY),
        ("Lương thực được nhập từ đâu?", Kind.WHERE),
        ("Dân số tập trung ở đâu?", Kind.WHERE),
        ("Nhà máy nào lớn nhất?", Kind.WHAT),
        ("Làng tọa lạc tại vị trí nào?", Kind.WHERE),
        ("Bệnh được chữa bằng phương pháp nào?", Kind.HOW),
    ],
)
def test_a_kind_is_told_by_the_words_that_ask(question: str, kind: Kind) -> None:
    assert kind_of(question) is kind


@pytest.mark.parametrize("text", ["Thủ tướng Nhật Bản là ai?", "Hà Nội ở đâu?"])
def test_a_whole_question_leans_on_none(library: Library, text: str) -> None:
    assert not leans(library.read(text))


@pytest.mark.parametrize(
    ("text", "talk"),
    [("xin chào", SmallTalk.GREETING), ("cảm ơn bạn nhiều!", SmallTalk.THANKS), ("bạn là ai?", SmallTalk.ABOUT)],
)
def test_small_talk_is_no_question(text: str, talk: SmallTalk) -> None:
    assert chat_in(text) is talk
    assert about_asked("có tin gì mới không?") is SmallTalk.NEWS


def test_a_question_without_marks_has_no_stop_words_either(library: Library) -> None:
    assert library.read("thu tuong cua nhat ban la ai").terms == ("thu", "tuong", "nhat", "ban")


def test_a_syllable_typed_with_its_marks_means_that_syllable(folder: Callable[..., Path]) -> None:
    text = "Đội tàu tới cảng hôm qua. Đời tàu kéo dài ba mươi năm.\n"
    library = Library.open(folder(**{"a.txt": f"Hải quân\n\n{text}"}))
    best = [library.search(library.read(question), 1).hits[0].passage.text for question in ("đời tàu", "đội tàu")]
    assert best == ["Đời tàu kéo dài ba mươi năm.", "Đội tàu tới cảng hôm qua."]
    assert len(library.search(library.read("doi tau"), 2).hits) == len(best)


def parts(library: Library, question: str, name: str) -> dict[str, float]:
    """A feature of each hit, by its sentence."""
    explained = library.ranking.explain(library.read(question), 3).hits
    return {each.hit.passage.text: next(p.value for p in each.parts if p.name == name) for each in explained}


def test_words_of_two_syllables_count_where_they_stand_together(folder: Callable[..., Path]) -> None:
    whole, apart = "Hai nước ký hiệp định thương mại.", "Hai nước hiệp thương về mại dâm và định kiến."
    told = parts(Library.open(folder(**{"a.txt": f"Tin\n\n{whole} {apart}\n"})), "Hiệp định thương mại nào?", "phrases")
    assert told[whole] == 1
    assert told[apart] < told[whole]


def test_a_sentence_counts_for_what_it_adds_to_its_title_and_to_the_sentence_before(
    folder: Callable[..., Path],
) -> None:
    article = "Tàu Kashima\n\nTàu Kashima là một tàu huấn luyện. Thuyền trưởng là ông Sato.\n"
    library, asked = Library.open(folder(**{"a.txt": article})), "Thuyền trưởng tàu Kashima là ai?"
    added, known = (parts(library, asked, name)["Thuyền trưởng là ông Sato."] for name in ("untitled", "known_before"))
    assert (added, known) == (1, 1)


def test_a_name_may_begin_a_question(library: Library) -> None:
    assert "kashima" in library.read("Kashima đã thăm cảng nào?").names
    assert library.read("Cảng nào đã đón tàu?").names == frozenset()


def test_a_figure_counts_the_things_asked_for(folder: Callable[..., Path]) -> None:
    counts, other = "Nhật Bản giao sáu tàu tuần tra cho Việt Nam.", "Nhật Bản đóng tàu tuần tra trong 3 năm."
    library = Library.open(folder(**{"a.txt": f"Tin\n\n{counts} {other}\n"}))
    told = parts(library, "Nhật Bản giao bao nhiêu tàu tuần tra?", "counted")
    assert told[counts] > told[other]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("vn mua j của nhật", "Việt Nam mua gì của nhật"),
        ("radar đc giao ntn", "radar được giao như thế nào"),
        ("dan so tp hue bn", "dan so thanh pho hue bao nhieu"),
        ("bán 500 kg gạo, 5 bn usd", "bán 500 kg gạo, 5 bn usd"),
        ("họp ở washington dc", "họp ở washington dc"),
    ],
)
def test_short_forms_are_spelt_out_with_marks_and_without(typed: str, meant: str) -> None:
    assert spell_out_vietnamese(typed) == meant


@pytest.mark.parametrize("question", ["vn vs china", "rice vn vs thailand", "usd bn vn"])
def test_short_forms_that_english_has_too_make_no_question_vietnamese(library: Library, question: str) -> None:
    assert not library.read(question).vietnamese


def test_a_question_without_marks_is_never_refused_for_its_language(folder: Callable[..., Path]) -> None:
    text = "Máy tính Surface của Microsoft chạy hệ điều hành Windows Vista và có màn hình 30 inch trên mặt bàn."
    library = Library.open(folder(**{"a.txt": text}))
    question = "ban surface cua microsoft chay he dieu hanh gi, man hinh may inch"
    assert not library.read(question).foreign


@pytest.mark.parametrize(
    ("question", "written"),
    [
        ("Mỹ có bao nhiêu bang?", ("hoa", "ky")),
        ("Hoa Kỳ có bao nhiêu bang?", ("my",)),
        ("Băng Cốc ở đâu?", ("bangkok",)),
    ],
)
def test_a_name_is_looked_for_in_its_other_forms(
    folder: Callable[..., Path], question: str, written: tuple[str, ...]
) -> None:
    library = Library.open(folder(a="Hoa Kỳ có 50 bang. Nước Mỹ rất rộng. Bangkok ở Thái Lan."))
    assert written in {expansion.terms for expansion in library.read(question).expansions}


def test_vs_means_with_in_a_vietnamese_question() -> None:
    assert comparison_asked("thần long đỗ giữ vai trò gì vs dân thăng long") is None
    assert comparison_asked("Kishida vs Ishiba on OSA") is not None
