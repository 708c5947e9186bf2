"""Words from files and people, made harmless where Streamlit would read them as Markdown."""

import re
import unicodedata

_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>()#+\-.!|$:~^=&\"'@/])")


def plain(text: str) -> str:
    r"""The text so that Markdown shows it letter by letter, on one line.

    >>> print(plain("<b>:red[x]</b>"))
    \<b\>\:red\[x\]\<\/b\>
    """
    shown = "".join(
        " " if unicodedata.category(sign) in ("Cc", "Cf", "Cs", "Zl", "Zp") else sign
        for sign in text
    )
    return _MARKDOWN.sub(r"\\\1", shown)
