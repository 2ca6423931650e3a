"""What an export says of the call itself, and what only its JSON has, so that everything can be rebuilt."""

from typing import Any

from evidence import consent
from evidence.models import Call, Contribution
from evidence.schedule import Question, Section
from review.exports.exported_call import ExportedQuestion
from review.exports.xml_text import clean_for_files
from review.reading.questions import CallQuestion


def build_question(item: CallQuestion) -> ExportedQuestion:
    question = item.question
    cleaned = Question(
        key=question.key,
        prompt=clean_for_files(question.prompt),
        details=tuple(clean_for_files(detail) for detail in question.details),
        kind=question.kind,
    )
    section = Section(item.section.key, clean_for_files(item.section.title), ())
    return ExportedQuestion(section, cleaned, item.is_asked_now)


def build_call_data(call: Call) -> dict[str, Any]:
    """The call as in docs/formats.md, with every version of its schedule."""
    return {
        "title": call.title,
        "slug": call.slug,
        "opens_on": call.opens_on.isoformat(),
        "closes_on": call.closes_on.isoformat(),
        "zone": call.zone,
        "interview_minutes": call.interview_minutes,
        "aims": [{"key": aim.key, "text": aim.text} for aim in call.aims],
        "places": list(call.area_types),
        "sites": [
            {"key": site.key, "title": site.title, "target": [site.target_low, site.target_high]} for site in call.sites
        ],
        "ways": list(call.participation_modes),
        "consent": [{"use": term.use.value, "wording": term.wording} for term in call.consent_terms],
        "glossary": list(call.glossary),
        "language": call.language,
        "schedules": [version.content for version in call.versions],
    }


def build_contribution_data(row: Contribution) -> dict[str, Any]:
    decisions = consent.list_decisions(row.participant_id, row.call_id)
    return {
        "state": row.state.value,
        "created_at": row.created_at.isoformat(),
        "given_as": row.respondent_type.value if row.respondent_type else None,
        "shows": row.finding.value if row.finding else None,
        "places": sorted(one.area_type for one in row.area_types),
        "aims": sorted(one.aim_key for one in row.aims),
        "consent": [
            {
                "use": one.use.value,
                "is_allowed": one.is_allowed,
                "wording": one.wording,
                "decided_at": one.decided_at.isoformat(),
            }
            for one in decisions
        ],
    }
