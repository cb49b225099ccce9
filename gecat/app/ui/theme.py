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


CSS = """
.gradio-container { width: 100%; max-width: 1320px !important; margin: 0 auto !important; }
/* The two pages link to each other in their head; the bar above it would say "Home" only. */
.nav-holder { display: none !important; }
/* One link needs no dot behind it. */
footer .divider { display: none !important; }

/* Gradio paints what is left of a slider in light grey on dark ground too. */
.dark input[type=range] { --neutral-200: var(--neutral-700); }

/* Gradio breaks words anywhere, so a short column would hold two letters a line. */
#card table { display: block; overflow-x: auto; border: 0; }
#card td, #card th { word-break: normal; overflow-wrap: normal; }

/* The head of the page. */
.hero { display: flex; align-items: center; gap: 16px; padding: 4px 2px; }
.hero svg { flex: none; width: 52px; height: 52px; }
.hero h1 { margin: 0; font-size: clamp(1.35rem, 2.4vw, 1.9rem); line-height: 1.2;
  font-weight: 700; letter-spacing: -.015em; color: var(--body-text-color); }
.hero p { margin: 4px 0 0; font-size: 1rem; color: var(--body-text-color-subdued); }
.hero .name { font-weight: 700; color: var(--link-text-color); }
.hero .language { margin-left: auto; flex: none; padding: 8px 14px; border-radius: 999px;
  border: 1px solid var(--border-color-primary); color: var(--link-text-color);
  text-decoration: none; font-weight: 600; background: var(--block-background-fill); }
.hero .language:hover { border-color: currentColor; }

/* The selected tab keeps its contrast in light and in dark. */
.tabs button[role=tab] { color: var(--body-text-color-subdued); font-weight: 600; }
.tabs button[role=tab][aria-selected=true] { color: var(--link-text-color); }

/* A message says itself what went wrong. */
.toast-body.error .toast-title-row { visibility: hidden; }

/* The critic's score. */
.verdict { display: grid; grid-template-columns: auto 1fr; gap: 2px 16px; align-items: center; }
.verdict .number { grid-row: span 2; font-size: 2.1rem; font-weight: 700; line-height: 1;
  font-variant-numeric: tabular-nums; color: var(--link-text-color); }
.verdict .words { font-weight: 600; color: var(--body-text-color); }
.verdict .facts { color: var(--body-text-color-subdued); font-size: .92rem; }
.verdict .meter { grid-column: 1 / -1; height: 6px; margin-top: 8px; border-radius: 3px;
  background: var(--border-color-primary); overflow: hidden; }
.verdict .meter i { display: block; height: 100%; background: var(--link-text-color); }
.waiting { color: var(--body-text-color-subdued); padding: 6px 0; }

/* White buttons on a pale page need an edge. */
button.secondary, a.secondary { border: 1px solid var(--border-color-primary); }

/* Transparency is shown as a chequerboard. */
.transparent img { background: repeating-conic-gradient(#cbd5e1 0% 25%, #f8fafc 0% 50%)
  50% / 24px 24px; }

/* The picture on a page of text. */
.figure svg { width: 100%; height: auto; }

@media (max-width: 640px) {
  .gradio-container .main.fillable { padding: 14px !important; }
  #examples > .gallery { display: grid; grid-template-columns: repeat(4, 1fr); }
  #examples > .gallery .container { width: 100%; height: auto; aspect-ratio: 1; }
  #photo, #before-after, #cutout, #mask, #objects, #composite { height: 300px !important; }
  footer { display: none !important; }
  .hero { flex-wrap: wrap; gap: 10px; }
  .hero svg { width: 36px; height: 36px; }
  .hero .text { order: 3; flex-basis: 100%; }
  .verdict .number { font-size: 1.7rem; }
}
@media (prefers-reduced-motion: reduce) { * { animation-duration: .01ms !important; } }
"""

# A reader whose browser prefers Chinese gets the Chinese page, unless English was asked for.
HEAD = """
<meta name="description" content="Segments a photo into object and background.">
<script>
// Gradio serves every page as English.
document.documentElement.lang = location.pathname.endsWith("/zh") ? "zh" : "en";
if (navigator.language.startsWith("zh") && location.pathname.endsWith("/")
    && !location.search.includes("language=en")) location.replace("zh");
</script>
"""

LOGO = asset("figures", "logo.svg")
