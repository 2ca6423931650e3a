"""What tells a new question from a probe, and an interview that is read out from a free one. No model is loaded."""

from evidence.schedule import Question, Schedule, Section
from tests.support.hashed_similarity import HashedSimilarity
from transcripts.mapping.feature_weights import AskingStyle, WeightSet, load_weights
from transcripts.mapping.features import EmbeddedInterview, Features
from transcripts.mapping.flow_features import add_flow_features
from transcripts.mapping.interview_mapper import MIN_SCRIPT_ADHERENCE
from transcripts.mapping.wording_features import add_wording_features
from transcripts.text.spoken import SpokenSegment

KITCHEN = Schedule(
    "Kitchens",
    (
        Section(
            "all",
            "All",
            (Question("stove", "What stove does the kitchen have?"), Question("shop", "Where do you buy bread?")),
        ),
    ),
)
TALK = (
    ("A", "What stove does the kitchen have?"),
    ("B", "The stove is iron, an old iron stove that burns wood."),
    ("B", "We carry wood to the stove every morning."),
    ("A", "How much wood does the iron stove burn?"),
    ("B", "A basket of wood, more when the stove is cold."),
    ("A", "Where do you buy bread?"),
    ("B", "At the market, the bread stall by the bridge."),
    ("B", "Fridays the market is closed and we bake bread."),
)
PROBE, NEXT_QUESTION = 3, 5
IN_OTHER_WORDS = {0: "Right, so tell me how you cook.", 5: "Do you go out for your loaves at all?"}


def reading_of(other_words: dict[int, str]) -> EmbeddedInterview:
    segments = [
        SpokenSegment(i, i * 6.0, i * 6.0 + 5.5, other_words.get(i, text), speaker)
        for i, (speaker, text) in enumerate(TALK)
    ]
    return EmbeddedInterview(segments, KITCHEN, HashedSimilarity())


def features_of(reading: EmbeddedInterview) -> Features:
    features = Features(len(reading.questions))
    add_flow_features(features, reading)
    add_wording_features(features, reading)
    return features


def test_a_probe_goes_on_about_what_was_said_and_a_new_question_does_not() -> None:
    opening = features_of(reading_of({})).opening

    assert opening["continues"][PROBE] > opening["continues"][NEXT_QUESTION] + 0.2


def test_cohesion_is_lowest_where_the_subject_changes() -> None:
    cohesion = features_of(reading_of({})).opening["cohesion"]

    assert int(cohesion[1:-1].argmin()) + 1 == NEXT_QUESTION


def test_reading_the_schedule_out_is_distinguished_from_free_talk() -> None:
    assert reading_of({}).script_adherence > MIN_SCRIPT_ADHERENCE > reading_of(IN_OTHER_WORDS).script_adherence


def test_each_manner_has_weights_of_its_own_where_they_were_fitted() -> None:
    assert load_weights(WeightSet.COLD, AskingStyle.SCRIPTED) != load_weights(WeightSet.COLD, AskingStyle.FREE)
    assert load_weights(WeightSet.MEETING, AskingStyle.SCRIPTED) == load_weights(WeightSet.MEETING, AskingStyle.FREE)
