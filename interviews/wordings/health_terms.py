"""Words that do not belong where others may read them: subjects of mails, calendars, titles of sessions. Pure."""

import re

# The beginning of a word is enough: "cancer" finds "cancers". A hyphen stands for a hyphen or a blank.
HEALTH_STEMS = """
abortion addict adhd aids alcohol allerg anaes anxi arthrit asthma autis backlog bereave biops bipolar blood
cancer cardiac cardio care-home chemo chronic clinic condition copd counsel covid dement dental dentist
depress diabet diagnos dialys disab diseas disorder doctor drug eating-disorder epilep gp health hepatitis
hip-replacement hiv hospice hospital illness infection infertil injur insulin kidney leukaem maternity medic
menopaus mental midwi miscarr nhs nurse obes oncolog orthop osteo pain palliat patient pharma physio pregnan
prescri psych radiolog radiother referral rehab relapse schizo self-harm sexual sick stroke suicid surger surgi
symptom therap transplant trauma treatment tumour vaccin waiting-list ward x-ray
"""
WHOLE_WORD_STEMS = frozenset(
    {"adhd", "aids", "copd", "gp", "hiv", "nhs", "pain", "ward", "drug", "stroke", "blood", "sick"}
)
ALLOWED_WORDS = frozenset({"chronicle", "chronicles", "patiently"})


def _build_pattern() -> re.Pattern[str]:
    def one(stem: str) -> str:
        words = re.escape(stem).replace(r"\-", r"[\s-]")
        return words + (r"s?" if stem in WHOLE_WORD_STEMS else r"\w*")

    return re.compile(rf"\b(?:{'|'.join(one(stem) for stem in HEALTH_STEMS.split())})\b", re.IGNORECASE)


HEALTH_PATTERN = _build_pattern()


def find_health_terms(text: str) -> list[str]:
    """Words that tell of health, as they stand in a text, each once and in order."""
    found = (match[0] for match in HEALTH_PATTERN.finditer(text))
    return list(dict.fromkeys(word for word in found if word.lower() not in ALLOWED_WORDS))


def explain_not_neutral(text: str, *, call_title: str) -> str:
    """What is wrong with a line that others may read, in words; empty when nothing is."""
    if words := find_health_terms(text):
        named = ", ".join(f"“{word}”" for word in words)
        return f"Others may read this line over somebody's shoulder, so leave out what tells of health: {named}."
    if call_title.strip() and call_title.casefold() in " ".join(text.split()).casefold():
        return "Leave out the title of the call: others may read this line over somebody's shoulder."
    return ""
