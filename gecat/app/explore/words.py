"""The words of the Explore tab, in English and in Chinese.

Every figure has a title and one sentence that says how to read it: the pair (title, sentence).
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class ExploreWords:
    """The words of one language; {names} in braces are filled in where they are used."""

    tab: str
    intro: str
    waiting: str
    # Under every figure.
    reading: str
    how_to_read: str
    save_png: str
    save_csv: str
    chart: dict[str, str]  # from the charts' English words
    # Inside the generator.
    generator: str  # short: all five must fit on a phone
    generator_intro: str
    stages: str
    encoder: str
    bottleneck: str
    decoder: str
    likeness: str
    logits: str
    mask: str
    refined: str
    stage_figure: tuple[str, str]
    stage_scale: tuple[str, str, str]
    likeness_figure: tuple[str, str]
    logits_figure: tuple[str, str]
    mask_figure: tuple[str, str]
    refined_figure: tuple[str, str]
    probability: str
    logit: str
    log_ratio: str
    click_here: str
    occlusion_figure: tuple[str, str]
    occlusion_scale: str
    occlusion_waiting: str
    # Inside the critic.
    critic: str
    critic_intro: str
    start_from: str
    starts: tuple[str, str, str]
    grow: str
    shift_right: str
    shift_down: str
    cut: str
    mend: str
    shown_figure: tuple[str, str]
    shown_scale: str
    map_figure: tuple[str, str]
    map_scale: str
    scale_figure: tuple[str, str]
    scale_missing: str
    scale_sentence: str
    # Beat the generator.
    duel: str
    duel_intro: str
    canvas: str
    take_mask: str
    take_nothing: str
    ask: str
    duel_won: str
    duel_lost: str
    duel_even: str
    duel_empty: str
    duel_waiting: str
    generator_score: str
    your_score: str
    generator_map: str
    your_map: str
    improve: str
    improve_steps: str
    improve_step: str
    improve_figure: tuple[str, str]
    # One cycle.
    cycle: str
    cycle_intro: str
    cycle_run: str
    line_figure: tuple[str, str]
    plane_figure: tuple[str, str]
    angles_figure: tuple[str, str]
    the_critic: str
    the_generator: str
    fingerprint: str
    fingerprint_how: str
    before: str
    after: str
    same: str
    changed: str
    # Many photos.
    folder: str
    folder_intro: str
    folder_run: str
    folder_show: str
    filters: tuple[str, str, str, str]
    folder_photos: str
    folder_figure: tuple[str, str]
    folder_done: str


ENGLISH = ExploreWords(
    tab="Explore",
    intro="Look at one photo through both networks, and argue with the critic. These are the "
    "networks that ship, and masks as the generator makes them: Segment refines its masks, so its "
    "scores differ.",
    waiting="Choose a photo, or click an example.",
    reading="Point at the picture to read its values.",
    how_to_read="How to read it:",
    save_png="Save PNG",
    save_csv="Save CSV",
    chart={},
    generator="Generator",
    generator_intro="**Inside the generator.** "
    "From the photo to its mask, stage by stage. Click a stage to look closer.",
    stages="Stages",
    encoder="Encoder {number}",
    bottleneck="Bottleneck",
    decoder="Decoder {number}",
    likeness="Likeness",
    logits="Logits",
    mask="Mask",
    refined="Refined mask",
    stage_figure=(
        "{stage}: {channels} channels at {width} × {height}",
        "Places of one colour look the same to this stage; a colour means the same in every photo. "
        "The three main directions of its channels hold {explained} of what it knows.",
    ),
    stage_scale=("first component", "second", "third"),
    likeness_figure=(
        "What looks like the object in this photo",
        "The first mask counts looks inside and outside of itself, as GrabCut counts colours. Red "
        "looks are commoner inside, blue ones outside; the last layer mends the mask by this.",
    ),
    logits_figure=(
        "Logits, before the sigmoid",
        "Red speaks for object and blue against; black is undecided, and the further from 0, "
        "the surer.",
    ),
    mask_figure=(
        "The mask",
        "The brighter, the more probably object; 0.5 is the usual threshold.",
    ),
    refined_figure=(
        "The mask after refinement",
        "As the mask, but its edge follows the photo's own edges; compare it with the one before.",
    ),
    probability="probability of object",
    logit="logit",
    log_ratio="logarithm of the ratio",
    click_here="Click a place in the photo: what decides it?",
    occlusion_figure=(
        "What decides the marked place",
        "Each part of the photo was covered in turn. Red parts make the marked place an object, "
        "blue parts speak against it, and black parts do not matter.",
    ),
    occlusion_scale="fall of the logit when covered",
    occlusion_waiting="Click the photo, and the parts that decide that place appear here. "
    "The first click takes a second or two.",
    critic="Critic",
    critic_intro="**Inside the critic.** "
    "Spoil the mask and watch the critic's score and its map answer.",
    start_from="Begin with",
    starts=("The generator's mask", "Everything", "Nothing"),
    grow="Grow or shrink, % of the side",
    shift_right="Shift right, % of the side",
    shift_down="Shift down, % of the side",
    cut="Cut away, % of the object",
    mend="Undo the spoiling",
    shown_figure=(
        "The mask that is shown to the critic",
        "The bright part is what the mask calls object; everything else is dimmed.",
    ),
    shown_scale="mask",
    map_figure=(
        "Where the critic doubts the mask",
        "The brighter a place glows, the more the critic believes that the mask is wrong there.",
    ),
    map_scale="probability that the mask is wrong here",
    scale_figure=(
        "This score among masks whose truth is known",
        "The further right the line stands, past the spoiled masks and among the true ones, the "
        "more this mask looks like a right one to the critic.",
    ),
    scale_missing="The scale is missing: these weights came without the critic's answers on masks "
    "whose truth is known. <code>python -m gecat bench quality --discriminator --scale</code> "
    "writes them.",
    scale_sentence="Higher than {spoiled} of spoiled masks and {true} of true ones. Masks of the "
    "generator with such scores had an IoU of {low} to {high}, typically {middle}.",
    duel="Duel",
    duel_intro="**Beat the generator.** Paint the object. The critic, who saw neither of you work, "
    "scores both masks; the generator's is cut at one half, since paint has no doubts either.",
    canvas="Paint here",
    take_mask="Begin with the generator's mask",
    take_nothing="Begin with nothing",
    ask="Ask the critic",
    duel_won="You win: the critic prefers your mask.",
    duel_lost="The generator wins: the critic prefers its mask.",
    duel_even="A draw: the critic cannot tell which is better.",
    duel_empty="Paint something first.",
    duel_waiting="Paint a mask and ask the critic: its verdict appears here.",
    generator_score="Generator",
    your_score="You",
    generator_map="Doubts about the generator's mask",
    your_map="Doubts about your mask",
    improve="Improve my mask",
    improve_steps="Your mask, step by step up the critic's gradient",
    improve_step="Step {step}: {score}",
    improve_figure=(
        "The score on the way",
        "Each step follows the critic's gradient; a mask that pleases the critic more need not be "
        "a better mask, which is why the generator also has its anchor.",
    ),
    cycle="Epoch",
    cycle_intro="**One gradient epoch.** "
    "Runs one cycle of the training on these weights, your photo among seven others, "
    "and looks at what the generator walked over. Nothing is saved. It takes up to a minute.",
    cycle_run="Run one cycle",
    line_figure=(
        "The loss along two directions from one point (step {step})",
        "Blue is the way that was taken, orange plain steepest descent from the same place; a step "
        "is accepted only where the loss is below the dashed Armijo line.",
    ),
    plane_figure=(
        "The ground that the steps crossed",
        "Dark is low: from the start each step should lead into darker colours, on ground that "
        "stands still because critic, batch and random draws are frozen.",
    ),
    angles_figure=(
        "How far each gradient turned from the last",
        "Near the dashed line the new gradient is at right angles to the old one: the step had "
        "used up its direction. Small angles mean steps that were too short.",
    ),
    the_critic="Critic",
    the_generator="Generator",
    fingerprint="Fingerprints (SHA-256 of all weights)",
    fingerprint_how="The critic's fingerprint is the same before and after, to the last bit: it "
    "stood still. The generator's is another: it moved.",
    before="before",
    after="after",
    same="the same",
    changed="changed",
    folder="Photos",
    folder_intro="**Many photos.** "
    "Up to {count} photos, sorted from the mask that fits best to the one that fits "
    "least.",
    folder_run="Score all",
    folder_show="Show",
    filters=("All", "Empty masks", "Full masks", "Doubtful masks"),
    folder_photos="From fits to does not fit",
    folder_figure=(
        "The critic's scores of these photos",
        "Each bar counts the photos whose mask got such a score; those on the left are worth a "
        "second look.",
    ),
    folder_done="{count} photos scored, {shown} shown.",
)

CHINESE = ExploreWords(
    tab="探索",
    intro="用两个网络的眼睛看一张照片，并与判别器争论。这里用的是自带的网络和生成器直接给出的掩膜；"
    "“分割”页会细化掩膜，因此评分不同。",
    waiting="选择一张照片，或点击一个示例。",
    reading="将指针移到图上即可读取数值。",
    how_to_read="如何阅读：",
    save_png="保存 PNG",
    save_csv="保存 CSV",
    chart={
        "score": "评分",
        "share of the masks": "掩膜所占比例",
        "spoiled masks": "被破坏的掩膜",
        "true masks": "真实掩膜",
        "this mask": "此掩膜",
        "photos": "照片数",
        "step": "步",
        "the generator's mask": "生成器的掩膜",
        "your mask": "您的掩膜",
        "distance walked": "走过的距离",
        "generator's loss": "生成器的损失",
        "steepest descent": "最速下降",
        "conjugate direction": "共轭方向",
        "step taken": "所走的一步",
        "along the whole path": "沿整条路径",
        "across it": "垂直于路径",
        "start": "起点",
        "between steps": "步与步之间",
        "angle in degrees": "角度（度）",
        "right angle": "直角",
    },
    generator="生成器",
    generator_intro="**生成器内部。** 从照片到掩膜，逐级查看。点击一级可放大。",
    stages="各级",
    encoder="编码器 {number}",
    bottleneck="瓶颈",
    decoder="解码器 {number}",
    likeness="相似度",
    logits="对数几率",
    mask="掩膜",
    refined="细化后的掩膜",
    stage_figure=(
        "{stage}：{channels} 个通道，{width} × {height}",
        "颜色相同的地方在这一级看来是一样的，同一颜色在每张照片中含义相同。"
        "通道的三个主方向包含其信息的 {explained}。",
    ),
    stage_scale=("第一主成分", "第二", "第三"),
    likeness_figure=(
        "这张照片里什么像物体",
        "初步的掩膜统计自身内外的外观，正如 GrabCut 统计颜色。红色外观多见于内部，蓝色多见于外部；"
        "最后一层据此修正掩膜。",
    ),
    logits_figure=(
        "对数几率（sigmoid 之前）",
        "红色支持物体，蓝色反对；黑色未定，离 0 越远越肯定。",
    ),
    mask_figure=("掩膜", "越亮越可能是物体；通常以 0.5 为阈值。"),
    refined_figure=("细化后的掩膜", "与掩膜相同，但边缘贴合照片自身的边缘；可与上一级比较。"),
    probability="是物体的概率",
    logit="对数几率",
    log_ratio="比值的对数",
    click_here="点击照片中的一处：是什么决定了它？",
    occlusion_figure=(
        "是什么决定了所标的位置",
        "照片的每一部分都被依次遮住。红色部分使所标位置成为物体，蓝色部分反对，黑色部分无关。",
    ),
    occlusion_scale="遮住后对数几率的下降",
    occlusion_waiting="点击照片，决定该处的部分就会显示在这里。第一次点击需要一两秒。",
    critic="判别器",
    critic_intro="**判别器内部。** 破坏掩膜，看判别器的评分和评分图如何回应。",
    start_from="起始掩膜",
    starts=("生成器的掩膜", "全部", "空"),
    grow="放大或缩小（边长的 %）",
    shift_right="右移（边长的 %）",
    shift_down="下移（边长的 %）",
    cut="切除（物体的 %）",
    mend="撤销破坏",
    shown_figure=("展示给判别器的掩膜", "明亮的部分是掩膜所说的物体，其余部分变暗。"),
    shown_scale="掩膜",
    map_figure=("判别器怀疑掩膜的地方", "越亮的地方，判别器越认为掩膜在那里是错的。"),
    map_scale="掩膜在此处出错的概率",
    scale_figure=(
        "此评分在已知真值的掩膜中的位置",
        "竖线越靠右（越过被破坏的掩膜，落在真实掩膜之中），在判别器看来此掩膜就越像正确的掩膜。",
    ),
    scale_missing="缺少标尺：这些权重没有附带判别器对已知真值掩膜的回答。"
    "可用 <code>python -m gecat bench quality --discriminator --scale</code> 生成。",
    scale_sentence="高于 {spoiled} 的被破坏掩膜和 {true} 的真实掩膜。"
    "生成器得到此类评分的掩膜，IoU 为 {low} 至 {high}，通常为 {middle}。",
    duel="对决",
    duel_intro="**胜过生成器。** 请画出物体。判别器没有看到你们如何画，它给两个掩膜打分；"
    "画笔没有犹豫，所以生成器的掩膜也以二分之一为界。",
    canvas="在此绘画",
    take_mask="从生成器的掩膜开始",
    take_nothing="从空白开始",
    ask="询问判别器",
    duel_won="您赢了：判别器更喜欢您的掩膜。",
    duel_lost="生成器赢了：判别器更喜欢它的掩膜。",
    duel_even="平局：判别器分不出哪个更好。",
    duel_empty="请先画一些内容。",
    duel_waiting="画出掩膜并询问判别器，结论会显示在这里。",
    generator_score="生成器",
    your_score="您",
    generator_map="对生成器掩膜的怀疑",
    your_map="对您的掩膜的怀疑",
    improve="改进我的掩膜",
    improve_steps="您的掩膜沿判别器的梯度逐步变化",
    improve_step="第 {step} 步：{score}",
    improve_figure=(
        "途中的评分",
        "每一步都沿判别器的梯度；更讨判别器喜欢的掩膜不一定是更好的掩膜，因此生成器还有锚定项。",
    ),
    cycle="周期",
    cycle_intro="**一个梯度周期。** "
    "在这些权重上运行一个训练周期（您的照片与另外七张一起），看生成器走过了什么。"
    "不保存任何内容，最多需要一分钟。",
    cycle_run="运行一个周期",
    line_figure=(
        "从同一点沿两个方向的损失（第 {step} 步）",
        "蓝色是所走的方向，橙色是从同一处的最速下降；"
        "只有损失低于 Armijo 虚线的地方，步长才可接受。",
    ),
    plane_figure=(
        "各步走过的地形",
        "深色为低：从起点开始，每一步都应走向更深的颜色；"
        "判别器、批次和随机数都已冻结，因此地形不动。",
    ),
    angles_figure=(
        "每个梯度相对上一个转了多少",
        "接近虚线时，新梯度与旧梯度成直角：这一步已用尽其方向。角度小说明步子太短。",
    ),
    the_critic="判别器",
    the_generator="生成器",
    fingerprint="指纹（全部权重的 SHA-256）",
    fingerprint_how="判别器的指纹前后完全相同，一位不差：它没有动。生成器的指纹不同：它动了。",
    before="之前",
    after="之后",
    same="相同",
    changed="已改变",
    folder="多张",
    folder_intro="**多张照片。** 最多 {count} 张照片，从最相符的掩膜排到最不相符的。",
    folder_run="全部评分",
    folder_show="显示",
    filters=("全部", "空掩膜", "满掩膜", "存疑的掩膜"),
    folder_photos="从相符到不相符",
    folder_figure=(
        "判别器对这些照片的评分",
        "每根柱表示掩膜得到此类评分的照片数；左边的值得再看一眼。",
    ),
    folder_done="已评分 {count} 张照片，显示 {shown} 张。",
)

IN_LANGUAGE = {"en": ENGLISH, "zh": CHINESE}
