# ruff: noqa: E501 long lines are single inputs
"""Further inputs of the kinds in this folder, with the right answers. Written before the code that they test.

Each row: name, lines of the calendar, window, busy times in UTC, on London's clocks.
"""


def event(*lines: str, uid: str = "one@x.example") -> tuple[str, ...]:
    return ("BEGIN:VEVENT", f"UID:{uid}", "DTSTAMP:20260601T000000Z", *lines, "END:VEVENT")


GOOD = event("DTSTART:20260720T140000Z", "DTEND:20260720T150000Z", uid="good@x.example")
GOOD_BUSY = "20260720T1400/20260720T1500"
LONDON = "TZID=Europe/London"
EASTERN_RULES = (
    *("BEGIN:STANDARD", "DTSTART:20071104T020000", "TZOFFSETFROM:-0400", "TZOFFSETTO:-0500"),
    *("RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=1SU", "END:STANDARD"),
    *("BEGIN:DAYLIGHT", "DTSTART:20070311T020000", "TZOFFSETFROM:-0500", "TZOFFSETTO:-0400"),
    *("RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=2SU", "END:DAYLIGHT"),
)


def zone(name: str, *observances: str) -> tuple[str, ...]:
    return ("BEGIN:VTIMEZONE", f"TZID:{name}", *observances, "END:VTIMEZONE")


JULY = ("20260701T0000", "20260801T0000")
MARCH = ("20260301T0000", "20260430T0000")
OCTOBER = ("20261001T0000", "20261130T0000")
FEEDS: list[tuple[str, tuple[str, ...], tuple[str, str], list[str]]] = [
    (
        "whole days that end before they start",
        event("DTSTART;VALUE=DATE:20260706", "DTEND;VALUE=DATE:20260705"),
        JULY,
        ["20260705T2300/20260706T2300"],
    ),
    (
        "a weekly whole day with an equal end",
        event("DTSTART;VALUE=DATE:20260706", "DTEND;VALUE=DATE:20260706", "RRULE:FREQ=WEEKLY;COUNT=2"),
        JULY,
        ["20260705T2300/20260706T2300", "20260712T2300/20260713T2300"],
    ),
    (
        "until a date, for an event with a time",
        event(f"DTSTART;{LONDON}:20260706T090000", "DURATION:PT1H", "RRULE:FREQ=DAILY;UNTIL=20260708"),
        JULY,
        ["20260706T0800/20260706T0900", "20260707T0800/20260707T0900", "20260708T0800/20260708T0900"],
    ),
    (
        "until a date with dashes",
        event(f"DTSTART;{LONDON}:20260706T090000", "DURATION:PT1H", "RRULE:FREQ=DAILY;UNTIL=2026-07-07"),
        JULY,
        ["20260706T0800/20260706T0900", "20260707T0800/20260707T0900"],
    ),
    (
        "until a local time for an event in UTC",
        event("DTSTART:20260706T090000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY;UNTIL=20260707T090000"),
        JULY,
        ["20260706T0900/20260706T1000", "20260707T0900/20260707T1000"],
    ),
    (
        "whole days until a local midnight, by day",
        event("DTSTART;VALUE=DATE:20260706", "RRULE:FREQ=DAILY;UNTIL=20260707T230000Z"),
        JULY,
        ["20260705T2300/20260708T2300"],
    ),
    (
        "whole days until the second before a local midnight",
        event("DTSTART;VALUE=DATE:20260706", "RRULE:FREQ=DAILY;UNTIL=20260707T225959Z"),
        JULY,
        ["20260705T2300/20260707T2300"],
    ),
    (
        "blanks and lower case in a rule",
        event("DTSTART:20260706T090000Z", "DURATION:PT1H", "RRULE: freq=weekly; count = 2 ;"),
        JULY,
        ["20260706T0900/20260706T1000", "20260713T0900/20260713T1000"],
    ),
    (
        "a rule that skips backwards",
        event("DTSTART:20260131T090000Z", "DURATION:PT1H", "RRULE:RSCALE=GREGORIAN;FREQ=MONTHLY;SKIP=BACKWARD"),
        ("20260601T0000", "20260801T0000"),
        ["20260630T0900/20260630T1000", "20260731T0900/20260731T1000"],
    ),
    (
        "a rule that skips forwards",
        event("DTSTART:20260131T090000Z", "DURATION:PT1H", "RRULE:FREQ=MONTHLY;SKIP=FORWARD;RSCALE=GREGORIAN"),
        ("20260601T0000", "20260715T0000"),
        ["20260701T0900/20260701T1000"],
    ),
    (
        "a rule of another calendar system keeps its first day",
        (*event("DTSTART:20260706T090000Z", "DURATION:PT1H", "RRULE:RSCALE=HEBREW;FREQ=YEARLY"), *GOOD),
        JULY,
        ["20260706T0900/20260706T1000", GOOD_BUSY],
    ),
    (
        "one UID for a single event and a series",
        (
            *event("DTSTART:20260706T090000Z", "DURATION:PT1H"),
            *event("DTSTART:20260707T090000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY;COUNT=2"),
        ),
        JULY,
        ["20260706T0900/20260706T1000", "20260707T0900/20260707T1000", "20260708T0900/20260708T1000"],
    ),
    (
        "an older version of the same event",
        (
            *event("SEQUENCE:1", "DTSTART:20260706T090000Z", "DURATION:PT1H"),
            *event("SEQUENCE:3", "DTSTART:20260707T090000Z", "DURATION:PT1H"),
        ),
        JULY,
        ["20260707T0900/20260707T1000"],
    ),
    (
        "no UID at all",
        (
            *("BEGIN:VEVENT", "DTSTART:20260706T090000Z", "DURATION:PT1H", "END:VEVENT"),
            *("BEGIN:VEVENT", "DTSTART:20260707T090000Z", "DURATION:PT1H", "END:VEVENT"),
        ),
        JULY,
        ["20260706T0900/20260706T1000", "20260707T0900/20260707T1000"],
    ),
    (
        "blanks around parameters",
        event("DTSTART; TZID = Europe/London : 20260706T090000", "DTEND ;TZID=Europe/London: 20260706T100000"),
        JULY,
        ["20260706T0800/20260706T0900"],
    ),
    (
        "tabs and blanks in a list of exceptions",
        event(
            "DTSTART:20260706T090000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY;COUNT=4", "EXDATE:\t20260707T090000Z , 20260708T090000Z"
        ),
        JULY,
        ["20260706T0900/20260706T1000", "20260709T0900/20260709T1000"],
    ),
    (
        "an unquoted colon in a zone",
        event(
            "DTSTART;TZID=(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna:20260706T100000",
            "DTEND;TZID=(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna:20260706T110000",
        ),
        JULY,
        ["20260706T0800/20260706T0900"],
    ),
    (
        "an unquoted colon in the zone of an exception",
        event(
            "DTSTART;TZID=(UTC+00:00) Dublin, Edinburgh, Lisbon, London:20260706T100000",
            "DURATION:PT1H",
            "RRULE:FREQ=DAILY;COUNT=2",
            "EXDATE;TZID=(UTC+00:00) Dublin, Edinburgh, Lisbon, London:20260707T100000",
        ),
        JULY,
        ["20260706T0900/20260706T1000"],
    ),
    (
        "a line of a text that looks like the beginning of a part",
        (*event("DESCRIPTION:Agenda", "Begin: 10:00", "DTSTART:20260706T090000Z", "DTEND:20260706T100000Z"), *GOOD),
        JULY,
        ["20260706T0900/20260706T1000", GOOD_BUSY],
    ),
    (
        "a line of a text that looks like a status",
        (*event("DTSTART:20260706T090000Z", "DTEND:20260706T100000Z", "DESCRIPTION:Order", "Status: Cancelled"), *GOOD),
        JULY,
        ["20260706T0900/20260706T1000", GOOD_BUSY],
    ),
    (
        "a line separator in a text",
        event("SUMMARY:One\u2028END:VEVENT\u2029two\u0085END:VEVENT\x0bEND:VEVENT", "DTSTART:20260706T090000Z", "DTEND:20260706T100000Z"),
        JULY,
        ["20260706T0900/20260706T1000"],
    ),
    (
        "MST with its own definition",
        (
            *zone("MST", *(line.replace("-0500", "-0700").replace("-0400", "-0600") for line in EASTERN_RULES)),
            *event("DTSTART;TZID=MST:20260706T100000", "DTEND;TZID=MST:20260706T110000"),
        ),
        JULY,
        ["20260706T1600/20260706T1700"],
    ),
    (
        "GMT that means London",
        (
            *zone(
                "GMT",
                *("BEGIN:STANDARD", "DTSTART:19701025T020000", "TZOFFSETFROM:+0100", "TZOFFSETTO:+0000"),
                *("RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU", "END:STANDARD"),
                *("BEGIN:DAYLIGHT", "DTSTART:19700329T010000", "TZOFFSETFROM:+0000", "TZOFFSETTO:+0100"),
                *("RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU", "END:DAYLIGHT"),
            ),
            *event("DTSTART;TZID=GMT:20260706T100000", "DTEND;TZID=GMT:20260706T110000"),
        ),
        JULY,
        ["20260706T0900/20260706T1000"],
    ),
    (
        "a weekly series in a zone of its own over its change of clocks",
        (
            *zone("EST", *EASTERN_RULES),
            *event("DTSTART;TZID=EST:20261030T100000", "DURATION:PT1H", "RRULE:FREQ=WEEKLY;COUNT=2"),
        ),
        OCTOBER,
        ["20261030T1400/20261030T1500", "20261106T1500/20261106T1600"],
    ),
    (
        "the definition behind the events",
        (*event("DTSTART;TZID=EST:20260706T100000", "DURATION:PT1H"), *zone("EST", *EASTERN_RULES)),
        JULY,
        ["20260706T1400/20260706T1500"],
    ),
    (
        "a place whose definition lists two past changes alone",
        (
            *zone(
                "Europe/London",
                *("BEGIN:DAYLIGHT", "DTSTART:20240331T010000", "TZOFFSETFROM:+0000", "TZOFFSETTO:+0100", "END:DAYLIGHT"),
            ),
            *event(f"DTSTART;{LONDON}:20261106T100000", "DURATION:PT1H"),
        ),
        OCTOBER,
        ["20261106T1000/20261106T1100"],
    ),
    (
        "a zone beside Z",
        event("DTSTART;TZID=America/New_York:20260706T090000Z", "DTEND;TZID=America/New_York:20260706T100000Z"),
        JULY,
        ["20260706T0900/20260706T1000"],
    ),
    (
        "a night that the clocks lengthen",
        event(f"DTSTART;{LONDON}:20261024T200000", "DURATION:PT12H"),
        OCTOBER,
        ["20261024T1900/20261025T0700"],
    ),
    (
        "a day of a duration is a day on the clocks",
        event(f"DTSTART;{LONDON}:20260328T120000", "DURATION:P1D"),
        MARCH,
        ["20260328T1200/20260329T1100"],
    ),
    (
        "weekly nights keep their exact length",
        event(f"DTSTART;{LONDON}:20260321T220000", f"DTEND;{LONDON}:20260322T060000", "RRULE:FREQ=WEEKLY;COUNT=2"),
        MARCH,
        ["20260321T2200/20260322T0600", "20260328T2200/20260329T0600"],
    ),
    (
        "an event in the hour that the clocks skip",
        event(f"DTSTART;{LONDON}:20260329T013000", "DURATION:PT1H"),
        MARCH,
        ["20260329T0130/20260329T0230"],
    ),
    (
        "an event from the skipped hour to an end behind it",
        event(f"DTSTART;{LONDON}:20260329T013000", f"DTEND;{LONDON}:20260329T023000"),
        MARCH,
        ["20260329T0130/20260329T0230"],
    ),
    (
        "a series through the skipped hour",
        event(f"DTSTART;{LONDON}:20260328T013000", "DURATION:PT30M", "RRULE:FREQ=DAILY;COUNT=3"),
        MARCH,
        ["20260328T0130/20260328T0200", "20260329T0130/20260329T0200", "20260330T0030/20260330T0100"],
    ),
    (
        "a zone without a name or a change",
        (*zone("Broken", "BEGIN:STANDARD", "DTSTART:nonsense", "TZOFFSETTO:x", "END:STANDARD"), *GOOD),
        JULY,
        [GOOD_BUSY],
    ),
    ("an event that does not end", ("BEGIN:VEVENT", "UID:x", "DTSTART:20260706T090000Z", "DURATION:PT1H", *GOOD), JULY, ["20260706T0900/20260706T1000", GOOD_BUSY]),
    ("a rule of nonsense", (*event("DTSTART:20260706T090000Z", "DURATION:PT1H", "RRULE:FREQ=FORTNIGHTLY"), *GOOD), JULY, ["20260706T0900/20260706T1000", GOOD_BUSY]),
    ("a quote that is not closed, in a busy event", (*event('DTSTART;TZID="W. Europe Standard Time:20260706T100000"', "DTEND;TZID=W. Europe Standard Time:20260706T110000"), *GOOD), JULY, ["20260706T0800/20260706T0900", GOOD_BUSY]),
    ("a broken published time", (*("BEGIN:VFREEBUSY", "UID:f", "FREEBUSY:rubbish,20260706T090000Z/PT1H", "END:VFREEBUSY"), *GOOD), JULY, ["20260706T0900/20260706T1000", GOOD_BUSY]),
    ("an end that is no time", (*event("DTSTART;VALUE=DATE:20260706", "DTEND;VALUE=DATE:someday"), *GOOD), JULY, ["20260705T2300/20260706T2300", GOOD_BUSY]),
    ("the 30th of February", (*event("DTSTART:20260230T090000Z", "DURATION:PT1H"), *GOOD), JULY, [GOOD_BUSY]),
    ("an alarm that does not end", (*event("DTSTART:20260706T090000Z", "DURATION:PT1H", "BEGIN:VALARM", "TRIGGER:-PT15M"), *GOOD), JULY, ["20260706T0900/20260706T1000", GOOD_BUSY]),
    ("an exception without a moment", (*event("DTSTART:20260706T090000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY;COUNT=2"), *event("RECURRENCE-ID:someday", "DTSTART:20260710T090000Z", "DURATION:PT1H"), *GOOD), JULY, ["20260706T0900/20260706T1000", "20260707T0900/20260707T1000", "20260710T0900/20260710T1000", GOOD_BUSY]),
    ("a year of five digits", (*event("DTSTART:120260706T090000Z"), *event("DTSTART:00000706T090000Z"), *GOOD), JULY, [GOOD_BUSY]),
    ("a series of which one day is moved, from there on", (*event("DTSTART:20260706T090000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY;COUNT=3"), *event("RECURRENCE-ID;RANGE=THISANDFUTURE:20260707T090000Z", "DTSTART:20260707T110000Z", "DURATION:PT2H")), JULY, ["20260706T0900/20260706T1000", "20260707T1100/20260707T1300", "20260708T1100/20260708T1300"]),
]  # fmt: skip
TWO_CALENDARS: list[tuple[str, tuple[tuple[str, ...], ...], list[str]]] = [
    (
        "two zones of display",
        (
            ("X-WR-TIMEZONE:America/New_York", *event("DTSTART:20260706T100000", "DURATION:PT1H")),
            ("X-WR-TIMEZONE:Asia/Tokyo", *event("DTSTART:20260706T100000", "DURATION:PT1H", uid="two")),
        ),
        ["20260706T0100/20260706T0200", "20260706T1400/20260706T1500"],
    ),
    (
        "one name, two definitions",
        (
            (*zone("Here", *EASTERN_RULES), *event("DTSTART;TZID=Here:20260706T100000", "DURATION:PT1H")),
            (
                *zone("Here", "BEGIN:STANDARD", "DTSTART:19700101T000000", "TZOFFSETFROM:+0900", "TZOFFSETTO:+0900", "END:STANDARD"),
                *event("DTSTART;TZID=Here:20260706T100000", "DURATION:PT1H", uid="two"),
            ),
        ),
        ["20260706T0100/20260706T0200", "20260706T1400/20260706T1500"],
    ),
]  # fmt: skip
# Each row: name, email, whether the failure is final.
_HEAD = "From: MAILER-DAEMON@mx.home.example\nTo: interviews@listening-post.example\nMIME-Version: 1.0\n"
_COPY = (
    "From: Listening Post <interviews@listening-post.example>\nTo: dev@home.example\nSubject: {title}\n"
    "Message-ID: <42963f48-cbe4-4b6f-8d9c-0be538fb43bc@listening-post.example>\n\nHello. Warning: this may be delayed.\n"
)


def report(
    subject: str, words: str, fields: str, *, kind: str = "delivery-status", title: str = "Your interview"
) -> str:
    return (
        f"{_HEAD}Subject: {subject}\nContent-Type: multipart/report; report-type={kind}; boundary=RR\n\n"
        f"--RR\nContent-Type: text/plain\n\n{words}\n\n--RR\nContent-Type: message/{kind}\n\n{fields}\n"
        f"--RR\nContent-Type: message/rfc822\n\n{_COPY.format(title=title)}\n--RR--\n"
    )


GROUP = "Final-Recipient: rfc822; dev@home.example\nAction: {}\nStatus: {}\n"
MTA = "Reporting-MTA: dns; mx.home.example\n\n"
BOUNCES: list[tuple[str, str, bool | None]] = [
    ("without recipients, a delay by its subject", report("Delivery Status Notification (Delay)", "Not delivered yet. We will retry.", MTA), False),
    ("without recipients, Postfix still tries", report("Delayed Mail (still being retried)", "Could not be delivered yet", MTA), False),
    ("without recipients, a failure about a call with a delay in its title", report("Undelivered Mail Returned to Sender", "Not delivered.", MTA, title="Delayed discharge"), True),
    ("an action in capitals", report("Undeliverable", "x", MTA + GROUP.format("Failed", "5.0.0")), True),
    ("the action says delayed, the words failure", report("failure notice", "x", MTA + GROUP.format("delayed", "4.4.1")), False),
    ("internationalised, delayed", report("Delayed", "x", MTA + GROUP.format("delayed", "4.4.1"), kind="global-delivery-status"), False),
    ("internationalised, in base64", "", True),
    ("one group alone", report("Undeliverable", "x", "Reporting-MTA: dns; a.example\n" + GROUP.format("failed", "5.1.1")), True),
    ("plain, the name of the call says warning", f"{_HEAD}Subject: Mail delivery failed: returning message to sender\n\nA message could not be delivered.\n\n  dev@home.example\n    550 unknown\n\n------ This is a copy of the message, including all the headers. ------\n\n{_COPY.format(title='Warning signs: a call')}", True),
    ("plain, still tries", f"{_HEAD}Subject: Warning: message delayed 24 hours\n\nYour message has not yet been delivered. It will be tried again.\n\n{_COPY.format(title='x')}", False),
    ("a letter of a person", "From: dev@home.example\nSubject: failure notice\n\nI failed to come.\n", None),
]  # fmt: skip
# Each row: name, lines of the event, PARTSTAT, comment.
REPLIES: list[tuple[str, tuple[str, ...], str, str | None]] = [
    ("two backslash-quotes", (r'ATTENDEE;CN="\"Dev\" O;Brien";PARTSTAT=DECLINED:mailto:dev@home.example',), "DECLINED", None),
    ("a backslash-quote and a semicolon", (r'ATTENDEE;CUTYPE=INDIVIDUAL;CN="Dev \"the man\"; MD";PARTSTAT=ACCEPTED;RSVP=TRUE:mailto:dev@home.example',), "ACCEPTED", None),
    ("a backslash-quote behind the answer", (r'ATTENDEE;PARTSTAT=TENTATIVE;CN="O\"B":mailto:dev@home.example',), "TENTATIVE", None),
    ("a backslash as itself", ('ATTENDEE;CN="HOME\\\\";PARTSTAT=DECLINED:mailto:dev@home.example',), "DECLINED", None),
    ("an ampersand and an apostrophe", ("ATTENDEE;PARTSTAT=DECLINED;X-RESPONSE-COMMENT=\"Q&amp;A isn&#39;t on\":mailto:dev@home.example",), "DECLINED", "Q&A isn't on"),
    ("a note as the event's comment", ("ATTENDEE;PARTSTAT=DECLINED:mailto:dev@home.example", "COMMENT:5 &lt; 6\\, yes"), "DECLINED", "5 < 6, yes"),
]  # fmt: skip
# Each row: as written, as mail servers are asked for it.
ADDRESSES = [
    ("Dev@Straße.example", "dev@xn--strae-oqa.example"),
    ("dev@STRASSE.example", "dev@strasse.example"),
    ("dev@βόλος.example", "dev@xn--nxasmm1c.example"),
    ("dev@bücher.example", "dev@xn--bcher-kva.example"),
    ("dev@xn--strae-oqa.example", "dev@xn--strae-oqa.example"),
    ("dev@home_.example", "dev@home_.example"),
    ("dev@faß.Straße.example", "dev@xn--fa-hia.xn--strae-oqa.example"),
    ("dev@BÜCHER。example", "dev@xn--bcher-kva.example"),
]
