"""Every word that the app shows, in English and in Chinese.

A page is built in one language, so a tab takes a `Words` and never asks which language it is.
A word that lacks its translation is a missing argument: it fails when this file is imported.
"""

from dataclasses import dataclass

from gecat.app.ui.reasons import CHINESE_REASONS


@dataclass(frozen=True)
class Words:
    """The words of one language; {names} in braces are filled in where they are used."""

    language: str
    # The head of the page.
    tagline: str
    subtitle: str
    other_language: str
    reasons: tuple[tuple[str, str], ...]  # English pattern and its words
    # The Segment tab: what goes in.
    segment_tab: str
    photo: str
    photo_prompt: str
    examples: str
    refine: str
    refine_info: str
    threshold: str
    threshold_info: str
    # What comes out.
    before_after: str
    objects: str
    cutout: str
    mask: str
    new_background: str
    background_colour: str
    background_photo: str
    background_prompt: str
    download_cutout: str
    download_mask: str
    download_background: str
    waiting: str
    working: str
    score_title: str
    scores: tuple[str, str, str, str]  # from worst to best
    facts: str
    one_object: str
    many_objects: str
    no_object: str
    nothing_found: str
    nothing_left: str
    # Many photos.
    many_photos: str
    many_info: str
    many_files: str
    many_run: str
    many_results: str
    many_download: str
    many_done: str
    many_skipped: str
    many_none: str
    many_too_many: str
    many_too_large: str
    # What can go wrong.
    cannot_read: str
    no_weights_title: str
    no_weights: str
    forgotten: str
    unexpected_title: str
    unexpected: str
    bad_colour: str
    # The How it works tab.
    about_tab: str
    about: str
    about_names: dict[str, str]  # in the picture
    about_card: str
    about_no_card: str


ENGLISH = Words(
    language="en",
    tagline="Give it a photo. It finds the subject.",
    subtitle="Learned from photos alone: no mask drawn by a person, no pretrained weights.",
    other_language="中文",
    reasons=(),
    segment_tab="Segment",
    photo="Your photo",
    photo_prompt="Drop a photo here\n- or -\nClick to choose one",
    examples="Or try one of these",
    refine="Refine the edges",
    refine_info="Cuts along the photo's own edges at full resolution, in a tenth of a second.",
    threshold="Threshold",
    threshold_info="How sure a pixel must be to count as object. The score does not depend on it.",
    before_after="Before and after",
    objects="Objects",
    cutout="Cut-out",
    mask="Mask",
    new_background="New background",
    background_colour="Colour",
    background_photo="Or a picture",
    background_prompt="Drop a picture here",
    download_cutout="Download cut-out",
    download_mask="Download mask",
    download_background="Download new background",
    waiting="Choose a photo, or click an example, and its mask appears here.",
    working="Looking at the photo. The first one takes a few seconds, while the network is loaded.",
    score_title="The critic's score",
    scores=(
        "The critic does not believe this mask.",
        "The critic doubts this mask.",
        "The critic finds that this mask mostly fits.",
        "The critic is convinced by this mask.",
    ),
    facts="{objects} · {share} of the picture · {width} × {height} pixels",
    one_object="1 object",
    many_objects="{count} objects",
    no_object="No object",
    nothing_found="Nothing here stands out from its surroundings.",
    nothing_left="No pixel is as sure as this threshold asks.",
    many_photos="Many photos at once",
    many_info="Up to {count} photos, {size} MB together. Each gets its cut-out and its mask.",
    many_files="Photos",
    many_run="Segment all",
    many_results="Cut-outs",
    many_download="Download all (ZIP)",
    many_done="{count} photos segmented.",
    many_skipped="Left out:",
    many_none="Choose some photos first.",
    many_too_many="At most {limit} photos are taken at once. Received: {count}.",
    many_too_large="The photos may have {limit} MB together. Received: {size} MB.",
    cannot_read="This file cannot be used.",
    no_weights_title="No trained weights yet.",
    no_weights="The app runs, but it has no trained network to segment with. Train one with "
    "<code>python -m gecat train</code>, or start the app with <code>--weights FILE</code>.",
    forgotten="This result is no longer kept. Please give the photo again.",
    unexpected_title="That did not work.",
    unexpected="Something went wrong on our side; your photo may be fine. "
    "The details are in the server's log.",
    bad_colour="A colour is written like #1a2b3c. Received: {received}.",
    about_tab="How it works",
    about="""
### Two networks and no teacher

**The generator** looks at a photo and draws a mask: for each pixel, how likely it belongs to the
object.
**The discriminator**, the critic, looks at a photo *with* a mask and says whether they fit, once
for the picture and once for each pixel. Its score of your photo's mask is the number above the
result.

Nobody tells either of them what an object is. Three things stand in for the missing labels:

1. **A hint.** Simple rules of sight, such as "what differs from the border is probably the object",
   give a rough first mask of each training photo. The hint fades as training goes on.
2. **Composites.** A region is cut out of one photo and pasted on another. Where it was pasted is
   known to the pixel, so this is an exact exercise that needs no label.
3. **Spoiled masks.** Grown, shrunk, shifted or swapped masks teach the critic what a wrong mask
   looks like.

### The gradient epoch

In ordinary adversarial training both networks move at once, and each chases a moving target. Here
the critic is **frozen** for a whole cycle, together with the batch of photos and every random draw.
The generator then faces one fixed function, and walks down it by **nonlinear conjugate gradients**:
each step remembers the direction of the one before, and a line search finds how far to go, so there
is no learning rate to tune. When the cycle is over, the critic learns from what it has seen, and
the next cycle begins.
""",
    about_names={
        "critic": "Critic",
        "generator": "Generator",
        "learns": "learns",
        "frozen": "frozen for the whole cycle",
        "still": "waits",
        "step 1": "step 1",
        "step 2": "step 2",
        "step 3": "step 3",
        "step 4": "step 4",
        "loss": "Generator's loss",
        "fixed": "one batch, one critic, one function",
    },
    about_card="The weights in use",
    about_no_card="No weights are installed, so there is no model card to show.",
)

CHINESE = Words(
    language="zh",
    tagline="给它一张照片，它找出主体。",
    subtitle="只看照片学会：没有人工标注的掩膜，也没有预训练权重。",
    other_language="English",
    reasons=CHINESE_REASONS,
    segment_tab="分割",
    photo="您的照片",
    photo_prompt="将照片拖到这里\n- 或 -\n点击选择",
    examples="或者试试这些",
    refine="细化边缘",
    refine_info="在原始分辨率下沿照片自身的边缘裁切，多用约十分之一秒。",
    threshold="阈值",
    threshold_info="像素要有多大把握才算作物体。评分与它无关。",
    before_after="前后对比",
    objects="物体",
    cutout="抠图",
    mask="掩膜",
    new_background="更换背景",
    background_colour="颜色",
    background_photo="或一张图片",
    background_prompt="将图片拖到这里",
    download_cutout="下载抠图",
    download_mask="下载掩膜",
    download_background="下载新背景",
    waiting="选择一张照片，或点击一个示例，掩膜就会出现在这里。",
    working="正在查看照片。第一张需要几秒钟，因为要加载网络。",
    score_title="判别器评分",
    scores=(
        "判别器不相信这个掩膜。",
        "判别器对这个掩膜存疑。",
        "判别器认为这个掩膜大体相符。",
        "判别器认可这个掩膜。",
    ),
    facts="{objects} · 占画面 {share} · {width} × {height} 像素",
    one_object="1 个物体",
    many_objects="{count} 个物体",
    no_object="没有物体",
    nothing_found="这里没有从周围突显出来的东西。",
    nothing_left="没有像素达到这个阈值。",
    many_photos="一次处理多张照片",
    many_info="最多 {count} 张照片，合计 {size} MB。每张都会得到抠图和掩膜。",
    many_files="照片",
    many_run="全部分割",
    many_results="抠图",
    many_download="全部下载（ZIP）",
    many_done="已分割 {count} 张照片。",
    many_skipped="未处理：",
    many_none="请先选择照片。",
    many_too_many="一次最多处理 {limit} 张照片，收到 {count} 张。",
    many_too_large="照片合计不能超过 {limit} MB，收到 {size} MB。",
    cannot_read="无法使用此文件。",
    no_weights_title="还没有训练好的权重。",
    no_weights="应用已运行，但没有可用于分割的网络。请用 <code>python -m gecat train</code> "
    "训练一个，或用 <code>--weights FILE</code> 启动应用。",
    forgotten="此结果已不再保留，请重新提供照片。",
    unexpected_title="操作未成功。",
    unexpected="我们这边出了问题，您的照片可能没有问题。详情见服务器日志。",
    bad_colour="颜色的写法如 #1a2b3c，收到：{received}。",
    about_tab="工作原理",
    about="""
### 两个网络，没有老师

**生成器**看一张照片并画出掩膜：每个像素属于物体的可能性。
**判别器**看一张照片*和*一个掩膜，判断两者是否相符：对整张图判断一次，对每个像素再判断一次。
结果上方的数字就是它给您这张照片的掩膜打的分。

没有人告诉它们什么是物体。三样东西代替了缺失的标注：

1. **提示。** 简单的视觉规则（例如"与边框不同的很可能是物体"）为每张训练照片给出粗略的初始掩膜。
   随着训练进行，提示逐渐减弱。
2. **合成。** 从一张照片剪下一块区域贴到另一张上。贴在哪里精确到像素，因此这是无需标注的精确练习。
3. **破坏的掩膜。** 放大、缩小、平移或调换的掩膜教会判别器什么是错误的掩膜。

### 梯度周期

普通的对抗训练中两个网络同时移动，彼此追逐变动的目标。这里，判别器在整个周期内被**冻结**，
同一批照片和所有随机数也一同冻结。生成器于是面对一个固定的函数，用**非线性共轭梯度**向下走：
每一步都记得上一步的方向，线搜索决定走多远，因此没有学习率需要调节。
周期结束后，判别器从所见中学习，下一个周期开始。
""",
    about_names={
        "critic": "判别器",
        "generator": "生成器",
        "learns": "学习",
        "frozen": "整个周期内冻结",
        "still": "等待",
        "step 1": "第 1 步",
        "step 2": "第 2 步",
        "step 3": "第 3 步",
        "step 4": "第 4 步",
        "loss": "生成器的损失",
        "fixed": "同一批照片、同一判别器、同一函数",
    },
    about_card="正在使用的权重",
    about_no_card="没有安装权重，因此没有模型卡可显示。",
)


def score_in_words(score, words):
    """Says in a sentence what the critic's score means.

    Args:
        score: the critic's score of a mask, from 0 to 1.
        words: the language.

    Returns:
        one of `words.scores`: a quarter of the range each, from worst to best.
    """
    return words.scores[min(3, max(0, int(score * 4)))]


def count_in_words(count, words):
    """Says how many objects there are: "No object", "1 object", "3 objects"."""
    if count == 0:
        return words.no_object
    return words.one_object if count == 1 else words.many_objects.format(count=count)
