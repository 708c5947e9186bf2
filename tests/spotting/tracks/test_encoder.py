import torch

from touchline.spotting.networks.sequence import SequenceModel
from touchline.spotting.tracks.encoder import TrackEncoder
from touchline.spotting.tracks.features import FEATURE_NAMES


def test_each_step_is_encoded_by_itself() -> None:
    encoder: SequenceModel = TrackEncoder(len(FEATURE_NAMES))
    sequence = torch.rand(2, 7, len(FEATURE_NAMES))
    encoded = encoder(sequence)
    assert encoded.shape == (2, 7, 64)
    assert (encoder.features, encoder.reach, encoder.multiple) == (64, 0, 1)
    torch.testing.assert_close(encoder(sequence[:, 3:4]), encoded[:, 3:4])
    changed = sequence.clone()
    changed[:, 3] += 1
    differs = (encoder(changed) != encoded).any(-1)
    assert differs[:, 3].all()
    assert not differs[:, :3].any()
    assert not differs[:, 4:].any()


def test_every_feature_reaches_the_output_and_is_learnt_from() -> None:
    encoder = TrackEncoder(4, features=16)
    sequence = torch.rand(3, 5, 4, requires_grad=True)
    encoder(sequence).sum().backward()
    assert sequence.grad is not None
    assert (sequence.grad.abs().sum((0, 1)) > 0).all()
