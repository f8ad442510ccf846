"""Test AUROC of a small CNN on synthetic PCam: python3 synthetic_cnn.py DIR [EPOCHS].

DIR holds the train split and the test split with masks; needs torch, h5py, numpy, scikit-learn.
"""

import sys

import h5py
import numpy as np
import torch
import torch.nn.functional as F
from sklearn.metrics import roc_auc_score
from torch import nn

BATCH = 32


def load(directory, split):
    def read(part):
        with h5py.File(f"{directory}/camelyonpatch_level_2_split_{split}_{part}.h5", "r") as file:
            return file[part][:]

    x = torch.tensor(read("x")).permute(0, 3, 1, 2).contiguous()
    return x, torch.tensor(read("y").ravel()).float(), read("mask")[..., 0].any((1, 2))


def block(inputs, outputs, stride=1):
    convolution = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
    return nn.Sequential(convolution, nn.BatchNorm2d(outputs), nn.ReLU())


def network():
    return nn.Sequential(
        block(3, 16, 2), block(16, 32), nn.MaxPool2d(2),
        block(32, 64), block(64, 64), nn.MaxPool2d(2),
        block(64, 96), block(96, 96), nn.AdaptiveAvgPool2d(6), nn.Dropout(0.3),
        nn.Conv2d(96, 48, 6), nn.ReLU(), nn.Flatten(), nn.Linear(48, 1),
    )  # fmt: skip


def scaled(images):
    return images.float() / 255 - 0.5


def augmented(images):
    a = torch.rot90(scaled(images), np.random.randint(4), (2, 3))
    if np.random.rand() < 0.5:
        a = a.flip(3)
    return a * (1 + 0.2 * torch.randn(len(a), 3, 1, 1)) + 0.05 * torch.randn(len(a), 3, 1, 1)


def main(directory, epochs):
    torch.set_num_threads(1)
    torch.manual_seed(0)
    np.random.seed(0)
    x, y, _ = load(directory, "train")
    test_x, test_y, tumour = load(directory, "test")
    label = test_y.numpy()
    model = network()
    print(sum(p.numel() for p in model.parameters()), "parameters")
    optimizer = torch.optim.AdamW(model.parameters(), weight_decay=1e-2)
    steps = len(x) // BATCH
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 3e-3, total_steps=epochs * steps)
    for epoch in range(epochs):
        model.train()
        order = torch.randperm(len(x))
        for i in range(steps):
            batch = order[i * BATCH : (i + 1) * BATCH]
            loss = F.binary_cross_entropy_with_logits(model(augmented(x[batch]))[:, 0], y[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
        model.eval()
        with torch.no_grad():
            score = torch.cat([model(scaled(test_x[i : i + 100]))[:, 0] for i in range(0, len(test_x), 100)]).numpy()
        ring = (label == 1) | tumour
        print(
            f"epoch {epoch + 1}: AUROC {roc_auc_score(label, score):.3f},",
            f"against ring negatives {roc_auc_score(label[ring], score[ring]):.3f}",
            flush=True,
        )


main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 10)
