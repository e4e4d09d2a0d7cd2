//! Figures that are made of those of several buckets: rolling ones and trends, of one group at a time.

use num_bigint::BigInt;
use num_traits::Zero as _;

use super::figure::Figure;
use super::figures::Values;
use super::formula::{Exact, rounded};
use super::making::Making;
use super::query::{Rolling, RollingFigure, Shape};

/// A group in one step of the axis, in one of the periods.
pub(crate) struct Point<'t> {
    /// What its rows within the ranges of their stores come to.
    pub(crate) own: Option<&'t Values>,
    /// What those before the ranges of their stores come to.
    pub(crate) lead: Option<&'t Values>,
    /// By who tells (see `Measures::tellers`): whether of the step, within the ranges.
    pub(crate) told: Vec<bool>,
    /// The same before the ranges.
    pub(crate) told_lead: Vec<bool>,
    /// Whether it is over and not cut short, and so says as much as any other.
    pub(crate) is_whole: bool,
}

/// The figures of something that is asked for, of each of these points, which follow each other.
pub(crate) fn figures(making: &Making<'_>, asked: usize, shape: Shape, points: &[Point<'_>]) -> Vec<Figure> {
    match shape {
        Shape::Rolling(rolling) => rolled(making, asked, rolling, points),
        Shape::Trend => trend(making, asked, points),
    }
}

/// The figures of the last buckets up to each point; none where no source tells of the point.
fn rolled(making: &Making<'_>, asked: usize, rolling: Rolling, points: &[Point<'_>]) -> Vec<Figure> {
    let tells = |point: &Point<'_>, source: usize| point.told[source] || point.told_lead[source];
    let is_told = |point: &Point<'_>| {
        let mut values = point.own.into_iter().chain(point.lead);
        making.tellers_of(asked).into_iter().any(|source| tells(point, source))
            || values.any(|values| making.has_rows(asked, values))
    };
    let is_told: Vec<_> = points.iter().map(is_told).collect();
    // How many of the points before are told, and of how many each source tells.
    let count = |holds: &dyn Fn(usize) -> bool| -> Vec<usize> {
        let counted = (0..points.len()).scan(0, |count, at| {
            *count += usize::from(holds(at));
            Some(*count)
        });
        [0].into_iter().chain(counted).collect()
    };
    let told = count(&|at| is_told[at]);
    let by_source: Vec<_> = (0..making.tellers()).map(|source| count(&|at| tells(&points[at], source))).collect();
    let of_points = points.iter().map(|point| {
        let mut values = point.own.into_iter().chain(point.lead).cloned();
        let first = values.next()?;
        Some(values.fold(first, |sum, more| merged(making, sum, &more)))
    });
    let sums = windows(making, rolling.buckets, of_points.collect());
    let is_per_bucket = rolling.figure == RollingFigure::Average && making.adds_up(asked);
    let of_point = |(at, sums): (usize, Option<Values>)| {
        is_told[at].then_some(())?;
        let first = (at + 1).saturating_sub(rolling.buckets);
        let told_by: Vec<_> = by_source.iter().map(|count| count[at + 1] > count[first]).collect();
        let buckets = if is_per_bucket { told[at + 1] - told[first] } else { 1 };
        making.figure_per(asked, sums.as_deref(), &told_by, buckets)
    };
    sums.into_iter().enumerate().map(of_point).collect()
}

/// What each run of `length` values, or as many as there are, comes to, by its last one. Each value is merged three times at most,
/// however long the runs: a run is the end of one block of that length and the beginning of the next.
fn windows(making: &Making<'_>, length: usize, values: Vec<Option<Values>>) -> Vec<Option<Values>> {
    let both = |a: &Option<Values>, b: &Option<Values>| match (a, b) {
        (Some(a), Some(b)) => Some(merged(making, a.clone(), b)),
        (one, other) => one.clone().or_else(|| other.clone()),
    };
    let mut to_end = values.clone();
    for at in (0..values.len().saturating_sub(1)).rev().filter(|at| (at + 1) % length != 0) {
        to_end[at] = both(&to_end[at], &to_end[at + 1]);
    }
    let mut from_start = values;
    for at in (1..from_start.len()).filter(|at| at % length != 0) {
        from_start[at] = both(&from_start[at - 1], &from_start[at]);
    }
    let of_last = |at: usize| match (at + 1).checked_sub(length) {
        Some(first) if first % length != 0 => both(&to_end[first], &from_start[at]),
        _ => from_start[at].clone(),
    };
    (0..from_start.len()).map(of_last).collect()
}

fn merged(making: &Making<'_>, mut sum: Values, more: &Values) -> Values {
    making.merge(&mut sum, more);
    sum
}

/// Where the points are on the line that is nearest to those that are whole; nowhere where no source tells of them.
fn trend(making: &Making<'_>, asked: usize, points: &[Point<'_>]) -> Vec<Figure> {
    let of_point = |point: &Point<'_>| making.figure(asked, point.own.map(Vec::as_slice), &point.told);
    let whole = points.iter().enumerate().filter(|(_, point)| point.is_whole);
    let whole: Vec<_> = whole.filter_map(|(at, point)| Some((at, of_point(point)?))).collect();
    let line = Line::through(&whole);
    let is_told = |point: &Point<'_>| {
        making.tellers_of(asked).into_iter().any(|source| point.told[source])
            || point.own.is_some_and(|own| making.has_rows(asked, own))
    };
    let points = points.iter().enumerate();
    points.map(|(at, point)| line.as_ref().filter(|_| is_told(point))?.at(at)).collect()
}

/// The straight line with the least sum of squared distances to some points, computed exactly.
struct Line {
    /// Its height at zero, and how much it rises from one to the next, both times `by`.
    height: BigInt,
    rise: BigInt,
    by: BigInt,
}

impl Line {
    /// Through two points or more.
    fn through(points: &[(usize, i128)]) -> Option<Self> {
        let sum = |of: &dyn Fn(&BigInt, &BigInt) -> BigInt| -> BigInt {
            points.iter().map(|(x, y)| of(&BigInt::from(*x), &BigInt::from(*y))).sum()
        };
        let count = BigInt::from(points.len());
        let (x, y) = (sum(&|x, _| x.clone()), sum(&|_, y| y.clone()));
        let (xx, xy) = (sum(&|x, _| x * x), sum(&|x, y| x * y));
        let by = &count * &xx - &x * &x;
        (!by.is_zero()).then(|| Self { height: &y * &xx - &x * &xy, rise: &count * &xy - &x * &y, by })
    }

    fn at(&self, x: usize) -> Figure {
        rounded(&Exact::new(&self.height + &self.rise * BigInt::from(x), self.by.clone()), 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_as_near_to_its_points_as_can_be() {
        let line = |points: &[(usize, i128)]| {
            let line = Line::through(points)?;
            Some((0..4).map(|x| line.at(x).unwrap()).collect::<Vec<_>>())
        };
        assert_eq!(line(&[(0, 10), (1, 20), (2, 30)]), Some(vec![10, 20, 30, 40]));
        assert_eq!(line(&[(1, 5), (3, 5)]), Some(vec![5, 5, 5, 5]));
        // By hand: a mean of 2 at x = 1.5, and (-1.5 * -2 - 0.5 * 2 + 0.5 * -1 + 1.5 * 1) / 5 = 0.6.
        assert_eq!(line(&[(0, 0), (1, 4), (2, 1), (3, 3)]), Some(vec![1, 2, 2, 3]), "1.1, 1.7, 2.3, 2.9");
        assert_eq!(line(&[(0, i128::MAX / 2), (2, i128::MAX / 2)]).unwrap()[1], i128::MAX / 2);
        assert_eq!((line(&[(2, 7)]), line(&[])), (None, None), "one point has many lines");
    }
}
