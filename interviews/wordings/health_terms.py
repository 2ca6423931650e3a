"""Health terms, which must not be where other people may read them: subjects, calendars, session titles. Pure."""

import re

# Stems: "cancer" finds "cancers". A hyphen matches a hyphen or a space.
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
    def build_one(stem: str) -> str:
        pattern = re.escape(stem).replace(r"\-", r"[\s-]")
        return pattern + (r"s?" if stem in WHOLE_WORD_STEMS else r"\w*")

    return re.compile(rf"\b(?:{'|'.join(build_one(stem) for stem in HEALTH_STEMS.split())})\b", re.IGNORECASE)


HEALTH_PATTERN = _build_pattern()


def find_health_terms(text: str) -> list[str]:
    matches = (match[0] for match in HEALTH_PATTERN.finditer(text))
    return list(dict.fromkeys(word for word in matches if word.lower() not in ALLOWED_WORDS))


def explain_not_neutral(text: str, *, call_title: str) -> str:
    """Empty if the text is neutral."""
    if terms := find_health_terms(text):
        quoted = ", ".join(f"“{term}”" for term in terms)
        return f"Other people may see this, so leave out anything about health: {quoted}."
    if call_title.strip() and call_title.casefold() in " ".join(text.split()).casefold():
        return "Leave out the title of the call for evidence, because other people may see this."
    return ""
