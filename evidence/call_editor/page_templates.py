"""Texts to start from for the privacy notice, the accessibility statement and the terms. What is in square brackets
is
for the coordinator to fill in. Pure."""

import re

UNFILLED = re.compile(r"\[[^\]\n]{3,}\](?!\()")

PRIVACY_NOTICE = """## Who we are

{name} runs this service and decides how your information is used (we are the “controller”). You can contact us about
your information: {contact}

## What we collect

- What you write or say in answer to our questions. This can include information about health.
- Your email address or phone number and, if you give them, your name, postal address and what you need to take part.
- For interviews: the recording and a written transcript, if you agree.
- Technical records that keep the service safe, such as when a page was changed. We use one cookie, which keeps you
  signed in to your own page. We do not follow what you do on other websites.

## Why, and on what basis

We use your answers to [say what the evidence is for]. We rely on your **consent**, and for information about health
on
your **explicit consent**. We ask for each use one by one. You can change your mind at any time on your own page, and
taking part does not depend on it.

## Who can see it

People on our team who work on this call. Recordings and transcripts are kept encrypted on computers run by [who
runs the
computers, and in which country]. Transcription happens on these computers. We share what you said with others only
if you
allow it: [name the partners, or write that there are none].

## How long we keep it

[For example: recordings until the transcript is checked, at most six months; answers until two years after the
report.]
If you withdraw, we stop using your words straight away and erase recordings and transcripts within 30 days.

## Your rights

You can ask for a copy of your information, ask us to correct or erase it, ask us to restrict how we use it, object,
and
take your consent back. Use your own page, or contact us. If you are not happy with our answer, you can complain to
the
Information Commissioner’s Office: [ico.org.uk/make-a-complaint](https://ico.org.uk/make-a-complaint/), 0303 123 1113.
"""

ACCESSIBILITY_STATEMENT = """We want as many people as possible to be able to use this website.

You should be able to:

- use every page with a keyboard, a screen reader or speech recognition
- zoom to 400% without losing text
- take part without JavaScript
- take part without email: ask us for a letter or a phone call

## How accessible this website is

We aim for level AA of the [Web Content Accessibility Guidelines 2.2](https://www.w3.org/TR/WCAG22/).
[Say what you know does not work yet, or that you know of nothing.]

## If you need something in another way

Ask us for large print, easy read, audio or another language, or for help with the form: {contact}
We answer within [number] working days.

## If something does not work

Please tell us. If you are not happy with our answer, contact the [Equality Advisory and Support
Service](https://www.equalityadvisoryservice.com/).

## How we tested

[Say when and how this website was last tested.]
"""

TERMS = """## Taking part

Taking part is your choice. You can stop at any time, and you do not have to say why. You need to be [16] or older,
or ask
a parent or guardian first.

## Your words

What you write and say stays yours. You allow us to use it in the ways that you say yes to, and in no other.

Please do not name other people without asking them, and do not include anything you are not allowed to share.

## What we cannot do

We read everything, but we cannot give medical or legal advice, and this is not a way to get urgent help. If
somebody is in
danger, call 999. For urgent medical advice call 111.

## This service

{name} runs this service: {contact}
We try to keep it available at all times, but cannot promise it. These terms follow the law of [England and Wales].
"""

PAGE_TEMPLATES = {
    "privacy_notice": PRIVACY_NOTICE,
    "accessibility_statement": ACCESSIBILITY_STATEMENT,
    "terms": TERMS,
}


def fill_template(column: str, *, name: str, contact: str) -> str:
    """Lines that were broken for the source run on."""
    text = PAGE_TEMPLATES[column].replace("{name}", name).replace("{contact}", contact or "[how to contact you]")
    return re.sub(r"(?<=\S)\n(?=[^\n\-#]) *", " ", text)


def list_unfilled(text: str) -> list[str]:
    return UNFILLED.findall(text)
