"""The feed: the newest scene, who is looking, what happened."""

from __future__ import annotations

from dataclasses import replace

import pytest

from edge_pose.testing.clock import FakeClock
from edge_pose.testing.scenes import episode, scene
from edge_pose.values import Alert, AlertPhase
from edge_pose.view.feed import SceneFeed


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(100.0)


@pytest.fixture
def feed(clock: FakeClock) -> SceneFeed:
    return SceneFeed(clock)


def test_only_the_newest_scene_is_kept(feed: SceneFeed) -> None:
    assert feed.latest == (0, None)
    feed.scene(scene(index=1))
    newest = scene(index=2)
    feed.scene(newest)
    assert feed.latest == (2, newest)


def test_waiting_ends_with_a_newer_scene_or_the_timeout(feed: SceneFeed) -> None:
    first = scene()
    feed.scene(first)
    assert feed.wait(0, 5.0) == (1, first)
    assert feed.wait(1, 0.0) == (1, first)


def test_age_counts_from_the_arrival(feed: SceneFeed, clock: FakeClock) -> None:
    assert feed.age_s is None
    feed.scene(scene(t_s=3.0))
    clock.advance(2.5)
    assert feed.age_s == pytest.approx(2.5)


def test_viewers_are_counted_even_when_one_breaks(feed: SceneFeed) -> None:
    def broken_viewer() -> None:
        with feed.watching():
            assert feed.viewers == 2
            raise RuntimeError

    with feed.watching():
        with pytest.raises(RuntimeError):
            broken_viewer()
        assert feed.viewers == 1
    assert feed.viewers == 0


def test_listeners_hear_alerts_while_they_listen(feed: SceneFeed) -> None:
    heard: list[Alert] = []
    with feed.listening(heard.append):
        feed.alert(episode())
    feed.alert(episode(id=2))
    assert [alert.id for alert in heard] == [1]


def test_an_episode_is_told_in_civil_time_and_updated_in_place(
    feed: SceneFeed, clock: FakeClock
) -> None:
    feed.alert(episode(began_s=97.0, t_s=100.0))
    (told,) = feed.episodes
    assert told.start_s == pytest.approx(clock.wall() - 3.0)
    assert told.end_s is None
    clock.advance(2.0)
    ended = replace(
        episode(began_s=97.0, t_s=102.0, phase=AlertPhase.END), t_alert_s=100.0, t_end_s=102.0
    )
    feed.alert(ended)
    (told,) = feed.episodes
    assert told.end_s == pytest.approx(clock.wall())
    assert told.alert_s - told.start_s == pytest.approx(3.0)


def test_the_trend_has_ten_points_a_second_for_two_minutes(
    feed: SceneFeed, clock: FakeClock
) -> None:
    for i in range(30 * 130):
        feed.scene(scene((160, 120), t_s=clock.now(), index=i))
        clock.advance(1 / 30)
    spans = [b.wall_s - a.wall_s for a, b in zip(feed.trend, feed.trend[1:], strict=False)]
    assert min(spans) > 0.09
    assert 115 < feed.trend[-1].wall_s - feed.trend[0].wall_s < 135


def test_episodes_do_not_grow_without_end(feed: SceneFeed) -> None:
    for i in range(1200):
        feed.alert(episode(id=i))
    assert len(feed.episodes) == 500
    assert feed.episodes[-1].id == "now-1199"


def test_a_clock_that_is_set_back_does_not_end_the_trend(feed: SceneFeed, clock: FakeClock) -> None:
    for _ in range(5):
        clock.advance(0.1)
        feed.scene(scene())
    clock.jump_wall(-30 * 86_400.0)
    for _ in range(5):
        clock.advance(0.1)
        feed.scene(scene())
    assert len(feed.trend) == 10
