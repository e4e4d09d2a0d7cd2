//! What a store holds after some imports: of every order its latest state, in whatever order the files came.

use std::collections::HashMap;
use std::ops::{Add, Sub};
use std::sync::Arc;

use super::Shop;
use super::orders::{self, Order};

/// A store's orders.
#[derive(Clone, Default)]
pub(crate) struct State {
    orders: HashMap<String, Arc<Order>>,
    sums: Sums,
}

/// Figures that add up over orders. Money in cents.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Sums {
    pub(crate) revenue: i64,
    pub(crate) orders: i64,
    pub(crate) units: i64,
}

impl Sums {
    /// What one order adds.
    fn of(order: &Order) -> Self {
        if order.counts { Self { revenue: order.cents, orders: 1, units: order.units() } } else { Self::default() }
    }
}

impl Add for Sums {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            revenue: self.revenue + other.revenue,
            orders: self.orders + other.orders,
            units: self.units + other.units,
        }
    }
}

impl Sub for Sums {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self {
            revenue: self.revenue - other.revenue,
            orders: self.orders - other.orders,
            units: self.units - other.units,
        }
    }
}

impl State {
    /// The orders of a file that is not compressed.
    pub(crate) fn orders_of(export: &str) -> Vec<Arc<Order>> {
        orders::parse(export.as_bytes()).into_iter().map(Arc::new).collect()
    }

    /// Imports a file: each of its orders replaces an earlier state of itself and leaves a later one alone.
    pub(crate) fn import(&mut self, file: &[Arc<Order>]) {
        for order in file {
            self.sums = self.sums + self.gain(order);
            let held = self.orders.entry(order.key.clone()).or_insert_with(|| Arc::clone(order));
            if held.version < order.version {
                *held = Arc::clone(order);
            }
        }
    }

    /// What the sums would gain by one order.
    fn gain(&self, order: &Order) -> Sums {
        match self.orders.get(&order.key) {
            None => Sums::of(order),
            Some(held) if held.version < order.version => Sums::of(order) - Sums::of(held),
            Some(held) => {
                assert!(
                    held.version > order.version || **held == *order,
                    "two states of {} have one version",
                    order.key
                );
                Sums::default()
            }
        }
    }

    /// The sums over all orders.
    pub(crate) fn sums(&self) -> Sums {
        self.sums
    }

    /// The sums that there would be with each choice of these files imported too; bit `n` of a choice stands for the file `n`.
    pub(crate) fn sums_with(&self, files: &[&[Arc<Order>]]) -> Vec<Sums> {
        assert!(files.len() < 16, "{} files are too many to try all choices of", files.len());
        // Orders that one file alone has are added up once.
        let mut alone = vec![Sums::default(); files.len()];
        let mut states: HashMap<&str, Vec<(usize, &Order)>> = HashMap::new();
        for (number, file) in files.iter().enumerate() {
            for order in *file {
                states.entry(&order.key).or_default().push((number, order));
            }
        }
        let mut shared = Vec::new();
        for of_one in states.into_values() {
            match of_one.as_slice() {
                [(number, order)] => alone[*number] = alone[*number] + self.gain(order),
                _ => shared.push(of_one),
            }
        }
        let choices = 0..1_usize << files.len();
        choices
            .map(|choice| {
                let is_in = |number: usize| choice >> number & 1 == 1;
                let whole = (0..files.len()).filter(|number| is_in(*number)).map(|number| alone[number]);
                let latest = shared.iter().filter_map(|states| {
                    let chosen = states.iter().filter(|(number, _)| is_in(*number)).map(|(_, order)| order);
                    chosen.max_by_key(|order| order.version)
                });
                latest.map(|order| self.gain(order)).chain(whole).fold(self.sums, Add::add)
            })
            .collect()
    }

    /// All its figures.
    pub(crate) fn shop(&self) -> Shop {
        Shop::of(self.orders.values().map(Arc::clone))
    }
}

#[test]
fn the_oracles_state_is_the_latest_of_each_order_in_whatever_order_files_come() {
    let export = |orders: &[(&str, &str, &str)]| {
        let header = "Id,Name,Email,Total,Created at,Paid at,Cancelled at,Refunded Amount,Payment Method,Lineitem quantity,\
                      Lineitem name,Lineitem price,Lineitem discount\n";
        let line = |(id, total, paid): &(&str, &str, &str)| {
            format!("{id},#{id},,{total},2017-01-01 00:00:10 +0000,{paid},,0.00,card,1,Tea,{total},0.00\n")
        };
        State::orders_of(&(header.to_owned() + &orders.iter().map(line).collect::<String>()))
    };
    let made = export(&[("1", "5.00", ""), ("2", "1.00", "")]);
    let edited = export(&[("1", "7.00", "2017-01-01 00:00:20 +0000"), ("3", "0.50", "")]);
    let edited_again = export(&[("1", "2.00", "2017-01-01 00:00:30 +0000")]);
    let files: [&[Arc<Order>]; 3] = [&made, &edited, &edited_again];
    let expected = [0, 600, 750, 850, 200, 300, 250, 350];
    let revenues: Vec<_> = State::default().sums_with(&files).iter().map(|sums| sums.revenue).collect();
    assert_eq!(revenues, expected);
    for (choice, revenue) in expected.into_iter().enumerate() {
        for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0]] {
            let mut state = State::default();
            order.iter().filter(|number| choice >> *number & 1 == 1).for_each(|number| state.import(files[*number]));
            assert_eq!(
                (state.sums().revenue, state.shop().totals().revenue),
                (revenue, revenue),
                "{choice:b} {order:?}"
            );
        }
    }
}
