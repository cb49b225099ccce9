"""The words of the Train tab, in English and in Chinese."""

from dataclasses import dataclass

from gecat.app.ui.reasons import CHINESE_REASONS


@dataclass(frozen=True)
class TrainWords:
    """The words of one language; {names} in braces are filled in where they are used."""

    tab: str
    intro: str
    # What a run is asked for.
    learn_from: str
    scenes: str
    my_photos: str
    files: str
    files_info: str
    seconds: str
    seconds_info: str
    begin_with: str
    begin_random: str
    begin_shipped: str
    begin_run: str
    begin_info: str
    steer: str
    steer_info: str
    preset: str
    presets: dict[str, str]
    size: str
    update_rule: str
    update_rules: dict[str, str]
    generator_steps: str
    generator_steps_info: str
    beta_rule: str
    preconditioner: str
    preconditioners: dict[str, str]
    terms: str
    term_names: dict[str, str]
    start: str
    # The runs that there are.
    run_name: str
    your_runs: str
    no_runs: str
    manage: str
    name: str
    rename: str
    longer: str
    continue_longer: str
    delete: str
    # Steering a run.
    pause: str
    resume: str
    stop: str
    step_by_step: str
    step_info: str
    who_learns: str
    parts: dict[str, str]
    one_cycle: str
    slow_motion: str
    full_speed: str
    # What is going on.
    states: dict[str, str]
    time_left: str
    cycle: str
    healed: str
    stages: dict[str, str]
    lights: dict[str, str]
    tell: dict[str, str]
    left_out: str
    reasons: tuple[tuple[str, str], ...]  # as in `text.Words`
    # What is seen.
    masks: str
    rows: tuple[str, str, str]
    back_in_time: str
    back_info: str
    curves: str
    charts: dict[str, str]
    lines: dict[str, str]
    seconds_axis: str
    critics_view: str
    critics_info: str
    critics_columns: tuple[str, str, str]
    critics_score: str
    critic_idle: str
    nothing_yet: str
    # Comparing.
    compare: str
    compare_with: str
    compare_info: str
    setting: str
    equal_settings: str
    # Taking it home.
    take_home: str
    take_info: str
    weights: str
    whole_run: str
    film: str
    command_line: str
    use_in_segment: str
    in_use: str
    back_to_shipped: str
    # What can go wrong.
    refused: str
    refusals: dict[str, str]


TRAIN_ENGLISH = TrainWords(
    tab="Train",
    intro="Watch two networks learn to see, from photos alone: no labels, no learning rate to set.",
    learn_from="Learn from",
    scenes="Drawn scenes",
    my_photos="My photos",
    files="Photos, or one ZIP of them",
    files_info="{least} to {count} photos, {size} MB together at most. They stay on this server, "
    "are seen by nobody else, and go when you delete the run.",
    seconds="Seconds to learn",
    seconds_info="You can stop earlier, or continue longer.",
    begin_with="Begin with",
    begin_random="Random weights",
    begin_shipped="The weights that ship",
    begin_run="The selected run (a fork)",
    begin_info="Trained weights bring their own networks and picture size.",
    steer="Steer the method",
    steer_info="Nothing here has to be set.",
    preset="Preset",
    presets={
        "small": "Small: learns while you watch",
        "base": "Base: larger networks, slower",
        "article": "Article: the article's own layers",
    },
    size="Side of a training picture",
    update_rule="How the generator steps",
    update_rules={
        "conjugate": "Conjugate directions against a frozen critic",
        "adam": "Plain alternating Adam",
    },
    generator_steps="Steps a cycle (K)",
    generator_steps_info="All against one frozen critic and one frozen batch.",
    beta_rule="Beta rule",
    preconditioner="Preconditioner",
    preconditioners={"second_moment": "Running second moment", "identity": "None"},
    terms="Terms of the loss",
    term_names={
        "adversarial_weight": "Critic",
        "self_training_weight": "Composites",
        "anchor_weight": "Hint",
        "area_weight": "Area",
        "binary_weight": "Decidedness",
    },
    start="Start learning",
    run_name="Run {number}",
    your_runs="Your runs",
    no_runs="No run yet. Press “Start learning”: the first masks appear within a minute.",
    manage="Rename, continue longer, delete",
    name="Name",
    rename="Rename",
    longer="Seconds in all",
    continue_longer="Continue longer",
    delete="Delete this run",
    pause="Pause",
    resume="Resume",
    stop="Stop and keep",
    step_by_step="Step by step",
    step_info="Slow motion waits at each stage of a cycle. One cycle runs it once, then pauses. "
    "Who learns counts from the next press on.",
    who_learns="Who learns",
    parts={"both": "Both", "discriminator": "Critic only", "generator": "Generator only"},
    one_cycle="One cycle",
    slow_motion="Slow motion",
    full_speed="Full speed",
    states={
        "queued": "Waiting",
        "running": "Learning",
        "paused": "Paused",
        "stopping": "Stopping",
        "stopped": "Stopped",
        "done": "Done",
        "failed": "Failed",
        "interrupted": "Interrupted",
    },
    time_left="{seconds} s left",
    cycle="cycle {cycle} · {seconds} s learned",
    healed="{count} × healed",
    stages={
        "reading": "Photos are read",
        "anchor": "Hints",
        "warm-up": "Critic practises",
        "adversarial": "Gradient epochs",
    },
    lights={
        "discriminator": "The critic learns",
        "generator": "The critic is frozen; the generator steps",
    },
    tell={
        "queued": "Number {position} in the queue: another training has to end or pause first.",
        "starting": "The training process is starting.",
        "reading": "Reading photos and drawing their hints: {done} of {total}.",
        "preparing": "The networks are being built. The first masks follow.",
        "anchor": "Hints: the generator learns from rough masks that simple rules of sight make.",
        "warm-up": "The critic practises on spoiled masks. The generator waits.",
        "critic_wins": "The discriminator is winning: masks are being pushed to change.",
        "generator_wins": "The critic can hardly tell good masks from wrong ones: it has to learn.",
        "balanced": "Critic and generator keep each other busy.",
        "settled": "The masks hardly change any more.",
        "collapse": "Collapse: masks covered {area:.0%} of the picture. The run has been restarted "
        "from cycle {cycle}.",
        "nan": "A number broke (NaN). The run has been restarted from cycle {cycle}.",
        "paused": "Paused. Press “Resume” to go on.",
        "stopping": "The cycle is being ended and the weights kept.",
        "stopped": "Stopped. What it has learned is kept: take it home, or resume.",
        "done": "Done. Take the weights home, use them in Segment, or continue longer.",
        "failed": "The training ended with an error: {reason}",
        "interrupted": "The training process was killed. “Resume” goes on from its last "
        "checkpoint.",
    },
    left_out="{count} left out:",
    reasons=(),
    masks="Masks",
    rows=("Photo", "Mask", "Score map: dark where the critic finds the mask wrong"),
    back_in_time="Back in time",
    back_info="100 is now.",
    curves="Curves",
    charts={
        "iou": "IoU with the true masks (never used in learning)",
        "losses": "Losses",
        "scores": "The critic's scores",
        "gradients": "Gradient norms",
        "drift": "Change of the masks between two looks",
        "step": "Step length",
        "beta": "Beta",
        "evaluations": "Evaluations and restarts a cycle",
    },
    lines={
        "iou": "IoU",
        "generator": "generator",
        "discriminator": "critic",
        "real": "fitting masks",
        "wrong": "wrong masks",
        "drift": "change",
        "step": "length",
        "beta": "beta",
        "evaluations": "evaluations",
        "restarts": "restarts",
    },
    seconds_axis="{seconds} s",
    critics_view="What the critic sees",
    critics_info="A photo with a fitting mask, with the generator's, and with a spoiled one. Below "
    "each, the critic's score map: dark where it finds the mask wrong.",
    critics_columns=("Fitting", "The generator's", "Spoiled"),
    critics_score="How the critic's scores spread, from wrong (left) to right",
    critic_idle="The critic has not begun to learn: its scores and score maps mean nothing yet.",
    nothing_yet="Nothing to show yet.",
    compare="Compare",
    compare_with="Compare with",
    compare_info="Up to three other runs on the same axes; settings that differ are marked.",
    setting="Setting",
    equal_settings="{count} settings are equal",
    take_home="Take home",
    take_info="Prepared when this tab is opened or another run selected. Open it again for a newer "
    "state.",
    weights="Weights",
    whole_run="Whole run (ZIP)",
    film="Film of the masks",
    command_line="The command that repeats this run",
    use_in_segment="Use in Segment",
    in_use="Segmenting with the weights of {name}, for you only.",
    back_to_shipped="Back to the weights that ship",
    refused="This cannot be done.",
    refusals={
        "no_key": "This browser has no key yet. Reload the page.",
        "no_such_run": "There is no such run. Received: {received}.",
        "too_many_runs": "At most {limit} runs are kept for you. Delete one first.",
        "queue_full": "The queue is full: {limit} trainings wait. Try again later.",
        "disk_full": "There is no room for more runs than {limit}. Delete one, or try again later.",
        "bad_seconds": "A run may learn for 1 to {limit} seconds. Received: {received}.",
        "bad_setting": "This setting does not work: {reason}.",
        "too_large": "{what} may be {limit} at most here. Received: {received}.",
        "no_such_data": "There is no such source of photos. Received: {received}.",
        "no_photos": "Choose some photos, or one ZIP of them, first.",
        "upload_too_large": "The photos may have {limit} together. Received: {received}.",
        "one_archive": "Give either photos or one archive. Received: {received} files.",
        "too_few_photos": "At least {limit} photos are needed. Received: {received}.",
        "too_many_photos": "At most {limit} photos are taken. Received: {received}.",
        "no_shipped_weights": "No weights ship with this app.",
        "nothing_learned": "{name} has learned nothing yet.",
        "budget_spent": "Its {seconds} seconds are over. Continue longer instead.",
        "no_run": "Select a run first.",
    },
)

TRAIN_CHINESE = TrainWords(
    tab="训练",
    intro="看两个网络只凭照片学会观察：没有标注，也没有学习率要设。",
    learn_from="学习来源",
    scenes="绘制的场景",
    my_photos="我的照片",
    files="照片，或一个 ZIP 压缩包",
    files_info="{least} 到 {count} 张照片，合计最多 {size} MB。照片留在本服务器，不会给其他人看，"
    "删除运行时一并删除。",
    seconds="学习秒数",
    seconds_info="可以提前停止，也可以继续更久。",
    begin_with="起点",
    begin_random="随机权重",
    begin_shipped="自带权重",
    begin_run="所选运行（分支）",
    begin_info="训练好的权重自带网络结构和图片尺寸。",
    steer="调节方法",
    steer_info="这里的设置都不是必需的。",
    preset="预设",
    presets={
        "small": "小：边看边学",
        "base": "基础：网络更大，更慢",
        "article": "文章：文章原本的层",
    },
    size="训练图片边长",
    update_rule="生成器的更新方式",
    update_rules={
        "conjugate": "面对冻结的判别器走共轭方向",
        "adam": "普通交替 Adam",
    },
    generator_steps="每个周期的步数（K）",
    generator_steps_info="都面对同一个冻结的判别器和同一批照片。",
    beta_rule="β 公式",
    preconditioner="预条件",
    preconditioners={"second_moment": "滑动二阶矩", "identity": "无"},
    terms="损失项",
    term_names={
        "adversarial_weight": "判别器",
        "self_training_weight": "合成",
        "anchor_weight": "提示",
        "area_weight": "面积",
        "binary_weight": "确定性",
    },
    start="开始学习",
    run_name="运行 {number}",
    your_runs="您的运行",
    no_runs="还没有运行。点击“开始学习”，一分钟内就会出现第一批掩膜。",
    manage="重命名、继续更久、删除",
    name="名称",
    rename="重命名",
    longer="总秒数",
    continue_longer="继续更久",
    delete="删除此运行",
    pause="暂停",
    resume="继续",
    stop="停止并保留",
    step_by_step="逐步观察",
    step_info="慢动作会在周期的每个阶段停留。单个周期运行一次后暂停。谁在学习从下一次点击起生效。",
    who_learns="谁在学习",
    parts={"both": "两者", "discriminator": "仅判别器", "generator": "仅生成器"},
    one_cycle="单个周期",
    slow_motion="慢动作",
    full_speed="全速",
    states={
        "queued": "排队中",
        "running": "学习中",
        "paused": "已暂停",
        "stopping": "正在停止",
        "stopped": "已停止",
        "done": "完成",
        "failed": "失败",
        "interrupted": "已中断",
    },
    time_left="还剩 {seconds} 秒",
    cycle="第 {cycle} 个周期 · 已学习 {seconds} 秒",
    healed="已自愈 {count} 次",
    stages={
        "reading": "读取照片",
        "anchor": "提示",
        "warm-up": "判别器练习",
        "adversarial": "梯度周期",
    },
    lights={"discriminator": "判别器学习", "generator": "判别器冻结，生成器前进"},
    tell={
        "queued": "排在第 {position} 位：要等另一个训练结束或暂停。",
        "starting": "训练进程正在启动。",
        "reading": "正在读取照片并绘制提示：{done} / {total}。",
        "preparing": "正在构建网络，随后出现第一批掩膜。",
        "anchor": "提示阶段：生成器向简单视觉规则得到的粗略掩膜学习。",
        "warm-up": "判别器用破坏的掩膜练习，生成器等待。",
        "critic_wins": "判别器占上风：掩膜正被推动改变。",
        "generator_wins": "判别器几乎分不清好掩膜与错掩膜：它需要学习。",
        "balanced": "判别器与生成器势均力敌。",
        "settled": "掩膜几乎不再变化。",
        "collapse": "崩溃：掩膜覆盖了画面的 {area:.0%}。已从第 {cycle} 个周期重新开始。",
        "nan": "数值出错（NaN）。已从第 {cycle} 个周期重新开始。",
        "paused": "已暂停。点击“继续”接着运行。",
        "stopping": "正在结束当前周期并保存权重。",
        "stopped": "已停止。学到的内容已保留：可以带走，也可以继续。",
        "done": "完成。可以带走权重、用于分割，或继续更久。",
        "failed": "训练因错误而结束：{reason}",
        "interrupted": "训练进程被终止。点击“继续”可从最近的检查点接着运行。",
    },
    left_out="未使用 {count} 个：",
    reasons=CHINESE_REASONS,
    masks="掩膜",
    rows=("照片", "掩膜", "评分图：判别器认为错误之处较暗"),
    back_in_time="回到过去",
    back_info="100 表示现在。",
    curves="曲线",
    charts={
        "iou": "与真实掩膜的 IoU（从不用于学习）",
        "losses": "损失",
        "scores": "判别器评分",
        "gradients": "梯度范数",
        "drift": "两次查看之间掩膜的变化",
        "step": "步长",
        "beta": "β 值",
        "evaluations": "每个周期的求值与重启次数",
    },
    lines={
        "iou": "交并比",
        "generator": "生成器",
        "discriminator": "判别器",
        "real": "相符的掩膜",
        "wrong": "错误的掩膜",
        "drift": "变化",
        "step": "长度",
        "beta": "β 值",
        "evaluations": "求值",
        "restarts": "重启",
    },
    seconds_axis="{seconds} 秒",
    critics_view="判别器所见",
    critics_info="一张照片分别配上相符的掩膜、生成器的掩膜和破坏的掩膜。下方是判别器的评分图："
    "它认为错误之处较暗。",
    critics_columns=("相符", "生成器的", "破坏的"),
    critics_score="判别器评分的分布，从错误（左）到正确",
    critic_idle="判别器尚未开始学习：它的评分和评分图还没有意义。",
    nothing_yet="还没有可显示的内容。",
    compare="比较",
    compare_with="与之比较",
    compare_info="最多另外三个运行，画在同一坐标上；不同的设置会标出。",
    setting="设置",
    equal_settings="{count} 项设置相同",
    take_home="带走",
    take_info="打开此页或选择其他运行时准备；再次打开可得到更新的状态。",
    weights="权重",
    whole_run="整个运行（ZIP）",
    film="掩膜影片",
    command_line="重复此运行的命令",
    use_in_segment="用于分割",
    in_use="正在使用 {name} 的权重分割，仅对您有效。",
    back_to_shipped="恢复自带权重",
    refused="无法执行。",
    refusals={
        "no_key": "此浏览器还没有密钥，请重新加载页面。",
        "no_such_run": "没有这个运行，收到：{received}。",
        "too_many_runs": "最多为您保留 {limit} 个运行，请先删除一个。",
        "queue_full": "队列已满：有 {limit} 个训练在等待，请稍后再试。",
        "disk_full": "运行合计不能超过 {limit}。请删除一个，或稍后再试。",
        "bad_seconds": "一次运行可学习 1 到 {limit} 秒，收到：{received}。",
        "bad_setting": "此设置不可用：{reason}。",
        "too_large": "这里 {what} 最多为 {limit}，收到：{received}。",
        "no_such_data": "没有这个照片来源，收到：{received}。",
        "no_photos": "请先选择照片或一个 ZIP 压缩包。",
        "upload_too_large": "照片合计不能超过 {limit}，收到：{received}。",
        "one_archive": "请给出照片或一个压缩包，收到 {received} 个文件。",
        "too_few_photos": "至少需要 {limit} 张照片，收到 {received} 张。",
        "too_many_photos": "最多使用 {limit} 张照片，收到 {received} 张。",
        "no_shipped_weights": "此应用没有自带权重。",
        "nothing_learned": "{name} 还没有学到任何东西。",
        "budget_spent": "它的 {seconds} 秒已用完，请改用“继续更久”。",
        "no_run": "请先选择一个运行。",
    },
)

IN_LANGUAGE = {"en": TRAIN_ENGLISH, "zh": TRAIN_CHINESE}
