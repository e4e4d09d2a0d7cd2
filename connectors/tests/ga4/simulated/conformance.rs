//! A property as a subject of the suite for connectors.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aloftly_connectors::conformance::{Facts, Lake, Row, Scene, Subject, Trouble};
use aloftly_connectors::contract::{Account, App, Connector, Credentials};
use aloftly_connectors::ga4::Ga4;
use aloftly_engine::clock::Clock;
use aloftly_simulators::google::{Fault, Settings};
use aloftly_simulators::world::traffic::TrafficOptions;
use async_trait::async_trait;
use chrono::{DateTime, NaiveDate};

use super::{EMAIL, Lab, oracle};
use crate::support::number;

const REPORTS: &str = ":batchRunReports";
/// Nothing that goes wrong here goes on for longer.
const MOST: u32 = 1_000;
/// Rows of a page: most reports have more.
const PAGE: u64 = 5;

/// A property of some days, of which everything is known at once: what becomes known late is in tests of its own.
pub(crate) struct PropertySubject {
    lab: Lab,
    usual: Mutex<Settings>,
}

impl PropertySubject {
    fn fail(&self, times: usize, fault: Fault) {
        let times = u32::try_from(times).unwrap_or(MOST).min(MOST);
        self.lab.google.fail(times, REPORTS, fault);
    }
}

fn used_up(what: &str) -> Fault {
    Fault::Status { status: 429, message: format!("Exhausted {what}. It will return.") }
}

#[async_trait]
impl Subject for PropertySubject {
    const WAIT: Duration = Duration::from_secs(30);
    const MISSING: &'static str = "rowCount";

    async fn start(scene: Scene) -> Self {
        // An empty property is one that was made as its day began, over a shop without orders.
        let (now, orders, created, base) = match scene {
            Scene::Some => ("2026-11-20T18:00:00Z", 80, "2026-11-14T18:00:00Z", 20),
            Scene::Empty => ("2026-11-20T05:00:00Z", 0, "2026-11-20T05:00:00Z", 40),
        };
        let lab = Lab::at(
            now,
            orders,
            |property| {
                property.created_at = created.parse().unwrap();
                property.traffic = TrafficOptions { late: 0, base, ..property.traffic };
            },
            |options| options.settings.page_rows = PAGE,
        )
        .await;
        let mut usual = None;
        lab.google.set(|settings| usual = Some(settings.clone()));
        Self { lab, usual: Mutex::new(usual.unwrap()) }
    }

    fn connector(&self) -> &'static dyn Connector {
        &Ga4
    }

    fn app(&self) -> Option<App> {
        Some(self.lab.us.app.clone())
    }

    async fn connect(&self) -> (Credentials, Account) {
        let (pocket, account) = self.lab.connected().await;
        let kept = pocket.kept.lock().unwrap().clone();
        (kept, account)
    }

    fn clock(&self) -> Arc<dyn Clock> {
        Arc::clone(&self.lab.us.clock)
    }

    fn expected(&self) -> Facts {
        let zone = self.lab.property.zone;
        let [first, today] =
            [self.lab.property.created_at, self.lab.clock.now()].map(|at| at.with_timezone(&zone).date_naive());
        let days = first.iter_days().take_while(|day| *day <= today);
        days.flat_map(|day| facts(day, oracle::of(&self.lab, day))).collect()
    }

    fn held(&self, lake: &Lake) -> Facts {
        let mut days: BTreeMap<NaiveDate, Vec<&Row>> = BTreeMap::new();
        for row in lake.rows("metric_events") {
            let at = DateTime::from_timestamp_micros(i64::try_from(number(row, "recorded_at")).unwrap()).unwrap();
            days.entry(at.with_timezone(&self.lab.property.zone).date_naive()).or_default().push(row);
        }
        days.into_iter().flat_map(|(day, rows)| facts(day, oracle::values(rows))).collect()
    }

    fn change(&self) {
        // Visits go on.
        self.lab.clock.advance(Duration::from_secs(3_600));
    }

    fn change_many(&self) {
        // With another day all days are read again.
        self.lab.clock.advance(Duration::from_secs(86_400));
    }

    fn trouble(&self, trouble: Trouble, times: usize, after: usize) {
        self.fail(after, Fault::Slow { millis: 0 });
        match trouble {
            Trouble::Throttled => {
                self.fail(1, used_up("concurrent requests quota"));
                self.fail(times - 1, used_up("property tokens for a project per hour"));
            }
            Trouble::Failing => {
                self.fail(
                    times,
                    Fault::Status { status: 503, message: "The service is currently unavailable.".to_owned() },
                );
            }
            Trouble::Truncated => self.fail(times, Fault::Truncated),
            Trouble::Endless => self.lab.google.set(|settings| settings.endless_reports = true),
            // A report that changes again and again cannot be read.
            Trouble::Twice => self.lab.google.set(|settings| settings.overlaps = 2),
            Trouble::Unknown => self.lab.google.set(|settings| settings.unknown_fields = true),
            Trouble::Missing => self.lab.google.set(|settings| {
                settings.missing_fields.insert(Self::MISSING.to_owned());
            }),
        }
    }

    fn calm(&self) {
        self.lab.google.recover();
        let usual = self.usual.lock().unwrap().clone();
        self.lab.google.set(|settings| *settings = usual);
    }

    fn expire_tokens(&self) {
        self.lab.google.expire_tokens();
    }

    fn revoke(&self) {
        self.lab.google.revoke(EMAIL);
    }

    fn requests(&self) -> usize {
        self.lab.google.asked().iter().filter(|asked| asked.path.contains(REPORTS)).count()
    }

    fn people(&self) -> Vec<String> {
        vec![EMAIL.to_owned(), "Ada Fern".to_owned()]
    }
}

fn facts(day: NaiveDate, values: oracle::Values) -> impl Iterator<Item = (String, String)> {
    values.into_iter().map(move |((name, cut), value)| (format!("{day}/{name}/{cut:?}"), value.to_string()))
}
