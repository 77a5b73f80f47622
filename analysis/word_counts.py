"""Which words many texts have in common, to suggest what they could be grouped by; a person does the grouping.

Vietnamese is segmented into words ("sân trường" is one) by underthesea (Vu Anh and others, Apache-2.0), with the model that comes
with it: nothing is fetched. Texts in other scripts find no common words and are not suggested for.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

LEAST_TEXTS = 2
MOST_WORDS = 12
_WORD = re.compile(r"[^\W\d_]+")
_STOP_WORDS = frozenset(
    re.findall(
        r"\w+",
        """
        em các chúng mình tôi ta bạn bạn_bè thầy cô thầy_cô người trẻ trẻ_em con và hoặc nhưng mà thì là của có không chưa
        được bị tới gần xa ý_kiến cho để với ở tại trong ngoài trên dưới khi nếu vì nên rất quá lắm hơn nhất cũng còn đã đang sẽ phải cần muốn
        mong thích thấy nghĩ nói biết làm đi đến về ra vào lên xuống này kia đó ấy đây gì nào sao ai mấy bao_nhiêu những nhiều
        ít một hai mỗi mọi cả hay vẫn thêm lại nữa rồi như từ theo bằng về_việc ạ nhé nha thôi chỉ việc cái chiếc lúc bây_giờ
        hiện_nay chúng_em chúng_ta các_em các_bạn mọi_người tụi_em tụi
        """,
    )
)


@dataclass(frozen=True)
class CommonWord:
    """A word, and the keys of the texts that have it."""

    word: str
    texts: tuple[str, ...]


def common_words(texts: Mapping[str, str]) -> list[CommonWord]:
    """The words of at least LEAST_TEXTS of the texts (key → text), those of most texts first; at most MOST_WORDS.

    What is a word in one text is looked for in all: the segmentation is a statistical one, and does not see every word everywhere.
    A word is left out where a longer one says the same of the same texts ("sân" beside "sân trường").
    """
    if len(texts) < LEAST_TEXTS:
        return []
    # Only who groups opinions needs it, and it takes half a second and 130 MB.
    from underthesea import word_tokenize

    words = {tuple(word.casefold().split()) for text in texts.values() for word in word_tokenize(text)}
    syllables = {key: f" {' '.join(_WORD.findall(text.casefold()))} " for key, text in texts.items()}
    having = {
        word: tuple(key for key, text in syllables.items() if f" {' '.join(word)} " in text)
        for word in words
        if "_".join(word) not in _STOP_WORDS and len("".join(word)) > 1 and _WORD.fullmatch("".join(word))
    }
    common = {word: keys for word, keys in having.items() if len(keys) >= LEAST_TEXTS}
    found = [
        CommonWord(" ".join(word), keys)
        for word, keys in common.items()
        if not any(keys == of_longer and _is_part(word, longer) for longer, of_longer in common.items())
    ]
    return sorted(found, key=lambda one: (-len(one.texts), one.word))[:MOST_WORDS]


def _is_part(word: tuple[str, ...], longer: tuple[str, ...]) -> bool:
    return len(word) < len(longer) and any(
        longer[at : at + len(word)] == word for at in range(len(longer) - len(word) + 1)
    )
