"""The picture of the data model is the one that the models give."""

from bench import draw_data_model


def test_the_picture_of_the_data_model_is_up_to_date() -> None:
    drawn = draw_data_model.draw_page()

    assert draw_data_model.PAGE.read_text() == drawn, "run make data-model"
