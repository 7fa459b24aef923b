"""Every rule of the monitor broken once: thresholds moved, branches taken out.

``where`` picks the tests that ought to notice (a pytest ``-k`` expression).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[2] / "edge_pose"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """One change to the source of one module."""

    name: str
    module: str
    """Under ``edge_pose``, dotted."""
    old: str
    """A regular expression that fits exactly one place."""
    new: str
    where: str

    @property
    def path(self) -> Path:
        return PACKAGE.joinpath(*self.module.split(".")).with_suffix(".py")

    def source(self) -> str:
        """The module's source with this change.

        Raises LookupError where the place is no longer there, or not the only one.
        """
        changed, count = re.subn(self.old, lambda _: self.new, self.path.read_text("utf-8"))
        if count != 1:
            raise LookupError(f"{self.name}: fits {count} places of {self.path}, not one")
        return changed


def _branch(name: str, home: str, old: str, new: str, where: str) -> Mutant:
    """A piece of code of the monitor; ``home`` breaks a tie where several modules have it."""
    spaced = r"\s+".join(re.escape(word) for word in old.split())
    having = [
        path
        for path in sorted((PACKAGE / "monitor").rglob("*.py"))
        if re.search(spaced, path.read_text("utf-8"))
    ]
    if not having:
        raise LookupError(f"{name}: fits no module of the monitor")
    path = next((path for path in having if path.stem == home), having[0])
    module = ".".join(path.relative_to(PACKAGE).with_suffix("").parts)
    return Mutant(name=name, module=module, old=spaced, new=new, where=where)


def _threshold(section: str, field: str, value: float, where: str) -> Mutant:
    """The default of one setting, wherever in the configuration its section stands."""
    head = f"class {section}("
    for path in sorted((PACKAGE / "config").glob("*.py")):
        text = path.read_text("utf-8")
        if head in text:
            break
    body = text.split(head, 1)[-1]
    found = re.match(rf"(?s).*?(\n    {field}: \w+ = setting\(\s*)(-?[\d.]+),", body)
    if found is None:
        raise LookupError(f"{section}.{field} is not to be found")
    # The text between the section's head and the number makes the place unique.
    before = head + body[: found.start(2)]
    return Mutant(
        name=f"{section}.{field} {found[2]} → {value:g}",
        module=f"config.{path.stem}",
        old=re.escape(before + found[2]) + ",",
        new=f"{before}{value},",
        where=where,
    )


_LEVELS = "counter or to_the_tenth"

_MONITOR: tuple[tuple[str, str, float, str], ...] = (
    ("IntakeConfig", "longest_step_s", 5.0, "hole"),
    ("IntakeConfig", "jump_back_s", 60.0, "clock"),
    ("IntakeConfig", "jump_count", 30, "clock_set_back or believes"),
    ("PoseFilterConfig", "certain_std_deg", 30.0, "indecisive or uncertain"),
    ("PoseFilterConfig", "clear_residual", 0.055, "not_clear"),
    ("PoseFilterConfig", "clear_residual", 0.025, "not_clear"),
    ("GazeConfig", "yaw_deg", 50.0, "long_glance"),
    ("GazeConfig", "yaw_deg", 15.0, "threshold"),
    ("GazeConfig", "down_deg", 32.0, "looking_down"),
    ("GazeConfig", "down_deg", 10.0, "threshold"),
    ("GazeConfig", "down_uncalibrated_deg", 18.0, "unconfirmed"),
    ("GazeConfig", "up_deg", 50.0, "roof"),
    ("GazeConfig", "hysteresis", 1.0, "hysteresis"),
    ("GazeConfig", "projection_s", 0.0, "lost_while or on_its_way"),
    ("AttentionConfig", "advisory_s", 3.7, _LEVELS),
    ("AttentionConfig", "warning_s", 6.5, _LEVELS),
    ("AttentionConfig", "critical_s", 12.5, _LEVELS),
    ("AttentionConfig", "unseen_advisory_s", 20.0, _LEVELS),
    ("AttentionConfig", "unseen_warning_s", 28.0, _LEVELS),
    ("AttentionConfig", "unseen_critical_s", 32.0, _LEVELS),
    ("AttentionConfig", "recovery_least", 0.6, "counter"),
    ("AttentionConfig", "recovery_most", 1.3, "counter"),
    ("AttentionConfig", "filter_s", 1.0, "counter"),
    ("AttentionConfig", "uncertain_s", 13.0, _LEVELS),
    ("AttentionConfig", "standstill_s", 2.0, _LEVELS),
    ("AttentionConfig", "latch_s", 20.0, "without_a_button"),
    ("AttentionConfig", "acknowledge_hold_s", 5.0, "press_holds"),
    ("AttentionConfig", "lockout_count", 5, "lock_out"),
    ("AttentionConfig", "lockout_s", 60.0, "locks_out"),
    ("GlanceConfig", "long_s", 3.5, "long_glance"),
    ("GlanceConfig", "long_s", 2.5, "just_short"),
    ("GlanceConfig", "away_s", 12.0, "tenth_second"),
    ("GlanceConfig", "window_s", 20.0, "window"),
    ("GlanceConfig", "window_s", 60.0, "window"),
    ("GlanceConfig", "down_s", 4.5, "looking_down"),
    ("GlanceConfig", "down_slow_s", 7.0, "looking_down"),
    ("GlanceConfig", "speed_kmh", 20.0, "looking_down"),
    ("GlanceConfig", "road_s", 0.2, "third_of_a_second"),
    ("PresenceConfig", "absent_s", 12.0, "absent"),
    ("PresenceConfig", "limited_s", 12.0, "unusable"),
    ("PresenceConfig", "usable_weight", 1.0, "flickering"),
    ("PresenceConfig", "blocked_s", 12.0, "blocked"),
    ("PresenceConfig", "dark", 1.0, "blocked"),
    ("PresenceConfig", "blinding", 255.0, "blocked"),
    ("PresenceConfig", "flat", 0.0, "blocked"),
    ("DriverConfig", "jump", 5.0, "person or face"),
    ("DriverConfig", "size_ratio", 4.0, "person or face"),
    ("DriverConfig", "accept_s", 100.0, "another"),
    ("NeutralConfig", "provisional_s", 20.0, "cold_start"),
    ("NeutralConfig", "confirmed_s", 120.0, "cold_start"),
    ("NeutralConfig", "yaw_limit_deg", 30.0, "cold_start"),
    ("NeutralConfig", "pitch_lowest_deg", -20.0, "cold_start"),
    ("NeutralConfig", "pitch_highest_deg", 45.0, "out_of_range or out_of_its_range"),
    ("NeutralConfig", "outlier_deg", 20.0, "outliers"),
    ("NeutralConfig", "memory_s", 3600.0, "slowly"),
    ("NeutralConfig", "drift_yaw_deg", 20.0, "creeping"),
    ("NeutralConfig", "drift_pitch_deg", 20.0, "creeping"),
    ("NeutralConfig", "step_s", 150.0, "moved_seat"),
    ("NeutralConfig", "step_yaw_deg", 40.0, "large_step"),
    ("NeutralConfig", "step_pitch_deg", 40.0, "large_step"),
    ("NeutralConfig", "driver_s", 200.0, "another_driver"),
    ("NeutralConfig", "lasting_s", 60.0, "two_minutes"),
    ("EpisodeConfig", "attention_s", 2.0, "one_second_of_attention"),
    ("EpisodeConfig", "nod_again_s", 60.0, "refractory"),
    ("EpisodeConfig", "yawn_again_s", 0.0, "refractory"),
    ("EpisodeConfig", "drowsy_again_s", 0.0, "refractory"),
    ("EpisodeConfig", "limited_again_s", 0.0, "refractory"),
)

_FATIGUE: tuple[tuple[str, str, float, str], ...] = (
    ("ClosureConfig", "closed_at", 0.05, "half_shut"),
    ("ClosureConfig", "open_at", 0.9, "half_open"),
    ("ClosureConfig", "microsleep_s", 1.5, "grows"),
    ("ClosureConfig", "sleep_s", 4.0, "grows"),
    ("ClosureConfig", "unresponsive_s", 8.0, "grows"),
    ("ClosureConfig", "bridge_s", 0.0, "goes_on"),
    ("ClosureConfig", "bridge_s", 2.0, "goes_on"),
    ("ClosureConfig", "reopen_s", 0.0, "misread"),
    ("ClosureConfig", "reopen_s", 0.5, "half_open"),
    ("ClosureConfig", "glance_pitch_deg", 20.0, "glance"),
    ("ClosureConfig", "glance_onset_s", 2.0, "sag"),
    ("PerclosConfig", "window_s", 120, "Perclos"),
    ("PerclosConfig", "min_measured_s", 5.0, "Perclos"),
    ("PerclosConfig", "blink_s", 0.1, "Perclos"),
    ("PerclosConfig", "closed_at", 0.05, "half_shut"),
    ("NodConfig", "drop_deg", 30.0, "Nods"),
    ("NodConfig", "noise_factor", 10.0, "shaken"),
    ("NodConfig", "within_s", 5.0, "four_seconds"),
    ("NodConfig", "recovery", 1.0, "Nods"),
    ("NodConfig", "yaw_deg", 45.0, "Nods"),
    ("NodConfig", "lids_at", 0.95, "Nods"),
    ("DroopConfig", "pitch_deg", 25.0, "Droop"),
    ("DroopConfig", "roll_deg", 45.0, "Droop"),
    ("DroopConfig", "hold_s", 3.5, "Droop"),
    ("DroopConfig", "slow_deg_s", 120.0, "Droop"),
    ("DroopConfig", "slow_deg_s", 5.0, "Droop"),
    ("DroopConfig", "closed_at", 0.6, "a_third"),
    ("DroopConfig", "release", 0.2, "half_way"),
    ("YawnConfig", "open_at", 0.95, "Yawns"),
    ("YawnConfig", "open_at", 0.2, "wide_mouth"),
    ("YawnConfig", "hold_s", 2.5, "Yawns"),
    ("YawnConfig", "hold_s", 0.5, "wide_mouth"),
    ("YawnConfig", "dip_s", 0.5, "wide_mouth"),
    ("DrowsinessConfig", "memory_s", 1800.0, "Drowsiness"),
    ("DrowsinessConfig", "perclos_questionable", 0.02, "score"),
    ("DrowsinessConfig", "perclos_drowsy", 0.3, "Drowsiness"),
    ("DrowsinessConfig", "closure_weight", 0.1, "Drowsiness"),
    ("DrowsinessConfig", "nod_weight", 0.05, "Drowsiness"),
    ("DrowsinessConfig", "yawn_weight", 0.0, "yawns_make"),
    ("DrowsinessConfig", "critical_at", 1.0, "score"),
    ("DrowsinessConfig", "hysteresis", 0.0, "score"),
)


def thresholds() -> list[Mutant]:
    """Every setting that decides something, moved far enough to matter."""
    return [_threshold(*row) for row in (*_MONITOR, *_FATIGUE)]


def branches() -> list[Mutant]:
    """Decisions that are no number, each taken out or turned round."""
    return [
        _branch("a latecomer is believed at once", "intake",
                "if self._strays < self._config.jump_count:", "if False:", "believes"),
        _branch("doubles are counted", "intake", "if gap <= 0.0:", "if gap < 0.0:", "doubles"),
        _branch("a lost head is not projected", "gaze",
                "if self._unseen_s == 0.0:", "if False:", "lost_while or on_its_way"),
        _branch("a lost head is never held away", "gaze",
                "held = (self._away or self._down) and", "held = False and",
                "lost_while or on_its_way"),
        _branch("a lost head is held away for ever", "gaze",
                "and self._unseen_s < self._hold_s", "", "held_for_nine"),
        _branch("the roof is on the road", "gaze", " or pitch > up", "", "roof"),
        _branch("a face that is not clear is judged", "sampling",
                "return clear and (", "return (", "not_clear or unclear"),
        _branch("an uncertain pose is judged", "gaze",
                "if not sample.certain:", "if False:", "indecisive"),
        _branch("closed eyes are attentive", "gaze",
                "self.away or self.down or self.eyes_closed", "self.away or self.down",
                "yawn_that"),
        _branch("level 3 does not latch", "attention",
                "self._latched = True", "pass", "level_three"),
        _branch("any press releases level 3", "attention",
                "if attentive and (moment.acknowledge", "if (moment.acknowledge",
                "level_three"),
        _branch("rest releases level 3 despite a button", "attention",
                "rested and not moment.acknowledgeable", "rested", "level_three"),
        _branch("hiding at level 2 goes on counting", "attention",
                "if self.distracted and not hiding:", "if self.distracted:", "hiding"),
        _branch("hiding at level 2 earns the slow clock", "attention",
                "hidden and (self._seen.level < 2 or moment.absent)", "hidden", "hiding"),
        _branch("standstill does not stop the counter", "attention",
                "if moment.standstill:\n        return account.advisory",
                "if False:\n        return account.advisory",
                "about_to_stop"),
        _branch("a guess raises level 2", "attention",
                "if capped else -1.0", "if False else -1.0", "advise"),
        _branch("any look at the road resets a glance", "glances",
                "if self._out_s >= self._forgive_s - _ROUNDING:", "if not on:",
                "third_of_a_second"),
        _branch("glances add up at standstill", "glances",
                "gaze.off_road and not sample.standstill", "gaze.off_road", "standstill"),
        _branch("old glances never leave the window", "glances",
                "while self._cells and self._cells[0][0] < oldest:", "while False:",
                "window"),
        _branch("down is as strict at every speed", "glances",
                "limit = config.down_slow_s if slow else config.down_s", "limit = config.down_s",
                "looking_down"),
        _branch("a frozen image is fine", "camera",
                "image.change <= self._config.frozen", "False", "blocked"),
        _branch("an absence is told behind a blocked camera", "rules",
                "None if self.camera.suspected else absent", "absent", "blocked"),
        _branch("any face is the driver's", "driver",
                "elif self._is_other(x, y, box.side):", "elif False:", "person or face"),
        _branch("a turned head's eyes are missed", "presence",
                "judged=forward", "judged=True", "turned"),
        _branch("streams without eyes are nagged", "presence",
                "eyes_expected and sample.eyes is None", "sample.eyes is None", "never_measures"),
        _branch("a glance down is sleep", "closures",
                "return None if self._glance else", "return", "glance or lids"),
        _branch("blinks count in PERCLOS", "perclos",
                "if self._closure_s < self._config.blink_s - 1e-6:", "if False:", "Perclos"),
        _branch("unmeasured eyes count in PERCLOS", "perclos",
                "if sample.eyes is None:", "if False:", "Perclos"),
        _branch("a head held down nods", "nods",
                "or took_s > config.within_s", "", "four_seconds"),
        _branch("lids that fall first narrow the eyes", "nods",
                "if not 0.0 < self._fallen_s <= _LEAD_S:", "if True:", "well_before"),
        _branch("a head turned aside nods", "nods",
                "or self._swing > config.yaw_deg", "", "Nods"),
        _branch("a quick look down with unmeasured eyes droops", "droop",
                "if sample.eyes is None and not self._slow(fall):", "if False:", "Droop"),
        _branch("a slump to the side is overlooked", "droop",
                "return forward or self._held(", "return forward and self._held(", "Droop"),
        _branch("a misread mouth never ends a yawn", "yawns",
                "self._dip_s >= config.dip_s - 1e-6", "False", "wide_mouth"),
        _branch("cues are never forgotten", "drowsiness",
                "while self._recent and sample.t_s", "while False and sample.t_s", "Drowsiness"),
        _branch("a glance down droops, too", "fatigue",
                "if self.glancing_down:\n            droop = None", "if False:\n            pass",
                "lids_that"),
        _branch("a guess warns", "provisional",
                "if finding.kind in FROM_ANGLES and", "if False and", "advise"),
        _branch("the counter raises no episode", "engine",
                "findings += self._escalation(sample, gaze)", "pass", "raises"),
        _branch("a standing car goes on alerting", "engine",
                "told += self._close(DISTRACTION)", "pass", "standing"),
        _branch("a parked car teaches the neutral pose", "engine",
                "and not asleep and not sample.standstill:", "and not asleep:", "parked"),
        _branch("a sleeper teaches the neutral pose", "engine",
                "sample.certain and not asleep and", "sample.certain and", "sinking"),
        _branch("another driver inherits the neutral pose", "engine",
                "self._neutral.unsettle()", "pass", "another_driver"),
        _branch("glances that were told are told again", "engine",
                "self._rules.repeated.forget()", "pass", "starts_afresh"),
        _branch("monitoring off forgets nothing", "engine",
                "self._rules = Rules(self._config)", "pass", "off"),
        _branch("a jump back leaves episodes open", "engine",
                "self._close(tuple(AlertKind)) if step.restarted else []", "[]", "jump"),
        _branch("an episode ends at once", "book",
                "return episode.calm_s >= self._config.attention_s - _ROUNDING", "return True",
                "one_second_of_attention"),
        _branch("an episode ends while away", "episodes",
                "calm = gone and (attentive or key in CONDITIONS)", "calm = gone",
                "episode_lasts"),
        _branch("the latch does not hold the episode", "episodes",
                "if not calm or (key is None and held_open):", "if not calm:",
                "latch"),
        _branch("nothing has a refractory time", "episodes",
                "if now_s < self._quiet_until.get(finding.kind, now_s):", "if False:",
                "refractory"),
        _branch("a microsleep never becomes sleep", "episodes",
                "stronger = rank(finding.kind) > rank(last.kind)", "stronger = False", "grows"),
        _branch("a pose far aside becomes neutral", "neutral",
                "if not self._in_range(yaw_deg, pitch_deg):", "if False:",
                "out_of_range or out_of_its_range"),
        _branch("any step is a moved seat", "neutral",
                "if candidate.stepped and self._is_plausible(candidate):", "if candidate.stepped:",
                "two_minutes"),
    ]  # fmt: skip


def all_mutants() -> list[Mutant]:
    return thresholds() + branches()
