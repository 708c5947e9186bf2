from touchline.training.ordering import epoch_order


def test_an_order_is_a_shuffle_that_depends_on_seed_and_epoch_only() -> None:
    orders = {
        (seed, epoch): tuple(epoch_order(50, seed, epoch))
        for seed in range(3)
        for epoch in range(3)
    }
    assert all(sorted(order) == list(range(50)) for order in orders.values())
    assert len(set(orders.values())) == len(orders)
    assert tuple(epoch_order(50, 2, 1)) == orders[2, 1]


def test_an_order_stays_the_same_between_versions() -> None:
    assert epoch_order(8, seed=7, epoch=3) == [3, 5, 0, 4, 2, 7, 1, 6]


def test_nothing_and_one() -> None:
    assert epoch_order(0, 0, 0) == []
    assert epoch_order(1, 0, 5) == [0]
