"""What is measured of a rule, in one line for people. Pure."""

from shared.feedback.rule_measures import RuleMeasure


def measure_line(measure: RuleMeasure) -> str:
    """Return id, precision, rate and whether the rule is dead."""
    parts = [measure.rule, _precision(measure)]
    if measure.reasons:
        reasons = measure.reasons.items()
        parts.append(", ".join(f"{count} {reason.replace('_', ' ')}" for reason, count in reasons))
    parts.append(f"{measure.messages_per_day:g} messages a day")
    parts.append(_firing(measure))
    return "  ".join(parts)


def _precision(measure: RuleMeasure) -> str:
    if measure.precision is None or measure.low is None or measure.high is None:
        return "no verdict yet"
    verdicts = measure.right + measure.wrong
    interval = f"{measure.low:.0%} to {measure.high:.0%}"
    return f"{measure.precision:.0%} right ({interval}, {verdicts} verdicts)"


def _firing(measure: RuleMeasure) -> str:
    dead = "DEAD: " if measure.state == "dead" else ""
    if measure.last_fired_at is None:
        return f"{dead}has not fired in {measure.days} days"
    gap = f", usually every {measure.gap_days:g} days" if measure.gap_days else ""
    return f"{dead}last fired {measure.last_fired_at:%Y-%m-%d}{gap}"
