"""The semantic extra: what is near in meaning is found, nothing else changes, and all comes out the same again."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from bot.settings import read_settings
from prompts.composition.answering import answer_with_findings
from retrieval.articles_folder import ArticlesFolder
from retrieval.bm25.choice import ScorerName
from retrieval.index import vectors
from retrieval.index.analysis import analyse
from retrieval.index.vectors import SemanticModel, VectorIndex, signs_of
from retrieval.indexer.location import IndexLocation
from retrieval.library import Library
from retrieval.ranking.confidence import CONFIDENCE_NAMES, QUOTE_NAMES
from retrieval.ranking.features import FEATURE_NAMES
from retrieval.ranking.semantic import SEMANTIC_CONFIDENCE_NAMES, SEMANTIC_NAMES
from retrieval.ranking.trees import shipped_trees
from retrieval.ranking.tuning import Tuning
from retrieval.semantic.word_pieces import WordPieces
from retrieval.semantic_choice import LIBRARIES, SemanticChoice, SemanticModelName, choose_model
from tests.edited_folder import Edited, differences
from tests.retrieval.semantic.word_meaning import WordMeaning
from tests.support.desk import policydesk
from tests.support.osa import QUESTION

VOCABULARY = Path(vectors.__file__).parent.parent / "semantic" / "weights" / "vocab.txt"
FIJI = "Ships for Fiji\n\nThe ministry in Suva took over three hulls, Japan said.\n"
TALK = "A day in Japan\n\nJapan spoke of rice and of the weather on Monday.\n"
ASKED = "Was Japan selling warships?"


def library_of(root: Path, model: SemanticModel | None) -> Library:
    return ArticlesFolder(root, model=model).open()


def found(library: Library, question: str = ASKED) -> list[str]:
    return [hit.passage.text for hit in library.search(library.read(question), 10).hits]


# --- what the model adds


def test_a_sentence_near_in_meaning_is_found_beside_those_that_share_words(folder: Callable[..., Path]) -> None:
    root = folder(fiji=FIJI.replace(", Japan said", ""), talk=TALK)
    sentence = "The ministry in Suva took over three hulls."
    assert sentence not in found(library_of(root, None))
    assert sentence in found(library_of(root, WordMeaning()))


def test_nothing_that_a_filter_leaves_out_is_found_by_its_meaning(folder: Callable[..., Path]) -> None:
    library = library_of(folder(asia__fiji=FIJI, trade__talk=TALK), WordMeaning())
    assert {hit.passage.file for hit in library.search(library.read(f"{ASKED} in:trade"), 10).hits} == {
        "trade/talk.txt"
    }


@pytest.mark.parametrize("question", ["timeline of Japan", "Compare Fiji and Japan on hulls"])
def test_timelines_and_comparisons_are_told_beside_a_model(folder: Callable[..., Path], question: str) -> None:
    root = folder(fiji=FIJI.replace("hulls", "hulls on 3 May 2023"), talk=TALK.replace("rice", "hulls in June 2024"))
    beside, alone = library_of(root, WordMeaning()), library_of(root, None)
    answer, plain = (answer_with_findings(each.read(question), 9, 0.4, 3, 0.6, each).answer for each in (beside, alone))
    assert answer.outcome == plain.outcome == "answered"


def test_a_misspelt_word_is_read_as_the_word_meant(folder: Callable[..., Path]) -> None:
    model = WordMeaning()
    found(library_of(folder(fiji=FIJI), model), "Which minsitry took over hulls?")
    assert model.encoded[-1] == "Which ministry took over hulls?"


def test_a_question_that_no_article_shares_a_word_with_finds_nothing(folder: Callable[..., Path]) -> None:
    assert found(library_of(folder(fiji=FIJI), WordMeaning()), "hulls zebra"[6:]) == []


def test_an_explanation_tells_the_part_of_the_model(seeds: Library) -> None:
    library = Library.from_analysis([analyse(each, WordMeaning()) for each in seeds.articles], model=WordMeaning())
    explanation, plain = (each.explain(each.read(QUESTION), 3) for each in (library, seeds))
    assert [part.name for part in explanation.hits[0].parts] == [*FEATURE_NAMES, *SEMANTIC_NAMES]
    assert [part.name for part in explanation.confidence] == [*CONFIDENCE_NAMES, *SEMANTIC_CONFIDENCE_NAMES]
    assert [part.name for part in plain.hits[0].parts] == list(FEATURE_NAMES)
    assert {hit.by_words for hit in plain.hits} == {None}
    assert all(hit.by_words for hit in explanation.hits)
    assert [part.name for part in plain.confidence] == list(CONFIDENCE_NAMES)


@pytest.mark.parametrize(
    ("name", "names"),
    [
        ("ranker", FEATURE_NAMES + SEMANTIC_NAMES),
        ("confidence", CONFIDENCE_NAMES + SEMANTIC_CONFIDENCE_NAMES),
        ("quotes", QUOTE_NAMES + SEMANTIC_NAMES),
    ],
)
def test_the_weights_for_both_cases_know_their_features(name: str, names: tuple[str, ...]) -> None:
    plain, semantic = shipped_trees(name), shipped_trees(f"{name}-semantic")
    assert plain is not None
    assert semantic is not None
    assert (plain.names, semantic.names) == (names[: len(plain.names)], names)


def test_the_mark_of_the_weights_tells_models_apart_and_from_none(seeds: Library) -> None:
    marks = {
        Tuning().mark_with("one"),
        Tuning().mark_with("two"),
        Tuning(intercept=1.0).mark_with("one"),
        seeds.weights,
    }
    assert len(marks) == 4


# --- vectors beside the index


def test_an_index_that_goes_on_says_what_one_made_anew_says(tmp_path: Path) -> None:
    (tmp_path / "edited").mkdir()
    edited = Edited(tmp_path / "edited", seed=5)
    assert list(differences(edited, 6, WordMeaning())) == []


def test_what_was_encoded_is_kept_and_only_what_came_is_encoded(folder: Callable[..., Path], tmp_path: Path) -> None:
    root, place = folder(fiji=FIJI, talk=TALK), tmp_path / "index"

    def opened(mark: str = "words") -> tuple[WordMeaning, Library]:
        model = WordMeaning(mark)
        keeping = IndexLocation(place)
        return model, ArticlesFolder(root, engine=ScorerName.MAX_SCORE, keeping=keeping, model=model).open()

    first, made = opened()
    again, kept = opened()
    assert (len(first.encoded), again.encoded) == (4, [])
    assert kept.explain(kept.read(ASKED), 10) == made.explain(made.read(ASKED), 10)
    (root / "talk.txt").write_text(TALK.replace("rice", "tea"), encoding="utf-8")
    changed, _ = opened()
    assert {text.partition(".")[0] for text in changed.encoded} == {"A day in Japan"}
    other, _ = opened("other words")
    assert len(other.encoded) == 4


def test_a_small_library_encodes_again_only_what_has_changed(folder: Callable[..., Path]) -> None:
    model = WordMeaning()
    reader = ArticlesFolder(folder(fiji=FIJI, talk=TALK), model=model)
    reader.open()
    model.encoded.clear()
    folder(talk=TALK.replace("rice", "tea"))
    reader.open(thorough=True)
    assert {text.partition(".")[0] for text in model.encoded} == {"A day in Japan"}


def test_among_many_passages_those_chosen_by_signs_are_the_nearest(monkeypatch: pytest.MonkeyPatch) -> None:
    chance = np.random.default_rng(1)
    figures = chance.normal(size=(3_000, 64)).astype(np.float32)
    all_vectors = np.array([vectors.quantise(row / np.linalg.norm(row)) for row in figures])
    first, more = all_vectors[:2_500], all_vectors[2_500:]
    parts = (first, signs_of(first), more, signs_of(more), 3_000)
    allowed = np.arange(3_000) % 3 > 0
    exact = [VectorIndex(*parts).nearest(vector, allowed, 10).tolist() for vector in all_vectors[:20]]
    monkeypatch.setattr(vectors, "EXACT", 100)
    chosen = [VectorIndex(*parts).nearest(vector, allowed, 10).tolist() for vector in all_vectors[:20]]
    kept = sum(len(set(one) & set(other)) for one, other in zip(exact, chosen, strict=True))
    assert all(place % 3 for places in chosen for place in places)
    assert kept >= 0.95 * sum(map(len, exact))


# --- on, off, not installed


def test_off_or_not_installed_nothing_of_it_is_loaded() -> None:
    program = (
        "import sys\n"
        "for name in sys.argv[1:]: sys.modules[name] = None\n"
        "from bot.app import open_folder\n"
        "from bot.settings import read_settings\n"
        "library = open_folder(read_settings()).open()\n"
        "print(library.model, [name for name in sys.modules if name.startswith('retrieval.semantic.')])"
    )
    for setting in ("off", "auto"):
        given = [each for extra in LIBRARIES.values() for each in extra] if setting == "off" else []
        command = [sys.executable, "-c", program, *given]
        environment = {"POLICYDESK_SEMANTIC": setting, "PYTHONPATH": str(VOCABULARY.parents[3])}
        if setting == "auto":
            command[2] = "import importlib.util as u\nu.find_spec = lambda name: None\n" + program
        ended = subprocess.run(command, capture_output=True, text=True, env=environment, check=True)
        assert ended.stdout.strip() == "None []"


def test_on_without_the_extra_is_an_error_with_its_cure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("retrieval.semantic_choice.find_spec", lambda _: None)
    ended = policydesk("ask", QUESTION, POLICYDESK_SEMANTIC="on")
    assert ended.returncode == 2
    assert "pip install 'policydesk[semantic]'" in ended.stderr
    assert choose_model(SemanticChoice.AUTO) is None


def test_a_setting_of_another_name_is_refused() -> None:
    assert "POLICYDESK_SEMANTIC" in policydesk("ask", QUESTION, POLICYDESK_SEMANTIC="maybe").stderr


def test_with_the_extra_off_the_answer_is_that_of_the_lexical_weights(
    seeds: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("POLICYDESK_SEMANTIC", raising=False)
    assert read_settings().semantic is SemanticChoice.AUTO
    assert seeds.model is None
    assert seeds.weights == Tuning().mark


# --- texts as pieces


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("Hello, WORLD!", [7592, 1010, 2088, 999]),
        ("unaffable", [14477, 20961, 3468]),
        ("naïve  café\u200b", [15743, 7668]),
        ("日本", [1864, 1876]),
        ("x" * 101, [100]),
        ("", []),
    ],
)
def test_a_text_is_split_as_the_encoder_was_taught(text: str, numbers: list[int]) -> None:
    assert WordPieces.read(VOCABULARY).numbers(text, 20) == numbers


def test_no_more_pieces_are_read_than_asked_for() -> None:
    assert len(WordPieces.read(VOCABULARY).numbers("unaffable " * 9, 7)) == 7


# --- the real model


@pytest.fixture(scope="module")
def real() -> SemanticModel:
    for library in LIBRARIES[SemanticModelName.ENGLISH]:
        pytest.importorskip(library, reason="the semantic extra is not installed")
    model = choose_model(SemanticChoice.ON)
    assert model is not None
    return model


def test_the_real_model_knows_what_means_the_same(real: SemanticModel) -> None:
    question, right, wrong = map(
        real.encode_passage,
        ("Is Japan selling warships?", "Tokyo agreed to export frigates to Canberra.", "Rice prices rose in May."),
    )
    near, far = (int(question.astype(int) @ other.astype(int)) for other in (right, wrong))
    assert near > 2 * far


def test_the_real_model_says_the_same_whatever_it_read_before(seeds: Library, real: SemanticModel) -> None:
    articles = [analyse(each, real) for each in seeds.articles]
    first = Library.from_analysis(articles, model=real)
    again = Library.from_analysis([analyse(each, real) for each in reversed(seeds.articles)][::-1], model=real)
    assert first.explain(first.read(QUESTION), 10) == again.explain(again.read(QUESTION), 10)


def test_an_exchange_with_the_real_model_replays_to_the_letter(real: SemanticModel) -> None:
    assert real.mark
    assert policydesk("ask", QUESTION, POLICYDESK_SEMANTIC="on").returncode == 0
    ended = policydesk("replay", "1", POLICYDESK_SEMANTIC="on")
    assert ended.returncode == 0, ended.stdout + ended.stderr
