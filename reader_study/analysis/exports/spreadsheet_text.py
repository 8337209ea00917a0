"""Text that no spreadsheet program takes for a formula."""

import re

# Characters with which a spreadsheet begins a formula, after any white space; and white space
# that itself makes some of them look further.
_FORMULA_START = re.compile(r"[\t\r\n]|\s*[=+\-@＝＋－＠]")
# The same inside a cell, after what a spreadsheet of another language may take for a separator.
_FORMULA_AFTER_SEPARATOR = re.compile(r"([;\t\r\n]\s*)(?=[=+\-@＝＋－＠])")


def formula_safe(text: str) -> str:
    """Return text that no spreadsheet takes for a formula.

    As OWASP advises against CSV injection, a single quote is put before text that begins with
    ``= + - @`` (or their full-width forms), a tab or a line break, and before such a character
    after a semicolon, tab or line break inside the text, where a spreadsheet set to another
    language may begin a new cell.
    """
    guarded = _FORMULA_AFTER_SEPARATOR.sub(r"\1'", text)
    return f"'{guarded}" if _FORMULA_START.match(text) else guarded
