"""What the logs never hold."""

import logging
import re

_TOKEN_IN_ADDRESS = re.compile(r"(/(?:invitations|join|media)/)[^/\s]+")


class HideTokens(logging.Filter):
    """Blots out the tokens of invitations and images where a message names an address."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite the record; every record passes."""
        record.msg = _TOKEN_IN_ADDRESS.sub(r"\1…", record.getMessage())
        record.args = None
        return True
