"""Why a file is refused, in the language of the page.

The rooms below the app say it in English sentences; here each sentence has its other languages, as
a catalogue of translations has them.
"""

import re

# English pattern -> Chinese, in which \1 is what the pattern's first group found.
CHINESE_REASONS = (
    (r"This is no picture that can be read\.", "这不是能读取的图片。"),
    (
        r"The picture is damaged or cut short, and cannot be read to its end\.",
        "图片已损坏或不完整，无法读到末尾。",
    ),
    (
        r"The picture is damaged, cut short, or of a rare kind that cannot be read\.",
        "图片已损坏、不完整，或属于无法读取的少见类型。",
    ),
    (r"The picture has no pixels\.", "图片没有像素。"),
    (
        r"The picture is too large: at most (\S+) megapixels are read\.",
        r"图片太大：最多读取 \1 百万像素。",
    ),
    (r"The file is empty\.", "文件是空的。"),
    (r"The file is too large: at most (\S+) MB are read\.", r"文件太大：最多读取 \1 MB。"),
    (r"The file cannot be opened\.", "文件无法打开。"),
    (r"There is no such file\.", "没有这个文件。"),
    (r"A photo is given as an uploaded file\.", "照片要以上传文件的方式给出。"),
    (r"A threshold is a number from 0 to 1\.", "阈值是 0 到 1 之间的数。"),
    (r"The archive is damaged\.", "压缩包已损坏。"),
    (
        r"An archive may hold at most (\S+) files and (\S+) GB unpacked\.",
        r"压缩包最多可含 \1 个文件，解压后不超过 \2 GB。",
    ),
    (r"An archive may hold no paths that lead out of it\.", "压缩包内的路径不得指向包外。"),
    (r"The \.npy file is damaged or unsafe\.", ".npy 文件已损坏或不安全。"),
    (
        r"A \.npy file must hold uint8 or float photos of shape (\(.*?\))\.",
        r".npy 文件必须是形状为 \1 的 uint8 或浮点照片。",
    ),
    (
        r"Floats must be in (.*?)\. Received: values from (\S+) to (\S+)\.",
        r"浮点数必须在 \1 之内。收到：\2 到 \3。",
    ),
    (
        r"A photo must hold numbers only\. Received: NaN or infinity\.",
        "照片只能含有数字。收到：NaN 或无穷大。",
    ),
    (
        r"At least (\d+) usable photos are needed\. Received: (\d+) usable in (.*?), (\d+) left out\.",  # noqa: E501
        r"至少需要 \1 张可用的照片。收到：\3 中有 \2 张可用，\4 张未使用。",
    ),
    (
        r"Accepted: JPEG, PNG, WebP, AVIF, GIF, BMP and TIFF\.",
        "可用：JPEG、PNG、WebP、AVIF、GIF、BMP 和 TIFF。",
    ),
    (r"Received: text\.", "收到：文本。"),
    (r"Received: a link or text\.", "收到：链接或文字。"),
    (r"Received: a folder\.", "收到：文件夹。"),
    (
        r"Received: a HEIC photo \(export it as JPEG first\)\.",
        "收到：HEIC 照片（请先导出为 JPEG）。",
    ),
    (r"Received: a video\.", "收到：视频。"),
    (r"Received: a PDF document\.", "收到：PDF 文档。"),
    (r"Received: a ZIP archive or an office document\.", "收到：ZIP 压缩包或办公文档。"),
    (r"Received: a Photoshop document\.", "收到：Photoshop 文档。"),
    (r"Received: a (JPEG XL|JPEG 2000) picture\.", r"收到：\1 图片。"),
    (r"Received: an icon\.", "收到：图标。"),
    (r"Received: a PostScript document\.", "收到：PostScript 文档。"),
    (r"Received: a compressed archive\.", "收到：压缩包。"),
    (r"Received: a NumPy array\.", "收到：NumPy 数组。"),
    (
        r"Received: an SVG drawing \(export it as PNG first\)\.",
        "收到：SVG 图形（请先导出为 PNG）。",
    ),
    (r"Received: a web page\.", "收到：网页。"),
    (r"Received: (\S+) bytes of an unknown kind\.", r"收到：\1 字节的未知内容。"),
    (r"Received: (\S+) bytes that begin as (\S+)\.", r"收到：开头像 \2 的 \1 字节。"),
    (r"Received: (\S+) bytes\.", r"收到：\1 字节。"),
    (r"(\d+ x \d+) pixels \((\S+) megapixels\)", r"\1 像素（\2 百万像素）"),
    (r"(\d+ x \d+) pixels", r"\1 像素"),
    (r"(\S+) megapixels", r"\1 百万像素"),
    (r"Received: ", "收到："),
)


def in_words(reason, reasons):
    """Returns a reason in the language of the page.

    Args:
        reason: what an ImageError, or a training, says; reasons: `Words.reasons`.

    Returns:
        str; sentences that the table does not know stay English.
    """
    for pattern, words in reasons:
        reason = re.sub(pattern, words, str(reason))
    return str(reason)
