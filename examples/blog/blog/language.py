"""Telling Chinese from English, for the lang attribute and the reading time."""

from __future__ import annotations

import math
import re

HAN = re.compile(r"[\u3400-\u9fff]")
WORD = re.compile(r"[A-Za-z0-9’'-]+")
HAN_PER_MINUTE = 350
WORDS_PER_MINUTE = 220


def language_of(text: str) -> str:
    han, words = len(HAN.findall(text)), len(WORD.findall(text))
    return "zh-Hans" if han > words else "en"


def reading_minutes(text: str) -> int:
    han, words = len(HAN.findall(text)), len(WORD.findall(text))
    return max(1, math.ceil(han / HAN_PER_MINUTE + words / WORDS_PER_MINUTE))
