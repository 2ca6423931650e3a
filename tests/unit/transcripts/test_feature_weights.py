"""Each language model has its own file of weights; a model that none were fitted for gets those of the small one."""

import json

import pytest

from transcripts.mapping.feature_weights import WEIGHTS_FILES, AskingStyle, WeightSet, load_weights
from transcripts.mapping.model_names import SMALL_MODEL


@pytest.mark.parametrize("model", WEIGHTS_FILES)
def test_a_file_of_weights_names_its_model_and_has_every_setting(model: str) -> None:
    stored = json.loads(WEIGHTS_FILES[model].read_text(encoding="utf-8"))

    assert stored["model"] == model
    assert set(stored["sets"]) == {item.value for item in WeightSet}


@pytest.mark.parametrize("model", WEIGHTS_FILES)
@pytest.mark.parametrize(
    "setting", [WeightSet.WRITTEN, WeightSet.REVIEWED, WeightSet.MARKERS, WeightSet.MARKED_MEETING]
)
def test_no_setting_with_written_answers_at_hand_ignores_them(model: str, setting: WeightSet) -> None:
    assert load_weights(setting, AskingStyle.FREE, model)["about.written segment"] > 0


def test_an_unknown_model_gets_the_weights_of_the_small_one() -> None:
    unknown = load_weights(WeightSet.COLD, AskingStyle.FREE, "another model")

    assert unknown == load_weights(WeightSet.COLD, AskingStyle.FREE, SMALL_MODEL)
