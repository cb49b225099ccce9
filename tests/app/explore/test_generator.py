from types import SimpleNamespace

from gecat.app.explore.generator import GeneratorActions
from gecat.i18n import words

ENGLISH = words("en").explore


def test_without_a_photo_it_waits(explorer):
    actions = GeneratorActions(explorer)
    assert actions.open(None)["stages"] == []
    assert ENGLISH.waiting in actions.show(None, 3)["figure"]


def test_all_stages_are_shown_and_each_can_be_opened(explorer, ticket):
    actions = GeneratorActions(explorer)
    opened = actions.open(ticket)
    names = [name for _, name in opened["stages"]]
    assert names[0] == "Encoder 1"
    assert names[names.index("Bottleneck") + 1] == "Decoder 1"
    assert names[-3:] == ["Logits", "Mask", "Refined mask"]
    assert ENGLISH.mask_figure[0] in opened["figure"]
    assert opened["photo"].shape == (72, 96, 3)
    figures = [actions.show(ticket, index)["figure"] for index in range(len(names))]
    assert len(set(figures)) == len(names)
    assert "channels at" in figures[0]


def test_the_place_that_was_clicked_is_marked(explorer, ticket):
    click = SimpleNamespace(index=(48, 36))
    figure = GeneratorActions(explorer).occlude(ticket, click)["occlusion"]
    assert 'cx="240.0" cy="180.0"' in figure  # the middle of 480 x 360
    assert ENGLISH.occlusion_scale in figure
