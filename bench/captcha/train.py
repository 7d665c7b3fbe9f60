"""An attacker of our own: a small network trained on labelled pictures of the generator, which is open, so that anyone can.

    train.py DIR_TO_TRAIN_ON DIR_TO_TEST_ON [--minutes 25] [--threads 1]

Five convolutional layers over the picture at half size, then for each of the six letters an attention over what they found and a
choice of twelve. No augmentation: more pictures are cheaper. Products are calculated in 16 bits (half the time where the processor
knows bfloat16), weights kept in 32. Prints rates on pictures it never saw, and what it cost.
"""

import argparse
import os
import time
from concurrent.futures import ThreadPoolExecutor

import cv2
import numpy as np
import torch
from torch import nn

ALPHABET = "ACEHKLMPRTUX"


def half(path):
    image = cv2.imread(path, cv2.IMREAD_GRAYSCALE)
    return cv2.resize(image, (170, 125), interpolation=cv2.INTER_AREA)


def load(folder):
    names = sorted(name for name in os.listdir(folder) if name.endswith(".png"))
    with ThreadPoolExecutor(2) as pool:
        images = np.stack(list(pool.map(half, [os.path.join(folder, name) for name in names])))
    labels = np.array([[ALPHABET.index(letter) for letter in name.split("_")[0]] for name in names])
    return torch.from_numpy(images), torch.from_numpy(labels)


def layer(before, after, stride):
    return nn.Sequential(nn.Conv2d(before, after, 3, stride, 1, bias=False), nn.BatchNorm2d(after), nn.ReLU())


class Reader(nn.Module):
    def __init__(self):
        super().__init__()
        # One point sees some 80 pixels of the picture, as much as a letter.
        self.seen = nn.Sequential(
            nn.Conv2d(1, 16, 5, 2, 2, bias=False), nn.BatchNorm2d(16), nn.ReLU(),
            layer(16, 32, 2), layer(32, 48, 1), layer(48, 96, 2), layer(96, 96, 1),
        )
        self.wide = nn.Sequential(layer(96, 96, 2), layer(96, 96, 1))
        # Where a letter stands says which of the six it is: what is attended to starts at the middles of two rows of three.
        self.place = nn.Parameter(torch.randn(1, 96, 8, 11) * 0.1)
        self.looks = nn.Conv2d(96, 6, 1)
        across, down = torch.arange(22), torch.arange(16)[:, None]
        middles = [(x, y) for y in (4.6, 10.2) for x in (4.2, 10.5, 16.8)]
        near = [-(((across - x) / 2.5) ** 2 + ((down - y) / 2.5) ** 2) / 2 for x, y in middles]
        self.starts = nn.Parameter(torch.stack(near)[None])
        self.says = nn.Linear(96, 12)

    def forward(self, images):
        seen = self.seen(images)
        looks = self.looks(torch.relu(self.wide(seen) + self.place))
        looks = nn.functional.interpolate(looks, size=(16, 22), mode="bilinear") + self.starts
        return self.says(torch.einsum("bnp,bcp->bnc", looks.flatten(2).softmax(-1), seen.flatten(2)))


def scaled(images):
    return images.float().div_(127.5).sub_(1).unsqueeze(1)


def read(net, images):
    with torch.autocast("cpu", dtype=torch.bfloat16):
        said = net(scaled(images).to(memory_format=torch.channels_last))
    return said.float()


def rates(net, images, labels):
    net.eval()
    with torch.no_grad():
        said = torch.cat([read(net, part).argmax(-1) for part in images.split(128)])
    net.train()
    hits = (said == labels).sum(1)
    share = lambda part: 100 * part.float().mean().item()
    return share(hits == 6), share(hits >= 5), share(hits / 6)


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("train")
    arguments.add_argument("test")
    arguments.add_argument("--minutes", type=float, default=25)
    arguments.add_argument("--threads", type=int, default=1)
    arguments.add_argument("--seed", type=int, default=1)
    asked = arguments.parse_args()
    torch.manual_seed(asked.seed)
    torch.set_num_threads(asked.threads)
    start = time.time()
    images, labels = load(asked.train)
    test_images, test_labels = load(asked.test)
    print(f"{len(images)} pictures read in {time.time() - start:.0f} s", flush=True)
    net, batch = Reader().to(memory_format=torch.channels_last), 32
    best = torch.optim.AdamW(net.parameters(), lr=1e-3, weight_decay=1e-2)
    start, used = time.time(), time.process_time()
    limit, epoch, done = asked.minutes * 60, 0, False
    while not done:
        losses = []
        for part in torch.randperm(len(images)).split(batch):
            # One long fall of the rate, by time: whatever the machine's speed, the last minutes go slowly.
            past = (time.time() - start) / limit
            done = past >= 1
            if done:
                break
            rate = 2e-3 * min(1, past / 0.03 + 0.05) * 0.5 * (1 + np.cos(np.pi * past))
            best.param_groups[0]["lr"] = rate
            loss = nn.functional.cross_entropy(read(net, images[part]).flatten(0, 1), labels[part].flatten())
            best.zero_grad()
            loss.backward()
            best.step()
            losses.append(loss.item())
        epoch += 1
        exact, near, letters = rates(net, test_images, test_labels)
        print(
            f"epoch {epoch}, {time.time() - start:.0f} s ({time.process_time() - used:.0f} s of a core): loss "
            f"{np.mean(losses):.3f}; {len(test_labels)} pictures never seen: exact {exact:.1f} %, within one {near:.1f} %, letters {letters:.1f} %",
            flush=True,
        )


if __name__ == "__main__":
    main()
