"""Where a visitor gives a photo: the same in every tab that takes one."""

import gradio as gr

PHOTO_HEIGHT = 400  # of the page's photo and its results, in CSS pixels


def photo_input(words, name, height, **options):
    """Returns a component that hands the file over as it is: our own reader looks into it.

    Args:
        words: of the page, in its language.
        name: of the element.
        height: in CSS pixels.
        **options: of the component.
    """
    return gr.Image(
        label=words.page.photo,
        placeholder=words.page.photo_prompt,
        sources=["upload", "webcam", "clipboard"],
        type="filepath",
        image_mode=None,
        height=height,
        buttons=[],
        elem_id=name,
        **options,
    )
