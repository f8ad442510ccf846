"""What is timed, one step each, as one would write it in PyTorch."""
import torch
import torch.nn.functional as F


def global_norm(parameters):
    """Ours computes it in every step, so this side does too; neither clips."""
    return torch.stack(torch._foreach_norm([p.grad for p in parameters])).norm()


def cross_entropy(model, images, labels):
    return F.binary_cross_entropy_with_logits(model(images), labels)


def constrained_loss(model, images, labels, weight=1):
    """Plus the mean softplus of the logit's gradient at each pixel, summed over the colours."""
    images = images.detach().requires_grad_()
    logits = model(images)
    (gradient,) = torch.autograd.grad(logits.sum(), images, create_graph=True)
    return F.binary_cross_entropy_with_logits(logits, labels) + weight * F.softplus(gradient.sum(1)).mean()


def loss_and_gradients(model, images, labels, loss_of):
    for parameter in model.parameters():
        parameter.grad = None
    loss = loss_of(model, images, labels)
    loss.backward()
    return loss.item(), global_norm(list(model.parameters())).item()


def training(model, images, labels, settings, loss_of):
    model.train()
    parameters = list(model.parameters())
    decay = settings['weightDecay']
    optimizer = torch.optim.AdamW(
        [
            {'params': [p for p in parameters if p.ndim > 1], 'weight_decay': decay},
            {'params': [p for p in parameters if p.ndim <= 1], 'weight_decay': 0},
        ],
        lr=settings['learningRate'],
        foreach=True,  # the faster of its two implementations, also on the CPU
    )

    def step():
        loss_and_gradients(model, images, labels, loss_of)
        optimizer.step()

    return step


def train(model, images, labels, settings):
    return training(model, images, labels, settings, cross_entropy)


def constrained(model, images, labels, settings):
    return training(model, images, labels, settings, constrained_loss)


def inference(model, images, _labels, _settings):
    model.eval()

    def step():
        with torch.inference_mode():
            return model(images)

    return step


def cell_map(model, images):
    """Grad-CAM at the layer's own resolution, [B, 1, h, w]; nothing before the layer is differentiated."""
    with torch.no_grad():
        activation = model.trunk(images)
    activation.requires_grad_()
    (gradient,) = torch.autograd.grad(model.rest(activation).sum(), activation)
    with torch.no_grad():
        maps, slopes = model.grid(activation), model.grid(gradient)
        return F.relu((slopes.mean((2, 3), keepdim=True) * maps).sum(1, keepdim=True))


def grad_cam(model, images, _labels, _settings):
    model.eval()

    def step():
        cells = cell_map(model, images)
        return F.interpolate(cells, images.shape[2:], mode='bilinear', align_corners=False)

    return step


ROWS = {'train': train, 'inference': inference, 'grad-cam': grad_cam, 'constrained': constrained}
