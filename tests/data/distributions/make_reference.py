# SPDX-License-Identifier: MIT
"""Write reference.csv: distribution functions to 25 digits, by mpmath with 60 digits.

Run from any folder with mpmath installed. Parameters are doubles taken exactly, so that the table is a fact
about the very numbers the tests pass in. Columns: family, first and second parameter, x, cdf, survival, loss E(D-x)+,
complementary loss E(x-D)+, second-order loss E[((D-x)+)^2]/2.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from pathlib import Path

from mpmath import mp, mpf

mp.dps = 60
Row = tuple[str, float, float, float, list[mpf]]


def normal(mean: float, deviation: float, x: float) -> list[mpf]:
    m, s = mpf(mean), mpf(deviation)
    z = (mpf(x) - m) / s
    upper, lower, density = mp.erfc(z / mp.sqrt(2)) / 2, mp.erfc(-z / mp.sqrt(2)) / 2, mp.npdf(z)
    second = ((1 + z * z) * upper - z * density) / 2
    return [lower, upper, s * (density - z * upper), s * (density + z * lower), s * s * second]


def lognormal(mu: float, sigma: float, x: float) -> list[mpf]:
    m, s, v = mpf(mu), mpf(sigma), mpf(x)

    def tail(z: mpf) -> mpf:
        return mp.erfc(z / mp.sqrt(2)) / 2

    d = (mp.log(v) - m) / s
    first, second = mp.exp(m + s * s / 2), mp.exp(2 * m + 2 * s * s)
    return [
        tail(-d),
        tail(d),
        first * tail(d - s) - v * tail(d),
        v * tail(-d) - first * tail(s - d),
        (second * tail(d - 2 * s) - 2 * v * first * tail(d - s) + v * v * tail(d)) / 2,
    ]


def gamma(shape: float, scale: float, x: float) -> list[mpf]:
    a, s = mpf(shape), mpf(scale)
    y = mpf(x) / s
    working = mp.dps
    with mp.workdps(working + 40):
        upper = [mp.gammainc(a + i, y, mp.inf, regularized=True) for i in range(3)]
        lower = [mp.gammainc(a + i, 0, y, regularized=True) for i in range(2)]
        second = (a * (a + 1) * upper[2] - 2 * y * a * upper[1] + y * y * upper[0]) / 2
        first = a * upper[1] - y * upper[0]
        return [lower[0], upper[0], s * first, s * (y * lower[0] - a * lower[1]), s * s * second]


def lattice(pmf: Callable[[int], mpf], ratio: Callable[[int], mpf], x: float) -> list[mpf]:
    """Sum upwards above x and downwards below it: positive terms only."""
    v, n = mpf(x), int(mp.floor(x))
    below, short = mpf(0), mpf(0)
    p = pmf(n)
    for k in range(n, -1, -1):
        below += p
        short += (v - k) * p
        if k > 0:
            p /= ratio(k - 1)
        if p * (v - k + 1) * (k + 1) < mpf(10) ** -45 * short:
            break
    above, first, second = mpf(0), mpf(0), mpf(0)
    p, k = pmf(n + 1), n + 1
    while True:
        over = k - v
        above += p
        first += over * p
        second += over * over * p / 2
        r = ratio(k)
        p *= r
        k += 1
        if r < 1 and p * (over + 1 / (1 - r)) ** 2 / (1 - r) < mpf(10) ** -35 * second:
            break
    return [below, above, first, short, second]


def poisson(mean: float, _: float, x: float) -> list[mpf]:
    m = mpf(mean)
    return lattice(lambda k: mp.exp(k * mp.log(m) - m - mp.loggamma(k + 1)), lambda k: m / (k + 1), x)


def negative_binomial(r: float, p: float, x: float) -> list[mpf]:
    size, success = mpf(r), mpf(p)
    failure = 1 - success

    def pmf(k: int) -> mpf:
        logs = mp.loggamma(size + k) - mp.loggamma(size) - mp.loggamma(k + 1)
        return mp.exp(logs + size * mp.log(success) + k * mp.log(failure))

    return lattice(pmf, lambda k: failure * (size + k) / (k + 1), x)


def rows() -> Iterator[Row]:
    standard = [-30.0, -8.0, -5.0, -3.0, -1.5, -0.25, 0.0, 0.75, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0, 30.0]
    for z in standard:
        yield "normal", 0.0, 1.0, z, normal(0.0, 1.0, z)
        yield "normal", 100.0, 15.0, 100 + 15 * z, normal(100.0, 15.0, 100 + 15 * z)
    for mu, sigma in [(0.0, 1.0), (4.0, 0.25), (2.0, 0.05), (-1.0, 2.0), (5.0, 0.9)]:
        for z in [-6.0, -2.0, -0.5, 0.0, 1.0, 3.0, 6.0, 8.0]:
            x = float(mp.exp(mpf(mu) + mpf(sigma) * z))
            yield "lognormal", mu, sigma, x, lognormal(mu, sigma, x)
    for shape, scale in [(0.05, 2.0), (0.5, 1.0), (1.0, 3.0), (4.0, 1.25), (37.5, 0.4), (1e3, 1.0), (1e5, 0.01)]:
        deviation = shape**0.5 * scale
        points = [shape * scale + z * deviation for z in [-6, -3, -1, -0.1, 0.0, 0.5, 2, 4, 8, 15, 40]]
        points += [shape * scale * f for f in [1e-3, 0.1, 0.5]]
        for x in points:
            if x > 0 and not (shape > 1e4 and x < 0.9 * shape * scale):
                yield "gamma", shape, scale, x, gamma(shape, scale, x)
    for mean in [1e-3, 0.1, 1.0, 7.3, 60.0, 1e3, 1e5]:
        points = {float(round(mean + z * mean**0.5)) for z in [-8, -6, -4, -2, -1, 0, 1, 2, 4, 6, 8, 12]} | {
            0.0,
            1.0,
            5.0,
        }
        for x in sorted(points | {0.5, round(mean + 3 * mean**0.5) + 0.375}):
            if x >= 0 and abs(x - mean) < 60 * mean**0.5 + 40:
                yield "poisson", mean, 0.0, x, poisson(mean, 0.0, x)
    cases = [
        (0.05, 0.5),
        (0.05, 0.002),
        (0.5, 0.05),
        (1.0, 0.25),
        (2.5, 0.9),
        (10.0, 0.5),
        (30.0, 0.999),
        (1e3, 0.5),
        (1e3, 0.99),
    ]
    for r, p in cases:
        mean = r * (1 - p) / p
        deviation = (mean / p) ** 0.5
        points = {float(round(mean + z * deviation)) for z in [-6, -4, -2, -1, 0, 1, 2, 4, 8, 15]} | {0.0, 1.0, 5.0}
        for x in sorted(points | {0.5, round(mean + 3 * deviation) + 0.375}):
            if x >= 0 and abs(x - mean) < 40 * deviation + 10:
                yield "negative_binomial", r, p, x, negative_binomial(r, p, x)


if __name__ == "__main__":
    with Path(__file__).with_name("reference.csv").open("w", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(["family", "a", "b", "x", "cdf", "survival", "loss", "complementary_loss", "second_order_loss"])
        for family, a, b, x, values in rows():
            writer.writerow([family, repr(a), repr(b), repr(x), *(mp.nstr(v, 20) for v in values)])
