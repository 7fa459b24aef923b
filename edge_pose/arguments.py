"""argparse whose errors say what was probably meant."""

from __future__ import annotations

import argparse
import difflib
import re
from collections.abc import Iterable, Sequence
from typing import NoReturn


class ArgumentParser(argparse.ArgumentParser):
    """For a program of verbs: what a verb does not know is told with that verb's own usage."""

    def parse_words(self, words: Sequence[str]) -> argparse.Namespace:
        """As ``parse_args``; unknown options are refused by the verb that they were given to."""
        args, unknown = self.parse_known_args(words, argparse.Namespace(parser=self))
        if unknown:
            parser: ArgumentParser = args.parser
            parser.refuse(unknown)
        return args

    def refuse(self, words: Sequence[str]) -> NoReturn:
        """Ends with what these words are not, and what may have been meant."""
        option = words[0].partition("=")[0]
        self.error(f"{' '.join(words)}: not known here{_hint(option, self._option_string_actions)}")

    def error(self, message: str) -> NoReturn:
        """As argparse; a misspelt choice is told the one that is spelt alike."""
        if found := re.search(r"invalid choice: '([^']*)' \(choose from (.*)\)$", message):
            message += _hint(found[1], re.findall(r"[\w-]+", found[2]))
        super().error(message)


def _hint(word: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(word, list(known), n=1)
    return f"; did you mean {near[0]}?" if near else ""
