"""The translator as its users see it: order, odd input, limits, figures."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tiny_marian import SENTENCES

from bitext.document import Signature
from bitext.errors import ModelError
from bitext.translate import Translator, load
from bitext.translate.convert import converted
from bitext.translate.directory import MarianDirectory
from bitext.translate.translator import MarianTranslator


@pytest.fixture(scope="module")
def translator(tiny_source: Path, tmp_path_factory: pytest.TempPathFactory) -> MarianTranslator:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        return load(tiny_source, beam=1, threads=1, repair=False)


def test_it_is_a_translator(translator: MarianTranslator) -> None:
    assert isinstance(translator, Translator)
    assert (translator.name, translator.source_lang, translator.target_lang) == ("fr-en", "fr", "en")
    assert Signature.parse(str(translator.signature)) == translator.signature
    assert translator.model.hash.startswith(dict(translator.signature.entries)["weights"])


def test_order_and_duplicates(translator: MarianTranslator) -> None:
    texts = [SENTENCES[(i * 7) % 10] for i in range(150)]
    one_by_one = {s: translator.translate([s])[0] for s in SENTENCES[:10]}
    assert translator.translate(texts) == [one_by_one[t] for t in texts]


def test_the_stream_is_lazy(translator: MarianTranslator) -> None:
    read = 0

    def endless():  # type: ignore[no-untyped-def]
        nonlocal read
        while True:
            read += 1
            yield SENTENCES[read % 10]

    stream = translator.stream(endless())
    first = [next(stream) for _ in range(3)]
    assert read <= 64 and first == translator.translate([SENTENCES[1], SENTENCES[2], SENTENCES[3]])


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.text(st.characters(exclude_categories=()), max_size=30), max_size=6))
def test_any_unicode_goes_in_and_as_many_come_out(translator: MarianTranslator, texts: list[str]) -> None:
    assert len(translator.translate(texts)) == len(texts)
    assert len(translator.score(texts, texts[::-1])) == len(texts)


@pytest.mark.parametrize(
    "text", ["****", "", "  ", "➡️ 🎉", "https://exemple.fr/a", "@nom", "12 %\u00a0", "\0\0", "\ud800"]
)
def test_what_has_no_words_passes_unchanged(translator: MarianTranslator, text: str) -> None:
    before = translator.stats.target_tokens
    (found,) = translator.translate([text])
    assert found.text == text and found.reliable and not found.tokens
    assert translator.stats.target_tokens == before


def test_a_script_the_model_does_not_know_is_not_made_up(translator: MarianTranslator) -> None:
    (found,) = translator.translate(["日本語の文章です。"])
    assert found.text == "日本語の文章です。" and found.problems == ("unknown",)
    assert "unknown" not in translator.translate([f"{SENTENCES[0]} 日本"])[0].problems


def test_white_space_inside_makes_no_difference(translator: MarianTranslator) -> None:
    a, b = translator.translate(["Le chat noir dort.", "  Le\u00a0chat\n noir\t\u0000dort. "])
    assert a == b


def test_figures_add_up(translator: MarianTranslator) -> None:
    found = translator.translate(SENTENCES[:5])
    for f in found:
        assert len(f.tokens) == len(f.token_logprobs) and f.tokens[-1] == "</s>"
        assert f.score == pytest.approx(sum(f.token_logprobs) / len(f.tokens), abs=1e-4)
    stats = translator.stats
    assert stats.seconds > 0 and stats.target_tokens > 0 and stats.tokens_per_second > 0


def test_score_marks_what_does_not_fit(translator: MarianTranslator) -> None:
    ok, cut = translator.score([SENTENCES[0], SENTENCES[0] * 30], [SENTENCES[10], SENTENCES[10]])
    assert ok.problems == () and cut.problems == ("too long",)
    assert ok.text == SENTENCES[10]
    assert translator.score([], []) == []
    with pytest.raises(ValueError, match="2 sources for 1 targets"):
        translator.score(["a", "b"], ["c"])


def test_a_pair_is_decoded_once(tiny_source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    t = load(tiny_source, threads=1)
    a, b, c = SENTENCES[:3]
    first = t.score([a, b, a], [b, c, b])
    assert first[0] == first[2] != first[1]
    spent = t.stats.target_tokens
    assert t.score([b, a], [c, b]) == first[1::-1]
    assert t.stats.target_tokens == spent
    monkeypatch.setattr("bitext.translate.translator._REMEMBERED", 1)
    assert t.score([c], [a])[0].text == a  # and the others are forgotten
    spent = t.stats.target_tokens
    assert t.score([a], [b]) == first[:1]
    assert t.stats.target_tokens > spent


def test_a_model_in_use_is_not_loaded_again(tiny_source: Path) -> None:
    one, other = load(tiny_source, threads=1), load(tiny_source, threads=1, rerank="none", beam=2)
    assert one.engine is other.engine
    assert load(tiny_source, threads=2).engine is not one.engine


def test_a_line_without_end(translator: MarianTranslator) -> None:
    line = " ".join(SENTENCES[:10]) + " "
    line *= 200_000 // len(line) + 1
    started = time.monotonic()
    (found,) = translator.translate([line])
    assert found.text and time.monotonic() - started < 60
    assert len(found.tokens) == len(found.token_logprobs)


def test_outputs_never_exceed_the_models_positions(tiny_source: Path) -> None:
    t = load(tiny_source, beam=1, threads=1, repair=False, limit=10_000)
    (found,) = t.translate([" ".join(SENTENCES[:10])])
    assert found.text and t.limit < 64


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"engine": "fairseq"}, "there is no engine 'fairseq'"),
        ({"compute_type": "int3"}, "there is no compute type 'int3'"),
        ({"engine": "transformers", "compute_type": "int8"}, "transformers does not compute with 'int8'"),
        ({"beam": 0}, "a beam of 0"),
    ],
)
def test_settings_that_do_not_exist(tiny_source: Path, options: dict, said: str) -> None:
    with pytest.raises(ModelError, match=said):
        load(tiny_source, **options)


def test_the_fast_engine_needs_neither_torch_nor_transformers(tiny_source: Path) -> None:
    converted(MarianDirectory(tiny_source, "tiny"), "int8")
    code = (
        "import sys; from bitext.translate import load;"
        f"load({str(tiny_source)!r}, threads=1).translate(['Le chat.']);"
        "assert not {'torch', 'transformers', 'huggingface_hub'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_conversion_works_where_torch_is_not_installed(tiny_source: Path, tmp_path: Path) -> None:
    code = (
        "import sys; sys.modules['torch'] = None; sys.modules['transformers'] = None;"
        "from bitext.translate import load;"
        f"print(load({str(tiny_source)!r}, threads=1, beam=1, repair=False).translate(['Le chat.'])[0].text)"
    )
    out = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    assert out.strip() == load(tiny_source, threads=1, beam=1, repair=False).translate(["Le chat."])[0].text
