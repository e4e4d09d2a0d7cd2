//! What is asked for, and its figures over some facts: by fractions of whole numbers, rounded at the end.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::facts::{Fact, Part};
use super::setting::Setting;
use super::shaping::Shape;

/// Something that is asked for.
#[derive(Clone)]
pub(super) struct Asked {
    pub(super) key: String,
    /// What a step of a funnel is called.
    pub(super) title: String,
    /// A metric, or a formula.
    what: String,
    how: Option<String>,
    filters: Option<Value>,
    /// What is made of several buckets.
    pub(super) shape: Option<Shape>,
}

/// Everything that a query asks for, then what only its conditions are about.
pub(super) fn asked(query: &Value) -> Vec<Asked> {
    if let Some(steps) = query["funnel"]["steps"].as_array() {
        return steps.iter().zip(1..).map(|(step, number)| Asked::step(step, number)).collect();
    }
    let overall = query["aggregation"].as_str();
    let shown = query["metrics"].as_array().unwrap().iter().map(|one| {
        let text = |name: &str| one[name].as_str().map(str::to_owned);
        match one.as_str() {
            Some(id) => {
                let how = overall.map(str::to_owned);
                Asked { key: id.to_owned(), title: String::new(), what: id.to_owned(), how, filters: None, shape: None }
            }
            None => {
                let what = text("metric").or(text("formula")).unwrap();
                let is_metric = one.get("metric").is_some();
                Asked {
                    key: text("as").unwrap_or_else(|| what.clone()),
                    title: String::new(),
                    what,
                    how: text("aggregation").or(overall.filter(|_| is_metric).map(str::to_owned)),
                    filters: one.get("filters").cloned(),
                    shape: Shape::of(one),
                }
            }
        }
    });
    shown.collect()
}

/// Formulas that are asked for: their text, their metrics, and what they say.
type Made = fn(&[Option<Exact>]) -> Option<Exact>;
pub(crate) const FORMULAS: [(&str, &[&str], Made); 5] = [
    ("shopify.revenue / shopify.orders", &["shopify.revenue", "shopify.orders"], |of| over(of[0]?, of[1]?)),
    (
        "(shopify.revenue - shopify.tax) / shopify.customers",
        &["shopify.revenue", "shopify.tax", "shopify.customers"],
        |of| over(less(of[0]?, of[1]?), of[2]?),
    ),
    ("1 - shopify.new_customers / shopify.customers", &["shopify.new_customers", "shopify.customers"], |of| {
        Some(less((1, 1), over(of[0]?, of[1]?)?))
    }),
    ("-shopify.net_revenue * 0.25 + shopify.aov", &["shopify.net_revenue", "shopify.aov"], |of| {
        let quarter = over(of[0]?, (-4, 1))?;
        Some(less(of[1]?, (-quarter.0, quarter.1)))
    }),
    ("shopify.orders - 2 * shopify.cancelled_orders", &["shopify.orders", "shopify.cancelled_orders"], |of| {
        Some(less(of[0]?, (2 * of[1]?.0, of[1]?.1)))
    }),
];

/// A number as a numerator and a denominator above zero.
pub(super) type Exact = (i128, i128);

fn over(a: Exact, b: Exact) -> Option<Exact> {
    let (numerator, denominator) = (a.0 * b.1, a.1 * b.0);
    (denominator != 0).then_some(if denominator < 0 { (-numerator, -denominator) } else { (numerator, denominator) })
}

fn less(a: Exact, b: Exact) -> Exact {
    (a.0 * b.1 - b.0 * a.1, a.1 * b.1)
}

impl Asked {
    fn step(step: &Value, number: usize) -> Self {
        let (what, title) = (step["metric"].as_str().unwrap(), step["label"].as_str().unwrap());
        let key = format!("step_{number}");
        let filters = step.get("filters").cloned();
        Self { key, title: title.to_owned(), what: what.to_owned(), how: None, filters, shape: None }
    }

    /// Something that is no amount.
    pub(super) fn count() -> Self {
        Self::step(&json!({"metric": "shopify.orders", "label": ""}), 1)
    }

    /// The metrics that it is made of.
    pub(super) fn metrics(&self) -> Vec<&str> {
        let formula = FORMULAS.iter().find(|(text, ..)| *text == self.what);
        formula.map_or_else(|| vec![self.what.as_str()], |(_, metrics, _)| metrics.to_vec())
    }

    /// Whether its figures are amounts of money: of the formulas, those that begin with one.
    pub(super) fn is_money(&self) -> bool {
        is_money(self.metrics()[0]) && !self.what.starts_with("1 -")
    }

    pub(super) fn is_of(&self, fact: &Fact<'_>, setting: &Setting<'_>) -> bool {
        let is_taken = |filter| fact.matches(filter, &setting.stores[fact.store]);
        self.filters.as_ref().is_none_or(is_taken) && self.metrics().iter().any(|metric| fact.is_of(metric, setting))
    }

    /// Whether a customer who is followed takes the step by it.
    pub(super) fn is_step(&self, fact: &Fact<'_>, setting: &Setting<'_>) -> bool {
        let kind = match self.what.as_str() {
            "shopify.new_customers" => Some("new"),
            "shopify.returning_customers" => Some("returning"),
            _ => None,
        };
        self.is_of(fact, setting) && fact.order.customer.is_some() && (kind.is_none() || fact.customer_type == kind)
    }

    /// Whether some amount of a fact is added up for it.
    pub(super) fn takes_money(&self, fact: &Fact<'_>, setting: &Setting<'_>) -> bool {
        let takes = |metric: &&str| {
            is_money(metric)
                && fact.is_of(metric, setting)
                && (*metric != "shopify.revenue_per_customer" || fact.order.customer.is_some())
        };
        self.is_of(fact, setting) && self.metrics().iter().any(takes)
    }

    /// Whether amounts are part of it.
    pub(super) fn has_money(&self) -> bool {
        self.metrics().iter().any(|metric| is_money(metric))
    }

    /// Whether a figure of it is as a comparison says.
    pub(super) fn is_like(&self, comparison: &Value, figure: Option<i128>) -> Option<bool> {
        let operator = comparison["operator"].as_str().unwrap();
        match operator {
            "set" => return Some(figure.is_some()),
            "notSet" => return Some(figure.is_none()),
            _ => {}
        }
        let text = match &comparison["values"][0] {
            Value::String(text) => text.clone(),
            number => number.to_string(),
        };
        let (whole, decimals) = text.split_once('.').unwrap_or((&text, ""));
        let digits: i128 = format!("{whole}{decimals}").parse().unwrap();
        let one = if self.is_money() { 10_000 } else { 1_000_000 };
        let (figure, number) = (figure? * 10_i128.pow(u32::try_from(decimals.len()).unwrap()), digits * one);
        Some(match operator {
            "equals" => figure == number,
            "notEquals" => figure != number,
            "gt" => figure > number,
            "gte" => figure >= number,
            "lt" => figure < number,
            "lte" => figure <= number,
            other => panic!("{other}"),
        })
    }

    /// Its figure over some facts, of which it takes those that are its own, in units of its last decimal.
    pub(super) fn figure(&self, facts: &[Fact<'_>], setting: &Setting<'_>) -> Option<i128> {
        self.figure_per(facts, setting, 1)
    }

    /// The same over a number of things.
    pub(super) fn figure_per(&self, facts: &[Fact<'_>], setting: &Setting<'_>, things: i128) -> Option<i128> {
        let taken: Vec<_> = facts.iter().filter(|fact| self.is_of(fact, setting)).copied().collect();
        let of = |metric: &&str| {
            let own: Vec<_> = taken.iter().filter(|fact| fact.is_of(metric, setting)).copied().collect();
            of_metric(metric, self.how.as_deref(), &own, setting)
        };
        let exact = match FORMULAS.iter().find(|(text, ..)| *text == self.what) {
            Some((_, metrics, made)) => made(&metrics.iter().map(of).collect::<Vec<_>>()),
            None => of(&self.what.as_str()),
        };
        let (numerator, denominator) = exact?;
        half_even(numerator * if self.is_money() { 10_000 } else { 1_000_000 }, denominator * things)
    }

    /// Whether the figures of buckets add up to that of all of them.
    pub(super) fn adds_up(&self) -> bool {
        let is_ratio = matches!(self.what.as_str(), "shopify.aov" | "shopify.revenue_per_customer");
        let is_sum = !is_ratio && self.how.as_deref().is_none_or(|how| how == "sum");
        // Of the formulas, the last is one.
        let formula = FORMULAS.iter().position(|(text, ..)| *text == self.what);
        formula.map_or(is_sum, |formula| formula == 4)
    }

    pub(super) fn json(&self, figure: Option<i128>) -> Value {
        match figure {
            None => Value::Null,
            Some(raw) if self.is_money() => json!(money_text(raw)),
            Some(raw) if raw % 1_000_000 == 0 => json!(i64::try_from(raw / 1_000_000).unwrap()),
            Some(raw) => json!(raw as f64 / 1e6),
        }
    }

    pub(super) fn compared(&self, now: Option<i128>, before: Option<i128>) -> Value {
        let delta = now.and_then(|now| Some(now - before?));
        let ratio = delta.filter(|_| before != Some(0)).map(|delta| {
            let exact = delta as f64 / before.unwrap().abs() as f64;
            (exact * 1e6).round() / 1e6
        });
        json!({"value": self.json(before), "delta": self.json(delta), "ratio": ratio})
    }
}

fn is_money(metric: &str) -> bool {
    !matches!(
        metric,
        "shopify.orders"
            | "shopify.units"
            | "shopify.customers"
            | "shopify.new_customers"
            | "shopify.returning_customers"
            | "shopify.cancelled_orders"
    )
}

/// The number that a row has for a metric.
fn number(metric: &str, fact: &Fact<'_>) -> i64 {
    let order = fact.order;
    match (metric, fact.part) {
        (_, Part::Refund(refund)) if metric == "shopify.net_revenue" => -refund.amount,
        (_, Part::Refund(refund)) => refund.amount,
        ("shopify.units", Part::Item(item)) => item.quantity,
        (_, Part::Item(item)) => item.amount,
        ("shopify.discounts", _) => order.discount,
        ("shopify.refunds", _) => order.refunded,
        ("shopify.tax", _) => order.tax,
        ("shopify.shipping", _) => order.shipping,
        _ => order.total,
    }
}

/// A metric of the facts that are its own.
fn of_metric(metric: &str, how: Option<&str>, own: &[Fact<'_>], setting: &Setting<'_>) -> Option<Exact> {
    // Amounts and what they are worth have four decimals each.
    let unit = if is_money(metric) { 100_000_000 } else { 1 };
    let worth = |fact: &Fact<'_>| if is_money(metric) { setting.rate(fact).unwrap().into() } else { 1 };
    let sum = |of: &dyn Fn(&Fact<'_>) -> i64| own.iter().map(|fact| i128::from(of(fact)) * worth(fact)).sum::<i128>();
    let customers = |kind: Option<&str>| {
        let taken = own.iter().filter(|fact| kind.is_none() || fact.customer_type == kind);
        let different: BTreeSet<_> = taken.filter_map(|fact| Some((fact.store, fact.order.customer?))).collect();
        (different.len() as i128, 1)
    };
    let count = own.len() as i128;
    match metric {
        "shopify.orders" | "shopify.cancelled_orders" => return Some((count, 1)),
        "shopify.aov" => return over((sum(&|fact| fact.order.total), unit), (count, 1)),
        "shopify.customers" => return Some(customers(None)),
        "shopify.new_customers" => return Some(customers(Some("new"))),
        "shopify.returning_customers" => return Some(customers(Some("returning"))),
        "shopify.revenue_per_customer" => {
            // What nobody known paid needs no rate either.
            let known = own.iter().filter(|fact| fact.order.customer.is_some());
            let known = known.map(|fact| i128::from(fact.order.total) * worth(fact)).sum();
            return over((known, unit), customers(None));
        }
        _ => {}
    }
    // Where refunds do not count by themselves they are part of their order's number.
    let of = |fact: &Fact<'_>| {
        let is_reduced = metric == "shopify.net_revenue" && !setting.by_refund();
        number(metric, fact) - if is_reduced { fact.order.refunded } else { 0 }
    };
    let mut values: Vec<i128> = own.iter().map(|fact| i128::from(of(fact)) * worth(fact)).collect();
    values.sort_unstable();
    let percentile = |at: usize| {
        let position = at * values.len().checked_sub(1)?;
        let (below, between) = (position / 1_000, (position % 1_000) as i128);
        let (lower, upper) = (values[below], values[(below + 1).min(values.len() - 1)]);
        Some((lower * (1_000 - between) + upper * between, 1_000 * unit))
    };
    match how {
        None | Some("sum") => Some((sum(&of), unit)),
        Some("avg") => over((sum(&of), unit), (count, 1)),
        Some("min") => Some((*values.first()?, unit)),
        Some("max") => Some((*values.last()?, unit)),
        Some("median") => percentile(500),
        Some("p90") => percentile(900),
        Some("p95") => percentile(950),
        Some("p99") => percentile(990),
        Some("latest") => {
            let values = own.iter().map(|fact| (fact.at(setting), i128::from(of(fact)) * worth(fact)));
            values.max().map(|newest| (newest.1, unit))
        }
        Some(other) => panic!("{other}"),
    }
}

pub(super) fn half_even(a: i128, b: i128) -> Option<i128> {
    if b == 0 {
        return None;
    }
    // Twice as fine first: the last bit and the rest tell a half from more and less.
    let halves = (2 * a).div_euclid(b);
    let is_exact = halves * b == 2 * a;
    let floor = halves.div_euclid(2);
    let is_half = halves.rem_euclid(2) == 1;
    Some(floor + i128::from(is_half && (!is_exact || floor.rem_euclid(2) == 1)))
}

fn money_text(raw: i128) -> String {
    let (whole, mut rest) = (raw.abs() / 10_000, format!("{:04}", raw.abs() % 10_000));
    while rest.len() > 2 && rest.ends_with('0') {
        rest.pop();
    }
    format!("{}{whole}.{rest}", if raw < 0 { "-" } else { "" })
}

#[test]
fn the_oracle_rounds_halves_to_the_even_neighbour() {
    assert_eq!(half_even(5, 2), Some(2));
    assert_eq!(half_even(7, 2), Some(4));
    assert_eq!(half_even(-5, 2), Some(-2));
    assert_eq!(half_even(-11, 3), Some(-4));
}
