"""Which files of a data set are photos, masks or neither, however it is laid out."""

import unicodedata

import pytest

from gecat.images.layouts import recognise

NUMBERS = range(10)


def named(photo, mask, *others):
    """Names of ten photos and ten masks, and further ones."""
    pairs = [(photo.format(number), mask.format(number)) for number in NUMBERS]
    return pairs, [name for pair in pairs for name in pair if name] + list(others)


LAYOUTS = {
    "side by side": ("images/{}.jpg", "masks/{}.png", ()),
    "capitals": ("Images/{}.JPG", "Masks/{}.PNG", ()),
    "wrapped beside a readme": ("set/images/{}.jpg", "set/masks/{}.png", ("README",)),
    "wrapped twice": ("a/b/images/{}.jpg", "a/b/masks/{}.png", ("a/LICENSE", "a/notes.txt")),
    "wrapped in a name that says photos": (
        "my photos/images/{}.jpg",
        "my photos/masks/{}.png",
        ("my photos/overview.jpg",),
    ),
    "backslashes": ("set\\images\\{}.jpg", "set\\masks\\{}.png", ("set\\README.md",)),
    "masks within": ("{}.jpg", "masks/{}.png", ("Thumbs.db",)),
    "as DUTS has it": ("DUTS-TR/DUTS-TR-Image/{}.jpg", "DUTS-TR/DUTS-TR-Mask/{}.png", ()),
    "as ECSSD has it": ("images/{:04}.jpg", "ground_truth_mask/{:04}.png", ()),
    "as VOC has it": ("VOC/JPEGImages/{}.jpg", "VOC/SegmentationClass/{}.png", ("VOC/list.csv",)),
    "parts": ("train/images/{}.jpg", "train/masks/{}.png", ()),
    "parts within": ("images/train/{}.jpg", "masks/train/{}.png", ()),
    "weakly named": ("imgs/{}.jpg", "gt/{}.png", ()),
    "elsewhere": ("pictures/{}.jpg", "annotations/masks/{}.png", ()),
    "names that say so": ("images/{}.jpg", "masks/{}_mask.png", ()),
    "names that begin so": ("images/{}.jpg", "masks/mask_{}.png", ()),
    "names with both endings": ("images/{}.jpg", "masks/{}.jpg.png", ()),
    "neighbours": ("{}.jpg", "{}_mask.png", ("desktop.ini", "list.xml")),
    "names of both kinds": ("images/{}_image.jpg", "masks/{}_label.png", ()),
    "without masks": ("images/{}.jpg", "", ("overview.png",)),
    "anywhere": ("deep/deeper/{}.jpg", "", ()),
    "photos of masks": ("masks/{}.jpg", "", ()),
}


@pytest.mark.parametrize(("photo", "mask", "others"), LAYOUTS.values(), ids=LAYOUTS)
def test_photos_and_masks_are_told_apart_and_paired(photo, mask, others):
    pairs, names = named(photo, mask, *others)
    layout = recognise(names)
    assert dict(layout.pairs) == {photo: mask or None for photo, mask in pairs}
    assert layout.unpaired == ()
    assert layout.others == tuple(sorted(others))


@pytest.mark.parametrize("forms", [("NFC", "NFD"), ("NFD", "NFC")])
def test_accents_are_written_in_two_ways(forms):
    photo, mask = (
        unicodedata.normalize(form, f"{folder}/Café é{ending}")
        for form, folder, ending in zip(forms, ("images", "masks"), (".jpg", ".png"), strict=True)
    )
    assert recognise([photo, mask]).pairs == ((photo, mask),)


def test_masks_of_no_photo_are_counted():
    layout = recognise(["images/a.jpg", "images/b.jpg", "masks/a.png", "masks/c.png"])
    assert layout.pairs == (("images/a.jpg", "masks/a.png"), ("images/b.jpg", None))
    assert layout.unpaired == ("masks/c.png",)


def test_of_two_masks_the_one_of_the_same_name_is_taken():
    names = ["images/a.jpg", "images/a_mask.jpg", "masks/a.png", "masks/a_mask.png"]
    assert dict(recognise(names).pairs)["images/a.jpg"] == "masks/a.png"


def test_equal_names_in_parts_of_a_set_stay_with_their_part():
    names = [f"{part}/{kind}/0.png" for part in ("test", "train") for kind in ("images", "masks")]
    assert dict(recognise(names).pairs) == {
        "test/images/0.png": "test/masks/0.png",
        "train/images/0.png": "train/masks/0.png",
    }


def test_weakly_named_folders_without_a_photos_name_hold_photos():
    names = ["gt/ford.jpg", "gt/audi.jpg", "suv/jeep.jpg"]
    assert dict(recognise(names).pairs) == dict.fromkeys(names)


def test_hidden_files_are_passed_over():
    layout = recognise(["a.jpg", ".DS_Store", "__MACOSX/a.jpg", ".git/b.jpg"])
    assert layout.pairs == (("a.jpg", None),)
    assert layout.others == ()


def test_what_is_no_picture_is_tried_where_photos_are_and_passed_over_elsewhere():
    layout = recognise(["set/images/a.jpg", "set/images/b.txt", "set/masks/a.png", "words.txt"])
    assert [photo for photo, _ in layout.pairs] == ["set/images/a.jpg", "set/images/b.txt"]
    assert layout.others == ("words.txt",)
