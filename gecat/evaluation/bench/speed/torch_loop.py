"""The article's two networks in PyTorch with Adam; run by a Python that has it, and asked by lines.

`python torch_loop.py BATCH SIDE WIDTHS` answers "anchor" and "game" with pictures a second. It
imports nothing of the package, whose Python need not be this one.
"""

import json
import sys
import time

import torch
from torch import nn
from torch.nn import functional

STEPS = 4


def build(
    side: int, first: int, second: int, third: int, *widths: int
) -> tuple[nn.Module, nn.Module]:
    """Returns the generator and the critic, layer by layer as `model/article.py` builds them."""
    generator = nn.Sequential(
        nn.Conv2d(3, first, 3, 2, 1),
        nn.ReLU(),
        nn.ConvTranspose2d(first, second, 3, 2, 1, output_padding=1),
        nn.ReLU(),
        nn.ConvTranspose2d(second, third, 3, 1, 1),
        nn.Tanh(),
    )
    critic = nn.Sequential(
        nn.Conv2d(4, widths[0], 3, 2, 1),
        nn.LeakyReLU(0.2),
        nn.Conv2d(widths[0], widths[1], 3, 2, 1),
        nn.LeakyReLU(0.2),
        nn.Flatten(),
        nn.Linear(widths[1] * (side // 4) ** 2, 1),
    )
    return generator, critic


def main() -> None:
    """Answers until standard input ends."""
    batch, side = map(int, sys.argv[1:3])
    generator, critic = build(side, *map(int, sys.argv[3].split(",")))
    of_generator = torch.optim.Adam(generator.parameters(), 1e-3)
    of_critic = torch.optim.Adam(critic.parameters(), 1e-3, betas=(0.5, 0.999))
    images, masks = torch.rand(batch, 3, side, side), torch.rand(batch, 1, side, side).round()
    ones, zeros = torch.ones(batch, 1), torch.zeros(batch, 1)
    right = functional.binary_cross_entropy_with_logits

    def logits():
        mean = generator(images).mean(1, keepdim=True) * (1.0 - 1e-4)
        return torch.log1p(mean) - torch.log1p(-mean)

    def step(optimizer, loss):
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

    def judge(shown):
        return critic(torch.cat([images, 2.0 * shown - 1.0], 1))

    def anchor():
        for _ in range(STEPS):
            step(of_generator, right(logits(), masks))
        return STEPS * batch

    def game():
        with torch.no_grad():
            made = torch.sigmoid(logits())
        step(of_critic, right(judge(masks), ones) + right(judge(made), zeros))
        step(of_generator, right(judge(torch.sigmoid(logits())), ones))
        return 3 * batch

    for line in sys.stdin:
        start = time.perf_counter()
        pictures = {"anchor": anchor, "game": game}[line.strip()]()
        print(json.dumps(pictures / (time.perf_counter() - start)), flush=True)


if __name__ == "__main__":
    main()
