//! What the figures of an orders export are, computed the naive way: every row in memory, whole numbers only, and not one
//! line of the engine.

pub(crate) mod calendar;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io::{BufReader, Read};
use std::path::Path;

use flate2::read::GzDecoder;

/// One line of an order.
pub(crate) struct Item {
    product: String,
    units: i64,
    cents: i64,
}

/// One order of the export.
pub(crate) struct Order {
    at: i64,
    cents: i64,
    customer: String,
    items: Vec<Item>,
}

/// All orders of one export.
pub(crate) struct Shop {
    orders: Vec<Order>,
    first_order: HashMap<String, i64>,
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
        let file = std::fs::File::open(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        Self::parse(GzDecoder::new(BufReader::new(file)))
    }

    fn parse(input: impl Read) -> Self {
        let mut reader = csv::Reader::from_reader(input);
        let header = reader.headers().unwrap().clone();
        let column = |name: &str| header.iter().position(|title| title == name).unwrap();
        let [name, email, total, created, cancelled, payment] =
            ["Name", "Email", "Total", "Created at", "Cancelled at", "Payment Method"].map(column);
        let [quantity, product, price, discount] =
            ["Lineitem quantity", "Lineitem name", "Lineitem price", "Lineitem discount"].map(column);

        let mut orders: Vec<Order> = Vec::new();
        let mut open = String::new();
        let mut counts = false;
        for row in reader.records() {
            let row = row.unwrap();
            if row[name] != open {
                open = row[name].to_owned();
                counts = row[cancelled].is_empty() && !row[payment].contains("Bogus");
                if !counts {
                    continue;
                }
                orders.push(Order {
                    at: calendar::instant(&row[created]),
                    cents: cents(&row[total]),
                    customer: row[email].trim().to_lowercase(),
                    items: Vec::new(),
                });
            }
            if !counts {
                continue;
            }
            let units: i64 = row[quantity].parse().unwrap();
            orders.last_mut().unwrap().items.push(Item {
                product: row[product].to_owned(),
                units,
                cents: units * cents(&row[price]) - cents(&row[discount]),
            });
        }
        let mut first_order = HashMap::new();
        for order in &orders {
            let first = first_order.entry(order.customer.clone()).or_insert(order.at);
            *first = order.at.min(*first);
        }
        Self { orders, first_order }
    }

    /// The figures of all orders.
    pub(crate) fn totals(&self) -> Figures {
        self.figures(&self.orders.iter().collect::<Vec<_>>())
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

/// `57.38` as 5738.
fn cents(text: &str) -> i64 {
    let (whole, fraction) = text.split_once('.').unwrap();
    assert!(fraction.len() == 2 && !text.starts_with('-'), "not an amount with two decimals: {text:?}");
    whole.parse::<i64>().unwrap() * 100 + fraction.parse::<i64>().unwrap()
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
    let shop = Shop::parse(export.as_bytes());
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
