"""How much a score changed between two times at which the same people were asked.

Source: the confidence interval for the mean of paired differences with Student's t distribution; Altman, D. G., Machin,
D., Bryant, T. N. and Gardner, M. J. (eds.), Statistics with Confidence, 2nd ed. (2000), chapter 4.

A worked example. Five children scored 3, 2, 4, 1, 3 before and 5, 4, 4, 3, 4 after. The differences are 2, 2, 0, 2, 1;
their mean is 1.4 and their standard deviation 0.894. With 4 degrees of freedom t is 2.776, so the interval is 1.4 ±
2.776 × 0.894 / √5 = 1.4 ± 1.11: from 0.29 to 2.51. It does not hold 0, so chance alone hardly explains the change. Nor
does it say that the activity is the reason: there was no group without it.
"""

import math
from dataclasses import dataclass

CONFIDENCE = 0.95


@dataclass(frozen=True)
class ScoreChange:
    """Means of `pairs` people before and after, the mean of their changes, and its confidence interval.

    lower and upper are None where fewer than two pairs leave nothing to estimate them from.
    """

    pairs: int
    before: float
    after: float
    change: float
    lower: float | None
    upper: float | None

    @property
    def is_certain(self) -> bool:
        """Whether the interval leaves out 0: more than chance alone would do."""
        return self.lower is not None and self.upper is not None and not self.lower <= 0 <= self.upper


def score_change(
    pairs: int, before: float, after: float, change: float, sd_of_change: float | None, confidence: float = CONFIDENCE
) -> ScoreChange:
    """The change and its interval, from the number of pairs, the means, and mean and standard deviation (n − 1) of the
    differences.

    Raises ValueError without a pair, for a negative standard deviation, or for a confidence not between 0 and 1.
    """
    if pairs < 1:
        raise ValueError(f"score_change: {pairs} pairs; there is nothing to compare")
    if sd_of_change is not None and sd_of_change < 0:
        raise ValueError(f"score_change: standard deviation is {sd_of_change}; it cannot be negative")
    if not 0 < confidence < 1:
        raise ValueError(f"score_change: confidence is {confidence}; give a share between 0 and 1, such as 0.95")
    if pairs < 2 or sd_of_change is None:
        return ScoreChange(pairs, before, after, change, None, None)
    half = _t_quantile((1 + confidence) / 2, pairs - 1) * sd_of_change / math.sqrt(pairs)
    return ScoreChange(pairs, before, after, change, change - half, change + half)


def _t_quantile(share: float, degrees_of_freedom: int) -> float:
    # Imported here: it takes half a second, which only who looks at a change should wait for.
    from scipy import stats

    return float(stats.t.ppf(share, degrees_of_freedom))
