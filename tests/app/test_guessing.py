from touchline.app.guessing import FREE_GUESSES, LONGEST_WAIT_SECONDS, MOST_VISITORS, Guesses


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_the_wait_doubles_with_each_wrong_password() -> None:
    clock = Clock()
    guesses = Guesses(clock)
    waits = []
    for _ in range(FREE_GUESSES + 3):
        guesses.wrong("10.0.0.7")
        waits.append(guesses.wait_seconds("10.0.0.7"))
    assert waits == [0.0] * (FREE_GUESSES - 1) + [1.0, 2.0, 4.0, 8.0]
    clock.now += 7.5
    assert guesses.wait_seconds("10.0.0.7") == 0.5
    assert guesses.wait_seconds("10.0.0.8") == 0.0


def test_a_night_of_guessing_makes_few_guesses() -> None:
    clock = Clock()
    guesses, made = Guesses(clock), 0
    while clock.now < 100 + 8 * 3600:
        clock.now += guesses.wait_seconds("10.0.0.7")
        guesses.wrong("10.0.0.7")
        made += 1
    assert made < 8 * 3600 / LONGEST_WAIT_SECONDS + 15


def test_the_right_password_ends_the_wait() -> None:
    guesses = Guesses(Clock())
    for _ in range(9):
        guesses.wrong("10.0.0.7")
    guesses.right("10.0.0.7")
    assert guesses.wait_seconds("10.0.0.7") == 0.0


def test_one_visitor_of_ipv6_has_a_network_of_addresses() -> None:
    guesses = Guesses(Clock())
    for number in range(5):
        guesses.wrong(f"2001:db8:1:2::{number}")
    assert guesses.wait_seconds("2001:db8:1:2:ffff::9") > 0
    assert guesses.wait_seconds("2001:db8:1:3::1") == 0.0


def test_memory_stays_bounded() -> None:
    guesses = Guesses(Clock())
    for number in range(MOST_VISITORS + 100):
        guesses.wrong(f"visitor {number}")
    assert len(guesses._wrong) == MOST_VISITORS
    assert f"visitor {MOST_VISITORS + 99}" in guesses._wrong
