"""Questions that ask for a comparison, and those that only look like it."""

import datetime as dt

import pytest

from retrieval.side_by_side.request import ColumnSense, ComparisonRequest, comparison_asked


def labels(request: ComparisonRequest | None) -> tuple[str, ...]:
    return tuple(column.label for column in request.columns) if request else ()


@pytest.mark.parametrize(
    ("question", "sides", "topic"),
    [
        ("Compare Kishida and Ishiba on OSA", ("Kishida", "Ishiba"), "OSA"),
        ("compare Kyodo with Reuters on Vietnam", ("Kyodo", "Reuters"), "Vietnam"),
        ("Compare what Kishida and Ishiba said about Vietnam.", ("Kishida", "Ishiba"), "Vietnam"),
        ("compare how china and vietnam see the code of conduct", ("china", "vietnam"), "code of conduct"),
        ("Compare Japan, the United States and China on Taiwan", ("Japan", "United States", "China"), "Taiwan"),
        ("China versus Vietnam on the South China Sea", ("China", "Vietnam"), "South China Sea"),
        ("fishing: China vs Vietnam", ("China", "Vietnam"), "fishing"),
        ("defence spending in japan vs new zealand", ("japan", "new zealand"), "defence spending"),
        ("wheat prices peru vs chile", ("peru", "chile"), "wheat prices"),
        ("Compare tariffs in China and Vietnam", ("China", "Vietnam"), "tariffs"),
        ("How does China's position differ from Vietnam's?", ("China", "Vietnam"), "position"),
        ("How do China and Vietnam differ on the South China Sea?", ("China", "Vietnam"), "South China Sea"),
        ("what is the difference between China's and Vietnam's position?", ("China", "Vietnam"), "position"),
        ("Compare the positions of China and Vietnam on fishing", ("China", "Vietnam"), "fishing positions"),
        ("How does Biden differ from Trump when it comes to tariffs?", ("Biden", "Trump"), "tariffs"),
        ("Tell me about Japan vs South Korea on trade", ("Japan", "South Korea"), "trade"),
        ("please explain AUKUS versus the Quad", ("AUKUS", "Quad"), ""),
        ("Can you describe the difference between AUKUS and the Quad?", ("AUKUS", "Quad"), ""),
        ("Which is larger: Japan versus Vietnam?", ("Japan", "Vietnam"), ""),
        ("Who is richer, Biden v. Trump on trade?", ("Biden", "Trump"), "trade"),
        ("compare WHO and the US on vaccines", ("WHO", "US"), "vaccines"),
        ("OSAについて岸田と石破を比較してください", ("岸田", "石破"), "OSA"),
        ("so sánh Kishida và Ishiba về OSA", ("Kishida", "Ishiba"), "OSA"),
        ("Sự khác biệt giữa Trung Quốc và Việt Nam về Biển Đông là gì?", ("Trung Quốc", "Việt Nam"), "Biển Đông"),
        ("Compare OSAについて岸田と石破", ("岸田", "石破"), "OSA"),
    ],
)
def test_sides_and_topic_are_read_from_the_words(question: str, sides: tuple[str, ...], topic: str) -> None:
    asked = comparison_asked(question)
    assert asked is not None
    assert (labels(asked), asked.topic) == (sides, topic)


@pytest.mark.parametrize(
    ("question", "sides", "topic"),
    [
        ("What changed between 2021 and 2023 on the South China Sea?", ("2021", "2023"), "South China Sea"),
        ("what has changed on OSA from 2021 to 2023", ("2021", "2023"), "OSA"),
        ("Compare 2021 and 2023 on climate", ("2021", "2023"), "climate"),
        ("OSA in 2021 vs 2023", ("2021", "2023"), "OSA"),
        ("How is the fellowship in 2021 different from 2023?", ("2021", "2023"), "fellowship"),
        ("2021年と2023年でOSAはどう変わったか", ("2021年", "2023年"), "OSA"),
        ("OSA thay đổi như thế nào từ 2021 đến 2023?", ("2021", "2023"), "OSA"),
    ],
)
def test_two_periods_are_two_sides(question: str, sides: tuple[str, ...], topic: str) -> None:
    asked = comparison_asked(question)
    assert asked is not None
    assert (labels(asked), asked.topic) == (sides, topic)
    periods = [column.period for column in asked.columns]
    assert [(p.first, p.after) for p in periods if p] == [
        (dt.date(2021, 1, 1), dt.date(2022, 1, 1)),
        (dt.date(2023, 1, 1), dt.date(2024, 1, 1)),
    ]


def test_months_are_periods_too() -> None:
    asked = comparison_asked("tariffs: February 2025 vs August 2025")
    assert asked is not None
    assert [c.period.first for c in asked.columns if c.period] == [dt.date(2025, 2, 1), dt.date(2025, 8, 1)]


@pytest.mark.parametrize("question", ["What changed since 2023 on OSA?", "OSA before and after 2023"])
def test_one_date_parts_the_time_before_it_from_the_time_since(question: str) -> None:
    asked = comparison_asked(question)
    assert asked is not None
    assert [(c.label, c.sense) for c in asked.columns] == [("2023", ColumnSense.BEFORE), ("2023", ColumnSense.SINCE)]
    assert asked.topic == "OSA"


@pytest.mark.parametrize(
    "question", ["old and new number of recipients", "number of recipients then and now", "What changed on OSA?"]
)
def test_old_and_new_name_no_sides(question: str) -> None:
    asked = comparison_asked(question)
    assert asked is not None
    assert asked.columns == ()


@pytest.mark.parametrize(
    "question",
    [
        "Who signed the agreement between Japan and Vietnam?",
        "What is the difference?",
        "What changed?",
        "How did the relationship evolve between 2014 and 2023?",
        "What happened between 2014 and 2023?",
        "How many countries joined compared to 2021?",
        "Is OSA different from ODA?",
        "How does Japan compare to others on trade?",
        "Compare that with Vietnam",
        "Should we say Indo-Pacific vs. Asia-Pacific?",
        "Compare",
        "Compare Kishida",
        "Compare Kishida and Kishida on OSA",
        "compare 2021 and 2021 on OSA",
        "",
        "versus",
        "compare " + "a and " * 150 + "b",
    ],
)
def test_other_questions_ask_for_no_comparison(question: str) -> None:
    assert comparison_asked(question) is None


@pytest.mark.parametrize("question", ["What is{}new in OSA?", "Aid for Fiji before{}and after 2020"])
@pytest.mark.parametrize("space", ["\n", "  ", "\u00a0"])
def test_a_comparison_may_be_broken_into_lines(question: str, space: str) -> None:
    asked = comparison_asked(question.format(" "))
    assert asked is not None
    assert comparison_asked(question.format(space)) == asked
