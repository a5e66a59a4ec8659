"""The LMS method: a skewed distribution described by L (power), M (median) and S (spread).

Source: Cole TJ, Green PJ. Stat Med 1992;11:1305-1319. The scalar functions here take one value; columns are
done with the same formulas in the modules that hold the tables.
"""

from math import erfc, exp, log, sqrt
from statistics import NormalDist

_STANDARD = NormalDist()


def lms_z(value: float, power: float, median: float, spread: float) -> float:
    """The z-score of `value` (same unit as `median`, above 0)."""
    if power == 0:
        return log(value / median) / spread
    return float(((value / median) ** power - 1) / (power * spread))


def lms_value(z: float, power: float, median: float, spread: float) -> float:
    """The value at z-score `z`: the inverse of `lms_z`."""
    if power == 0:
        return median * exp(spread * z)
    return float(median * (1 + power * spread * z) ** (1 / power))


def normal_cdf(z: float) -> float:
    """The share of a standard normal distribution below `z`, exact also far out in the lower tail."""
    return 0.5 * erfc(-z / sqrt(2))


def normal_quantile(share: float) -> float:
    """The z below which `share` (0 < share < 1) of a standard normal distribution lies."""
    return _STANDARD.inv_cdf(share)
