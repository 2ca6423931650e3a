"""Cues in the wording of a turn: asking, moving on, going back, thanking. English only."""

import re

QUESTION_WORD = r"(?:what|which|who|whom|whose|when|where|why|how)"
AUXILIARY = (
    r"(?:do|does|did|is|are|was|were|has|have|had|can|could|would|will|should|shall|may|might|"
    r"isn't|aren't|don't|didn't|wasn't|weren't|haven't|hasn't|couldn't|wouldn't)"
)
SUBJECT = r"(?:you|it|they|he|she|there|we|i|that|this|anyone|anybody|people|your|the|those|these|any)"
LEAD_IN = r"(?:(?:and|so|but|or|now|then|okay|ok|right|well|um|uh|yeah|great|lovely|sure|mm|hmm)[,.\s]+)*"

QUESTION_FORM = re.compile(
    rf"\?|(?:^|[.,;!?]\s*){LEAD_IN}(?:{QUESTION_WORD}\b|{AUXILIARY}\s+{SUBJECT}\b)|\b{AUXILIARY}\s+you\b",
    re.IGNORECASE,
)
INVITATION = re.compile(
    r"\b(?:tell me|tell us|talk me|talk (?:a bit |a little )?about|describe|walk me|explain|"
    r"say (?:a bit|a little|some)|i(?:'d| would) (?:like|love) to (?:hear|know|ask)|i want(?:ed)? to ask|"
    r"i(?:'m| am| was) (?:going to|gonna) ask|can i ask|may i ask|i(?:'d| would) be interested|give me|take me through|"
    r"paint me|bring (?:it|them|that) to life|in your own (?:words|time)|"
    r"the (?:next|first|second|third|last|final) (?:one|question|thing))\b",
    re.IGNORECASE,
)
SECOND_PERSON = re.compile(r"\b(?:you|your|yours|yourself|you're|you've|you'd|you'll)\b", re.IGNORECASE)
FIRST_PERSON = re.compile(r"\b(?:i|we|my|our|me|us|i'm|i've|we're|we've|i'd|we'd)\b", re.IGNORECASE)
MOVING_ON = re.compile(
    r"\b(?:next|moving on|move on|now then|turning to|another (?:question|thing|one)|last(?:ly)?|final(?:ly)?|"
    r"first of all|to start|to begin|let's|thinking about|on to|now we|so now|so then|question (?:one|two|\d+)|"
    r"the form asks|it (?:says|asks|mentions) here|there's a question)\b|^(?:and )?(?:so|now|okay|right|then)\b",
    re.IGNORECASE,
)
GOING_BACK = re.compile(
    r"\b(?:(?:go|going|come|coming|went|get|take|took|bring) (?:\w+ )?back (?:to|over|on)|return(?:ing)? to|"
    r"(?:said|mentioned|talked about|were saying|were telling|told me|asked you?|asked me)(?: \w+){0,3} "
    r"(?:earlier|before|about|ago|at the (?:start|beginning))|you mentioned|you said|"
    r"you were (?:saying|telling|talking)|earlier on|as i (?:said|told|mentioned)|like i said|"
    r"pick up (?:on|again)|i(?:'ve| have) (?:just )?(?:thought of|remembered)|rewind|back to (?:what|the|that|your))\b",
    re.IGNORECASE,
)
PUTTING_OFF = re.compile(
    r"\b(?:come back to (?:that|this|it)|leave that with me|(?:have|need) to think about (?:that|it)|"
    r"i'?ll get to that|later on)\b",
    re.IGNORECASE,
)
DECLINING = re.compile(
    r"\b(?:(?:i'?d )?(?:rather|prefer) not|no comment|pass on (?:that|this)|i'?ll pass|"
    r"can'?t (?:say|comment|answer|discuss)|cannot (?:say|comment|answer)|not (?:allowed|able|at liberty) to|"
    r"at liberty|don'?t (?:want|wish) to (?:say|answer|talk)|confidential|commercially sensitive|"
    r"skip (?:that|this)|next question|none of your)\b",
    re.IGNORECASE,
)
THANKING = re.compile(
    r"\b(?:(?:thank you|thanks) (?:so|very) much|that'?s (?:it|all)\b|thank you,? \w+\.|good ?bye|bye|take care|"
    r"have a (?:great|good|nice|lovely)|i'?ll (?:stop|switch|turn) )",
    re.IGNORECASE,
)
INTERRUPTING = re.compile(
    r"\b(?:hang on|hold on|(?:one|just a|give me a|bear with me) (?:sec|second|moment|minute)|excuse me|get down|"
    r"i'?ll be (?:right )?back|where were we|bless you|is (?:it|that) still (?:on|recording|running))\b|^sorry\b|"
    r"\bsorry[,.] (?:that|it|he|she|i|was|one|just|can)",
    re.IGNORECASE,
)
SENTENCE_END = re.compile(r"(?<=[.?!])\s+")


def is_question(text: str) -> bool:
    return bool(QUESTION_FORM.search(text) or INVITATION.search(text))


def is_inviting(text: str) -> bool:
    return bool(INVITATION.search(text))


def is_moving_on(text: str) -> bool:
    return bool(MOVING_ON.search(text))


def is_going_back(text: str) -> bool:
    return bool(GOING_BACK.search(text))


def is_thanking(text: str) -> bool:
    return bool(THANKING.search(text))


def is_interrupting(text: str) -> bool:
    return bool(INTERRUPTING.search(text))


def is_putting_off(text: str) -> bool:
    return bool(PUTTING_OFF.search(text))


def is_declining(text: str) -> bool:
    return bool(DECLINING.search(text))


def count_person_words(text: str) -> tuple[int, int, int]:
    return len(SECOND_PERSON.findall(text)), len(FIRST_PERSON.findall(text)), len(text.split())


def split_sentences(text: str) -> list[str]:
    return [sentence for sentence in SENTENCE_END.split(text) if sentence]
