"""Which encoding a text is in. What decodes strictly and reads like a language is believed."""

import codecs
import re
import unicodedata
from dataclasses import dataclass

from ml.reading import limits
from ml.reading.found import UnreadableFile
from ml.reading.opening import Source

# What a person may say.
KNOWN = (
    *("utf-8", "utf-16", "utf-16-le", "utf-16-be", "gb18030", "big5", "shift_jis", "euc_jp"),
    *("euc_kr", "windows-1250", "windows-1251", "windows-1252", "iso8859-1", "koi8-r"),
)
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_LOOKED_AT = 64 * 1024
_BELIEVED = 0.4
_BEYOND = re.compile(r"[^\x00-\x7f]+")
_STRANGE = ("Cc", "Cn", "Co")  # controls, unassigned, private
_SELDOM = "ÃÂÐÞðþ"  # and all over UTF-8 that was read wrong
_CJK_MARKS = "“”…—·\u2018\u2019"
_WESTERN_MARKS = "“”…—•€£§°©®«»¿¡ª·½¼²³\u2018\u2019\u2013\xb4\xba\xa0"
# What every second character of a language is one of.
_COMMON = {
    "gb18030": (
        "的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年"
        "过发后作里用道行所然家种事成方多经么去法学如都同现当没动面起看定天分还进好小部其些主样理心"
        "本前开但因只从想实日军者意无力它与长把机十民第公此已工使情明性知全三又关点正业外将两高间由"
        "问很最重并物手应战向头文体政美相见被利什二等产或新己制身果加西斯月话合回特代内信表化老给世"
        "位次度门任常先海通教儿原东声提立及比员解水名真论处走义各入几口认条平系气题活尔更别打女变四"
        "神总何电数安少报才结反受目太量再感建务做接必场件计管期市直德资命山金指克许统区保至队形社便"
        "空决治展马科司五基眼书非则听白却界达光放强即像难且权思王象完设式色路记南品住告类求据程北边"
        "死张该交规万取拉格望觉术领共确传师观清今切院让识候带导争运标签文本谢谢货快递客服错差喜欢买"
    ),
    "big5": (
        "的一是不了在人有我他這個們中來上大為和國地到以說時要就出會可也你對生能而子那得於著下自之年"
        "過發後作裡用道行所然家種事成方多經麼去法學如都同現當沒動面起看定天分還進好小部其些主樣理心"
        "本前開但因只從想實日軍者意無力它與長把機十民第公此已工使情明性知全三又關點正業外將兩高間由"
        "問很最重並物手應戰向頭文體政美相見被利什二等產或新己制身果加西月話合回特代內信表化老給世"
        "位次度門任常先海通教兒原東聲提立及比員解水名真論處走義各入幾口認條平系氣題活爾更別打女變四"
        "神總何電數安少報才結反受目太量再感建務做接必場件計管期市直德資命山金指克許統區保至隊形社便"
        "空決治展馬科司五基眼書非則聽白卻界達光放強即像難且權思王象完設式色路記南品住告類求據程北邊"
        "標籤文本謝謝貨快遞客服錯差喜歡買您請嗎吧啊呢東西今喝吃這裡臺灣"
    ),
    "cp932": (
        "日一国会人年大十二本中長出三同時政事自行社見月分議後前民生連五発間対上部東者党地合市業内相"
        "方四定今回新場金員九入選立開手米力学問高代明実円関決子動京全目表戦経通外最言氏現理調体化田"
        "当八六約主題下首意法不来作性的要用制治度務強気小七成期公野協取都和統以機平総加山思家話世受"
        "区領多県続進正安設保改数記院女初北午指権心界支第産結百派点教報済書府活原先共得解名交資予川"
        "向際査勝面委告軍文反元重近千考判認画海参売利組知案道信策集在件団別物側任引使求所次水半品昨"
        "論計死官増係感特情投示変打男基私各始島直両朝革価式確村提運終挙果西勢減台広容必応演電歳住争"
        "良悪品届梱包丁寧買分類文章好使"
    ),
    "euc_kr": (
        "이다는에을를의가한고하지도로은기사나해어시서아리자대인일만있수정들면라부그것장주제보전과"
        "게으니여상스원안구유동세무성연비오마조선우소거공국내없요았었했습니까된되할때문생경모두말위화"
        "중신물용더또등개방회행실적관교학년저히와간민각께하려고님분저희배송너네감합입반갑좋품상담환불"
    ),
}


@dataclass(frozen=True)
class _Candidate:
    """An encoding, and the one whose rows tell which of its ideographs are common."""

    encoding: str
    standard: str
    common: frozenset[str]


_ASIAN = (
    _Candidate("gb18030", "gb2312", frozenset(_COMMON["gb18030"])),
    _Candidate("big5", "big5", frozenset(_COMMON["big5"])),
    _Candidate("cp932", "euc_jp", frozenset(_COMMON["cp932"])),
    _Candidate("euc_jp", "euc_jp", frozenset(_COMMON["cp932"])),
    _Candidate("euc_kr", "", frozenset(_COMMON["euc_kr"])),
)


def told(source: Source, head: bytes, said: str | None = None) -> str:
    """The encoding of the whole file. Raises UnreadableFile."""
    if said:
        return _checked(source, head, said)
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            if decodes(source, encoding):
                return encoding
            raise UnreadableFile("file-encoding")
    if b"\0" in head and (wide := _wide(head)) and decodes(source, wide):
        return wide
    if looks_binary(head):
        raise UnreadableFile("file-binary")
    return "utf-8" if decodes(source, "utf-8") else _by_evidence(source, head)


def _checked(source: Source, head: bytes, said: str) -> str:
    if said.lower() not in KNOWN:
        raise UnreadableFile("encoding-unknown", name=said[:40], known=", ".join(KNOWN))
    encoding = said.lower()
    if encoding == "utf-8" and head.startswith(codecs.BOM_UTF8):
        encoding = "utf-8-sig"
    if encoding == "shift_jis":
        encoding = "cp932"  # what Windows means by it
    if not decodes(source, encoding):
        raise UnreadableFile("encoding-wrong", name=said)
    return encoding


def looks_binary(head: bytes) -> bool:
    control = sum(head.count(byte) for byte in _CONTROL)
    return control > max(3, len(head) / 50)


_CONTROL = [bytes([code]) for code in (*range(9), *range(14, 27), *range(28, 32))]


def decodes(source: Source, encoding: str) -> bool:
    """Whether the whole file decodes strictly: a sample alone misjudges Asian encodings."""
    decoder = codecs.getincrementaldecoder(encoding)(errors="strict")
    with source.open() as file:
        try:
            while chunk := file.read(limits.MEGABYTE):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeError:
            return False
    return True


def decoded_head(head: bytes, encoding: str) -> str:
    return codecs.getincrementaldecoder(encoding)(errors="ignore").decode(head)


def _wide(head: bytes) -> str | None:
    """UTF-16 without its mark: what is legible in one order of bytes is not in the other."""
    sample = head[: _LOOKED_AT // 8]
    legible = {name: _legible(sample, name) for name in ("utf-16-le", "utf-16-be")}
    best = max(legible, key=lambda name: legible[name])
    return best if legible[best] >= _BELIEVED else None


def _legible(sample: bytes, encoding: str) -> float:
    """From 0 to 1; one character that no text has is enough for 0."""
    text = _strictly(sample, encoding)
    if not text or any(unicodedata.category(c) in _STRANGE and c not in "\t\r\n" for c in text):
        return 0.0
    known = sum(
        1.0 if c < "\u1fff" else max(_weight(c, candidate) for candidate in _ASIAN) for c in text
    )
    return known / len(text)


def _by_evidence(source: Source, head: bytes) -> str:
    sample = head[:_LOOKED_AT]
    _refuse_mixed(sample)
    scores = {
        one.encoding: _score(text, one)
        for one in _ASIAN
        if (text := _strictly(sample, one.encoding)) is not None
    }
    if (text := _strictly(sample, "cp1252")) is not None:
        scores["cp1252"] = _western(text)
    for encoding in sorted(scores, key=lambda name: -scores[name]):
        if scores[encoding] >= _BELIEVED and decodes(source, encoding):
            return encoding
    raise UnreadableFile("file-encoding")


def _strictly(sample: bytes, encoding: str) -> str | None:
    try:
        return codecs.getincrementaldecoder(encoding)(errors="strict").decode(sample)
    except UnicodeError:
        return None


def _refuse_mixed(sample: bytes) -> None:
    """A text that is UTF-8 but for a few places was pasted together: say where."""
    text = codecs.getincrementaldecoder("utf-8")(errors="replace").decode(sample)
    wrong = text.count("\ufffd")
    right = sum(c > "\x7f" for c in text) - wrong
    if right >= 8 * max(1, wrong):
        line = text[: text.find("\ufffd")].count("\n") + 1 if wrong else 0
        raise UnreadableFile("encoding-mixed" if wrong else "encoding-mixed:later", line=line)


def _score(text: str, candidate: _Candidate) -> float:
    """From -1 to 1: how much the characters beyond ASCII are those that its readers use."""
    beyond = [c for c in text if c > "\x7f"]
    if not beyond:
        return 0.0
    return sum(_weight(c, candidate) for c in beyond) / len(beyond)


def _weight(c: str, candidate: _Candidate) -> float:
    if c in candidate.common:
        return 1.0
    if "\u3040" <= c <= "\u30ff":
        return 1.0 if candidate.standard == "euc_jp" else 0.3
    if "\u3000" <= c <= "\u303f" or "\uff01" <= c <= "\uff5e" or c in _CJK_MARKS:
        return 0.8
    if "\uac00" <= c <= "\ud7a3":
        return 0.4
    if "\u4e00" <= c <= "\u9fff" and candidate.standard:
        return 0.6 if _first_level(c, candidate.standard) else 0.0
    if "\uff61" <= c <= "\uff9f" or c > "\uffff" or "\ue000" <= c <= "\uf8ff":
        return -0.5  # half-width kana, planes beyond, private use: signs of another encoding
    return 0.1


def _first_level(c: str, standard: str) -> bool:
    """Whether the standard itself puts the ideograph among the common ones."""
    try:
        lead = c.encode(standard)[0]
    except UnicodeError:
        return False
    first, last = {"gb2312": (0xB0, 0xD7), "big5": (0xA4, 0xC6), "euc_jp": (0xB0, 0xCF)}[standard]
    return first <= lead <= last


def _western(text: str) -> float:
    """Accented letters stand among plain ones: hardly ever three in a row."""
    score, runs = 0.0, _BEYOND.findall(text)
    for run in runs:
        for c in run:
            if c.isalpha():
                score += 0.9 if len(run) < 3 and c not in _SELDOM else -0.2
            else:
                score += 0.7 if len(run) < 4 and c in _WESTERN_MARKS else -0.3
    return score / len("".join(runs)) if runs else 0.0
