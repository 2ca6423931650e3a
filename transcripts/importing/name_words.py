"""Words that tell names of speakers from other texts before a colon or a time. Lower case."""

import re


def _split(words: str) -> frozenset[str]:
    return frozenset(words.split())


PARTICLES = _split("""
    van von der den de del della di da das dos du la le las los el al bin ibn bint ap af av zu zum ten ter te y e i o
    and of for the from at in with & und et st al- d' d’ med. phil. rer. nat. jr. sr. ing.
""")
NEVER_FIRST = _split("""
    the this that these those and but or so because if when what why how where who which he she they we it you i my our
    your his her their its there here on in at by to of with from for as about around until before after since then is
    was is are were be been has have had do does did can could will would should not no yes one another some any every
    each all most er sie wir ich und aber das die der il elle ils nous je mais ella nosotros pero
""")
FUNCTION_WORDS = NEVER_FIRST | _split("""
    said says say told tells asked asks wrote writes answered thought think know knew mean means like just really very
    also more than into out up down over again only still even now thing things point went goes come came get got made
    make saw see heard hear remember me us him them question raised sagte sagten meinte dijo dit
""")
WEEKDAYS = _split("monday tuesday wednesday thursday friday saturday sunday")
MONTHS = _split("january february march april june july august september october november december")  # May is a name
ORDINALS = _split("""
    first second third fourth fifth sixth last lastly firstly secondly thirdly finally next then one two three four five
    six another
""")
FIELDS = _split("""
    project title date time times place places location venue where when duration length note notes file files filename
    subject reference ref re from to cc sent language topic study version status participants attendees attendance
    present apologies speakers speaker(s) recording audio video source created updated transcript transcription
    transcriber transcribed summary details keywords agenda consent site setting context background age gender sex
    ethnicity occupation interview meeting call id url link website address email e-mail telephone phone tel fax mobile
    page copyright author model warning example examples result results problem problems answer(s) tip hint reason total
    cost price phase step option plan aim goal conclusion update ps p.s nb n.b invited
""")
FIELD_PHRASES = frozenset(
    " ".join(pair)
    for pair in (
        *(("audio", noun) for noun in ("source", "file", "length")),
        *(("interview", noun) for noun in ("date", "number", "id", "length")),
        *((noun, "id") for noun in ("participant", "study", "meeting", "site", "case")),
        *((participle, "by") for participle in ("transcribed", "recorded", "checked", "conducted", "interviewed")),
        *((participle, "on") for participle in ("transcribed", "recorded", "conducted")),
        *((noun, "time") for noun in ("start", "end")),
        *((noun, "name") for noun in ("file", "project", "study", "site")),
        ("date", "of interview"),
        ("last", "updated"),
        ("ethics", "reference"),
        ("media", "file"),
    )
)
DISCOURSE = _split("""
    well ok okay right so yes no yeah sure also anyway plus but and or like mm hmm um uh er thanks sorry hello hi bye
    indeed exactly maybe perhaps basically honestly actually because however therefore meaning namely instead meanwhile
    today tomorrow yesterday now later once he she they we it this that these those here there what why how when who
    which about around until at by before after about everything nothing something everybody nobody somebody
    他说 她说 我说 他說 她說
""")
NOT_SPEAKERS = WEEKDAYS | MONTHS | ORDINALS | FIELDS | FIELD_PHRASES | DISCOURSE
ROLE = re.compile(
    r"(?:the )?(?:(?:lead|co|first|second|third|unknown|unidentified|male|female|other|main|research|service)[- ])?"
    r"(?:interviewer|interviewee|participant|speaker|moderator|facilitator|researcher|respondent|informant|host|guest"
    r"|caller|call-in user|patient|doctor|nurse|carer|caregiver|clinician|coordinator|volunteer|observer|translator"
    r"|interpreter|assistant|user|witness|person|voice|unknown|man|woman|befragter?|befragte|interviewerin|sprecher"
    r"|locuteur|hablante|entrevistadora?|entrevistado|intervieweur|agent|customer|client|chair|panellist|panelist"
    r"|member)s?(?:[ #_.-]*(?:no\.? ?)?(?:\d{1,6}|[a-z]|one|two|three|four|five|six))?",
    re.IGNORECASE,
)
DEVICE = re.compile(
    r"\b(?:iphone|ipad|galaxy|pixel|macbook|laptop|phone|android|huawei|xiaomi|samsung|computer|desktop|surface|pc|room)\b"
    r"(?:[ '’-]?[\w+]{1,6}){0,3}$",
    re.IGNORECASE,
)
NOISE = re.compile(
    r"\W*(?:(?:laugh\w*|music\w*|applause|inaudible|unintelligible|crosstalk|cross[- ]talk|pause\w*|silence|cough\w*"
    r"|sigh\w*|noise|background|overlapping|indistinct|unclear|crying|cries|sob\w*|phone rings?|break|sic|redacted"
    r"|blank_audio|beep\w*|cheer\w*|clap\w*|sniff\w*|chuckl\w*|gasp\w*|speaking|foreign language|long|short|speech"
    r"|talk)\b\W*)+.{0,20}",
    re.IGNORECASE,
)
