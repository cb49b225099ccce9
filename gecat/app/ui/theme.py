"""How the app looks: calm, readable from the back of a room, nothing fetched from elsewhere.

Every pair of text and ground keeps the contrast of WCAG AA (4.5 to 1), in light and in dark.
"""

import gradio as gr

from gecat.files import asset

# Fonts that systems bring along, the Chinese ones included.
SANS = (
    "system-ui",
    "Segoe UI",
    "Roboto",
    "Noto Sans",
    "PingFang SC",
    "Microsoft YaHei",
    "Noto Sans CJK SC",
    "sans-serif",
)
MONO = ("ui-monospace", "Cascadia Mono", "Menlo", "DejaVu Sans Mono", "monospace")


def make_theme():
    """Returns the theme: teal on slate, wide spacing, soft corners."""
    return gr.themes.Base(
        primary_hue="teal",
        secondary_hue="teal",
        neutral_hue="slate",
        radius_size="lg",
        font=[gr.themes.Font(name) for name in SANS],
        font_mono=[gr.themes.Font(name) for name in MONO],
    ).set(
        body_background_fill="*neutral_50",
        body_background_fill_dark="*neutral_950",
        body_text_color="*neutral_800",
        body_text_color_subdued="*neutral_600",
        body_text_color_subdued_dark="*neutral_300",
        color_accent="*primary_700",
        block_background_fill="white",
        block_border_width="1px",
        block_border_color="*neutral_200",
        block_shadow="0 1px 2px rgba(15, 23, 42, .05)",
        block_label_text_color="*neutral_700",
        block_label_text_color_dark="*neutral_200",
        block_title_text_color="*neutral_700",
        block_title_text_color_dark="*neutral_200",
        block_info_text_color="*neutral_600",
        block_info_text_color_dark="*neutral_300",
        input_placeholder_color="*neutral_500",
        input_placeholder_color_dark="*neutral_400",
        link_text_color="*primary_700",
        link_text_color_dark="*primary_300",
        link_text_color_visited="*primary_700",
        link_text_color_visited_dark="*primary_300",
        slider_color="*primary_700",
        slider_color_dark="*primary_400",
        button_primary_background_fill="*primary_700",
        button_primary_background_fill_dark="*primary_700",
        button_primary_background_fill_hover="*primary_800",
        button_primary_background_fill_hover_dark="*primary_800",
        button_primary_text_color="white",
        button_secondary_background_fill="white",
        button_secondary_border_color="*neutral_300",
        button_secondary_text_color="*neutral_800",
    )


LOGO = asset("figures", "logo.svg")
