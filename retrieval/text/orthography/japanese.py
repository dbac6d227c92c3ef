"""Japanese words without a dictionary: runs of one script, and the pairs of characters in them."""

import re
from collections.abc import Container, Iterator, Mapping

from retrieval.patterns import lazy_pattern

_KANJI = "\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u30f5\u30f6"
_HIRAGANA = "\u3041-\u3096\u309d\u309e"
_KATAKANA = "\u30a1-\u30f4\u30f7-\u30fa\u30fc-\u30ff\u31f0-\u31ff"
CHARACTERS = _KANJI + _HIRAGANA + _KATAKANA
"""The characters of Japanese words, as a class of a regular expression; Chinese words are written with some of them."""
RUN = rf"[{_KANJI}]+|[{_KATAKANA}]+|[{_HIRAGANA}]+"
"""A word, or part of one: a run of one script."""
MOSTLY = 0.3
"""The share of a text's letters that are of Japanese words, from which on it is written in Japanese."""
_IS_KANJI = lazy_pattern(f"[{_KANJI}]")
_KANJI_RUN = lazy_pattern(f"[{_KANJI}]+")
_IS_KATAKANA = lazy_pattern(f"[{_KATAKANA}]")
_HIRAGANA_RUN = lazy_pattern(f"[{_HIRAGANA}\u30fc]+")
_IS_JAPANESE = lazy_pattern(f"[{CHARACTERS}]")
_IS_KANA = lazy_pattern(f"[{_HIRAGANA}{_KATAKANA}\uff66-\uff9f]")

_OLD_FORMS = (
    "亞亜 惡悪 壓圧 圍囲 醫医 爲為 壹壱 逸逸 稻稲 飮飲 隱隠 營営 榮栄 衞衛 驛駅 悅悦 謁謁 圓円 緣縁 艷艶"
    " 鹽塩 奧奥 應応 橫横 歐欧 毆殴 黃黄 溫温"
    " 穩穏 假仮 價価 禍禍 畫画 會会 壞壊 懷懐 繪絵 槪概 擴拡 殼殻 覺覚 學学 嶽岳 樂楽 勸勧 卷巻 寬寛 歡歓"
    " 罐缶 觀観 關関 陷陥 顏顔 歸帰 氣気"
    " 龜亀 僞偽 戲戯 犧犠 舊旧 據拠 擧挙 峽峡 挾挟 敎教 狹狭 鄕郷 堯尭 曉暁 區区 驅駆 勳勲 薰薫 徑径 惠恵"
    " 揭掲 溪渓 經経 繼継 莖茎 螢蛍 輕軽"
    " 鷄鶏 藝芸 擊撃 缺欠 儉倹 劍剣 圈圏 檢検 權権 獻献 縣県 險険 顯顕 驗験 嚴厳 效効 廣広 恆恒 鑛鉱 號号"
    " 國国 黑黒 濟済 碎砕 齋斎 劑剤 櫻桜"
    " 册冊 雜雑 參参 慘惨 棧桟 蠶蚕 贊賛 殘残 絲糸 齒歯 兒児 辭辞 濕湿 實実 舍舎 寫写 釋釈 壽寿 收収 從従"
    " 澁渋 獸獣 縱縦 肅粛 處処 緖緒 敍叙"
    " 奬奨 將将 燒焼 稱称 證証 乘乗 剩剰 壤壌 孃嬢 條条 淨浄 疊畳 穰穣 讓譲 釀醸 囑嘱 觸触 寢寝 愼慎 晉晋"
    " 眞真 神神 盡尽 圖図 粹粋 醉酔 隨随"
    " 髓髄 數数 樞枢 瀨瀬 聲声 靜静 齊斉 攝摂 竊窃 專専 戰戦 淺浅 潛潜 纖繊 踐践 錢銭 禪禅 雙双 壯壮 搜捜"
    " 插挿 爭争 總総 聰聡 莊荘 裝装 騷騒"
    " 增増 藏蔵 臟臓 屬属 續続 墮堕 體体 對対 帶帯 滯滞 臺台 瀧滝 擇択 澤沢 單単 擔担 膽胆 團団 彈弾 斷断"
    " 癡痴 遲遅 晝昼 蟲虫 鑄鋳 廳庁 聽聴"
    " 鎭鎮 遞逓 鐵鉄 轉転 點点 傳伝 黨党 盜盗 燈灯 當当 鬪闘 德徳 獨独 讀読 屆届 繩縄 貳弐 惱悩 腦脳 霸覇"
    " 廢廃 拜拝 賣売 麥麦 發発 髮髪 拔抜"
    " 蠻蛮 祕秘 濱浜 甁瓶 拂払 佛仏 竝並 變変 邊辺 辨弁 瓣弁 辯弁 舖舗 步歩 寶宝 襃褒 豐豊 沒没 飜翻 槇槙"
    " 萬万 滿満 默黙 彌弥 藥薬 譯訳 豫予"
    " 餘余 與与 譽誉 搖揺 樣様 謠謡 來来 賴頼 亂乱 覽覧 龍竜 兩両 獵猟 綠緑 壘塁 淚涙 勵励 禮礼 隸隷 靈霊"
    " 齡齢 曆暦 歷歴 戀恋 練練 爐炉 勞労"
    " 樓楼 廊廊 郞郎 祿禄 灣湾 嶋島 﨑崎 髙高"
).split()
"""Old forms of kanji with those of the list for general use (常用漢字表, Cabinet notice of 2010), and of names."""
_MODERN_FORMS = str.maketrans({pair[0]: pair[1] for pair in _OLD_FORMS})
_DIGITS = "〇一二三四五六七八九"
_DIGIT_FORMS = str.maketrans(_DIGITS, "0123456789")
_WRITTEN_DIGITS = lazy_pattern(
    rf"(?<![{_DIGITS}十百千万])(?:[{_DIGITS}]{{2,}}(?![十百千万])|[一二三四五六七八九](?=[年月日時人])(?:(?<=[年月].)|(?<![{_KANJI}].)))"
)
"""Digits written as kanji: '二〇二三年', and the single one before what it counts, '八月'."""
_TRAILING_MARK = lazy_pattern("(?<=..)ー$")
_V = str.maketrans({"ヴ": "ブ", "ヷ": "バ", "ヸ": "ビ", "ヹ": "ベ", "ヺ": "ボ"})
_V_BEFORE = {"ヴァ": "バ", "ヴィ": "ビ", "ヴェ": "ベ", "ヴォ": "ボ", "ヴュ": "ビュ"}
_TO_KATAKANA = {at: at + 0x60 for at in range(0x3041, 0x3097)}
SHORTEST, LONGEST = 3, 12
"""How many letters a word typed in hiragana has that is looked for in katakana."""


def is_japanese(word: str) -> bool:
    """Return whether a word begins with a character of Japanese or Chinese."""
    return not word.isascii() and _IS_JAPANESE.match(word) is not None


def has_kana(text: str) -> bool:
    """Return whether a text holds kana, which only Japanese is written with."""
    return not text.isascii() and _IS_KANA.search(text) is not None


def is_mostly_japanese(text: str) -> bool:
    """Return whether a text is written in Japanese: one of another language may name a thing in kana."""
    if not has_kana(text):
        return False
    return len(_IS_JAPANESE.findall(text)) >= MOSTLY * sum(map(str.isalpha, text))


def modern(text: str) -> str:
    """Return a text with the old forms of its kanji as the new ones, and its digits in kanji as figures."""
    if text.isascii() or not _IS_KANJI.search(text):
        return text
    return _WRITTEN_DIGITS.sub(_as_digits, text.translate(_MODERN_FORMS))


def _as_digits(digits: re.Match[str]) -> str:
    return digits[0].translate(_DIGIT_FORMS)


def pieces(run: str) -> Iterator[tuple[str, int, int]]:
    """Yield the terms of a run with their bounds: katakana whole, kanji singly and in pairs, no hiragana."""
    if _IS_KATAKANA.match(run):
        if run.strip("ー"):
            yield katakana_term(run), 0, len(run)
    elif _IS_KANJI.match(run):
        for at in range(len(run)):
            yield run[at], at, at + 1
            if at + 1 < len(run):
                yield run[at : at + 2], at, at + 2


def katakana_term(run: str) -> str:
    """Return a run of katakana as it is compared: without a long-vowel mark at its end, ヴァ as バ."""
    if "ヴ" in run:
        for written, plain in _V_BEFORE.items():
            run = run.replace(written, plain)
    return _TRAILING_MARK.sub("", run.translate(_V))


def katakana_typed(text: str, known: Container[str]) -> Iterator[tuple[str, int, int]]:
    """Yield the words, among the known terms, that a text holds in hiragana in place of katakana, with their bounds."""
    for run in _HIRAGANA_RUN.finditer(text):
        at = run.start()
        while at + SHORTEST <= run.end():
            found = _longest(text, at, min(run.end(), at + LONGEST), known)
            if found:
                yield found
            at = found[2] if found else at + 1


def _longest(text: str, start: int, most: int, known: Container[str]) -> tuple[str, int, int] | None:
    for end in range(most, start + SHORTEST - 1, -1):
        term = katakana_term(text[start:end].translate(_TO_KATAKANA))
        if term in known:
            return term, start, end
    return None


def kanji_runs(text: str) -> Mapping[int, tuple[int, int]]:
    """Return the bounds of the run of kanji that stands at a place, by places."""
    return {place: run.span() for run in _KANJI_RUN.finditer(text) for place in range(*run.span())}


def is_katakana(word: str) -> bool:
    """Return whether a word is written in katakana, as the names of other countries are."""
    return len(word) > 1 and _IS_KATAKANA.match(word) is not None
