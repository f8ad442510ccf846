"""The models in PyTorch. Each is cut at the layer that Grad-CAM explains: forward(x) = rest(trunk(x))."""
import torch
import torch.nn.functional as F
import torchvision
from torch import nn

MEAN, STD = [0.701, 0.538, 0.692], [0.235, 0.277, 0.213]


class Standardise(nn.Module):
    """(x - mean) / std per colour: our models do it inside too."""

    def __init__(self):
        super().__init__()
        self.register_buffer('mean', torch.tensor(MEAN).view(3, 1, 1), persistent=False)
        self.register_buffer('scale', 1 / torch.tensor(STD).view(3, 1, 1), persistent=False)

    def forward(self, images):
        return (images - self.mean) * self.scale


class ResNet18(torchvision.models.ResNet):
    """torchvision's own network and code, called in two parts."""

    def __init__(self):
        super().__init__(torchvision.models.resnet.BasicBlock, [2, 2, 2, 2], num_classes=1)
        self.standardise = Standardise()

    def trunk(self, images):
        x = self.maxpool(self.relu(self.bn1(self.conv1(self.standardise(images)))))
        return self.layer4(self.layer3(self.layer2(self.layer1(x))))

    def rest(self, maps):
        return self.fc(self.avgpool(maps).flatten(1))[:, 0]

    def forward(self, images):
        return self.rest(self.trunk(images))

    @staticmethod
    def grid(maps):
        return maps


class ConvNorm(nn.Module):
    def __init__(self, inputs, outputs):
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, 3, 2, 1, bias=False)
        self.bn = nn.BatchNorm2d(outputs)

    def forward(self, x):
        return F.relu(self.bn(self.conv(x)), inplace=True)


class Attention(nn.Module):
    """Queries, keys and values by one product, as is usual in PyTorch."""

    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(width, 3 * width)
        self.output = nn.Linear(width, width)

    def forward(self, x):
        batch, tokens, width = x.shape
        qkv = self.qkv(x).view(batch, tokens, 3, self.heads, width // self.heads)
        query, key, value = qkv.permute(2, 0, 3, 1, 4).unbind(0)
        weights = (query * (width // self.heads) ** -0.5 @ key.transpose(2, 3)).softmax(-1)
        return self.output((weights @ value).transpose(1, 2).reshape(batch, tokens, width))


class Block(nn.Module):
    def __init__(self, width, heads, drop):
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(width, eps=1e-6), nn.LayerNorm(width, eps=1e-6)
        self.attention = Attention(width, heads)
        self.mlp = nn.ModuleDict({'expand': nn.Linear(width, 4 * width), 'contract': nn.Linear(4 * width, width)})
        self.drop = drop

    def drop_path(self, branch):
        """Leaves the whole branch out for some images (stochastic depth) and scales the rest up."""
        if not self.training or self.drop == 0:
            return branch
        keep = 1 - self.drop
        return branch * branch.new_empty(len(branch), 1, 1).bernoulli_(keep).div_(keep)

    def forward(self, x):
        x = x + self.drop_path(self.attention(self.norm1(x)))
        hidden = F.gelu(self.mlp['expand'](self.norm2(x)), approximate='tanh')
        return x + self.drop_path(self.mlp['contract'](hidden))


class Position(nn.Module):
    def __init__(self, grid, width):
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(grid, grid, width))

    def forward(self):
        return self.weight.flatten(0, 1)


class VitSmall(nn.Module):
    def __init__(self, width=64, depth=4, heads=4, grid=12, stem=(16, 32, 64), drop=0.1):
        super().__init__()
        self.standardise = Standardise()
        self.stem = nn.ModuleList(ConvNorm(i, o) for i, o in zip((3, *stem), stem))
        self.project = nn.Linear(stem[-1], width)
        self.position = Position(grid, width)
        self.blocks = nn.ModuleList(Block(width, heads, drop * i / (depth - 1)) for i in range(depth))
        self.norm = nn.LayerNorm(width, eps=1e-6)
        self.head = nn.Linear(width, 1)

    def trunk(self, images):
        x = self.standardise(images)
        for conv in self.stem:
            x = conv(x)
        x = self.project(x.flatten(2).transpose(1, 2)) + self.position()
        for block in self.blocks:
            x = block(x)
        return x

    def rest(self, tokens):
        return self.head(self.norm(tokens).mean(1))[:, 0]

    def forward(self, images):
        return self.rest(self.trunk(images))

    @staticmethod
    def grid(tokens):
        """Tokens [B, T, D] as maps [B, D, h, w]."""
        side = round(tokens.shape[1] ** 0.5)
        return tokens.transpose(1, 2).unflatten(2, (side, side))


MODELS = {'resnet18': ResNet18, 'vit-small': VitSmall}
