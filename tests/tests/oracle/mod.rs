//! What the figures of an orders export are, computed the naive way: every row in memory, whole numbers only, and not one
//! line of the engine.

pub(crate) mod calendar;

mod orders;
mod state;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::RangeInclusive;
use std::path::Path;
use std::sync::Arc;

pub(crate) use orders::Order;
pub(crate) use state::{State, Sums};

/// Some orders, each in one state.
pub(crate) struct Shop {
    /// Those that count.
    orders: Vec<Arc<Order>>,
    first_order: HashMap<String, i64>,
    told: Option<(i64, i64)>,
}

/// The figures of some orders. Money in cents.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Figures {
    pub(crate) revenue: i64,
    pub(crate) orders: i64,
    pub(crate) units: i64,
    pub(crate) product_revenue: i64,
    pub(crate) customers: i64,
    pub(crate) new_customers: i64,
    pub(crate) returning_customers: i64,
}

impl Figures {
    /// Revenue over orders in ten-thousandths, halves to the even one.
    pub(crate) fn average_order(&self) -> Option<i64> {
        (self.orders > 0).then(|| divide_half_even(self.revenue * 100, self.orders))
    }
}

/// What a product sold. Money in cents.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct ProductFigures {
    pub(crate) revenue: i64,
    pub(crate) units: i64,
}

impl Shop {
    /// Reads a gzipped export in which every line has a price, a quantity and a discount. Cancelled and test orders do not count.
    pub(crate) fn read(path: &Path) -> Self {
        Self::of(orders::read(path).into_iter().map(Arc::new))
    }

    /// The shop that has these orders and no others.
    pub(crate) fn of(all: impl Iterator<Item = Arc<Order>>) -> Self {
        let mut shop = Self { orders: Vec::new(), first_order: HashMap::new(), told: None };
        for order in all {
            let (first, last) = shop.told.unwrap_or((order.at, order.at));
            shop.told = Some((first.min(order.at), last.max(order.at)));
            if order.counts {
                let first = shop.first_order.entry(order.customer.clone()).or_insert(order.at);
                *first = order.at.min(*first);
                shop.orders.push(order);
            }
        }
        shop
    }

    /// The dates of the New York days from the first order's to the last one's, whether they count or not. `None` when there are
    /// no orders.
    pub(crate) fn told_days(&self) -> Option<RangeInclusive<String>> {
        self.told_by(|day| day)
    }

    /// The dates of the Mondays of these days' weeks.
    pub(crate) fn told_weeks(&self) -> Option<RangeInclusive<String>> {
        self.told_by(calendar::monday_of)
    }

    fn told_by(&self, bucket: fn(i64) -> i64) -> Option<RangeInclusive<String>> {
        let date = |at| calendar::date_text(bucket(calendar::new_york_day(at)));
        self.told.map(|(first, last)| date(first)..=date(last))
    }

    /// The figures of all orders.
    pub(crate) fn totals(&self) -> Figures {
        self.figures(&self.orders.iter().map(|order| &**order).collect::<Vec<_>>())
    }

    /// The figures of each New York day that has orders, by its date.
    pub(crate) fn by_day(&self) -> BTreeMap<String, Figures> {
        self.by(|day| day)
    }

    /// The figures of each New York week that has orders, by the date of its Monday.
    pub(crate) fn by_week(&self) -> BTreeMap<String, Figures> {
        self.by(calendar::monday_of)
    }

    /// What each product sold, by its name.
    pub(crate) fn by_product(&self) -> BTreeMap<String, ProductFigures> {
        let mut products: BTreeMap<String, ProductFigures> = BTreeMap::new();
        for order in &self.orders {
            for item in &order.items {
                let figures = products.entry(item.product.clone()).or_default();
                figures.revenue += item.cents;
                figures.units += item.units;
            }
        }
        products
    }

    fn by(&self, bucket: fn(i64) -> i64) -> BTreeMap<String, Figures> {
        let mut buckets: BTreeMap<i64, Vec<&Order>> = BTreeMap::new();
        for order in &self.orders {
            buckets.entry(bucket(calendar::new_york_day(order.at))).or_default().push(order);
        }
        buckets.into_iter().map(|(day, orders)| (calendar::date_text(day), self.figures(&orders))).collect()
    }

    fn figures(&self, orders: &[&Order]) -> Figures {
        let is_first = |order: &Order| self.first_order[&order.customer] == order.at;
        let distinct = |keep: &dyn Fn(&Order) -> bool| {
            let known = orders.iter().filter(|order| !order.customer.is_empty());
            let customers: BTreeSet<&str> =
                known.filter(|order| keep(order)).map(|order| order.customer.as_str()).collect();
            i64::try_from(customers.len()).unwrap()
        };
        let items = || orders.iter().flat_map(|order| &order.items);
        Figures {
            revenue: orders.iter().map(|order| order.cents).sum(),
            orders: i64::try_from(orders.len()).unwrap(),
            units: items().map(|item| item.units).sum(),
            product_revenue: items().map(|item| item.cents).sum(),
            customers: distinct(&|_| true),
            new_customers: distinct(&is_first),
            returning_customers: distinct(&|order| !is_first(order)),
        }
    }
}

/// The nearest whole number to a quotient of numbers that are not negative, halves to the even one.
fn divide_half_even(dividend: i64, divisor: i64) -> i64 {
    let (quotient, rest) = (dividend / divisor, dividend % divisor);
    match (2 * rest).cmp(&divisor) {
        std::cmp::Ordering::Less => quotient,
        std::cmp::Ordering::Greater => quotient + 1,
        std::cmp::Ordering::Equal => quotient + quotient % 2,
    }
}

#[test]
fn the_oracle_reads_an_order_of_two_lines() {
    let export = "Name,Email,Total,Created at,Cancelled at,Payment Method,Lineitem quantity,Lineitem name,Lineitem price,\
                  Lineitem discount\n\
                  #1,a@example.com,5.00,2017-01-01 23:30:00 -0500,,card,2,Tea,2.00,0.50\n\
                  #1,a@example.com,,2017-01-01 23:30:00 -0500,,,1,Cup,1.50,0.00\n\
                  #2,A@example.com,1.01,2017-01-02 00:30:00 -0500,,card,1,Tea,1.01,0.00\n\
                  #3,b@example.com,9.00,2017-01-02 01:00:00 -0500,2017-01-02 02:00:00 -0500,card,1,Tea,4.00,0.00\n\
                  #3,b@example.com,,2017-01-02 01:00:00 -0500,,,1,Cup,5.00,0.00\n\
                  #4,c@example.com,3.00,2017-01-02 01:00:00 -0500,,Bogus Gateway,1,Tea,3.00,0.00\n";
    let shop = Shop::of(orders::parse(export.as_bytes()).into_iter().map(Arc::new));
    assert_eq!(
        shop.totals(),
        Figures {
            revenue: 601,
            orders: 2,
            units: 4,
            product_revenue: 601,
            customers: 1,
            new_customers: 1,
            returning_customers: 1
        }
    );
    assert_eq!(shop.totals().average_order(), Some(30_050));
    let days = shop.by_day();
    assert_eq!(days.keys().collect::<Vec<_>>(), ["2017-01-01", "2017-01-02"]);
    assert_eq!((days["2017-01-02"].new_customers, days["2017-01-02"].returning_customers), (0, 1));
    assert_eq!(shop.by_product()["Tea"], ProductFigures { revenue: 451, units: 3 });
}

#[test]
fn the_oracle_rounds_halves_to_even() {
    assert_eq!([1, 3, 5, 7].map(|n| divide_half_even(n, 2)), [0, 2, 2, 4]);
    assert_eq!(divide_half_even(200, 3), 67);
}
