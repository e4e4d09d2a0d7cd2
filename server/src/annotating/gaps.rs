//! Times in which a source was not read, as people are told of them.

use aloftly_catalog::{AnnotationKind, SyncGap};
use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use super::Found;

/// A gap in the words and the days of its store. `provider` is called by its title.
pub(super) fn told(gap: &SyncGap, provider: &str, zone: Tz, now: DateTime<Utc>) -> Found {
    let local = |instant: DateTime<Utc>| instant.with_timezone(&zone);
    let minute = |instant: DateTime<Utc>| local(instant).format("%Y-%m-%d %H:%M").to_string();
    let began = minute(gap.began_at);
    let body = match gap.ended_at {
        Some(end) => {
            let end = minute(end);
            format!("Nothing was read from {began} to {end}. Figures of that time came in afterwards.")
        }
        None => format!("Nothing has been read since {began}. Figures of the time since then are not complete."),
    };
    Found {
        kind: AnnotationKind::SyncGap,
        store: gap.store,
        title: format!("{provider} was not read"),
        body,
        first_day: local(gap.began_at).date_naive(),
        last_day: local(gap.ended_at.unwrap_or(now)).date_naive(),
    }
}

#[cfg(test)]
mod tests {
    use aloftly_engine::StoreId;
    use uuid::Uuid;

    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn gap(ended_at: Option<&str>) -> SyncGap {
        SyncGap {
            store: StoreId(Uuid::from_u128(7)),
            provider: "shopify".to_owned(),
            began_at: at("2026-11-03T02:30:00Z"),
            ended_at: ended_at.map(at),
        }
    }

    #[test]
    fn a_gap_has_the_days_of_its_store() {
        let zone = chrono_tz::America::New_York;
        let over = told(&gap(Some("2026-11-04T05:10:00Z")), "Shopify", zone, at("2026-11-20T17:00:00Z"));
        let days = (over.first_day.to_string(), over.last_day.to_string());
        assert_eq!(days, ("2026-11-02".to_owned(), "2026-11-04".to_owned()));
        assert_eq!(over.title, "Shopify was not read");
        let body =
            "Nothing was read from 2026-11-02 21:30 to 2026-11-04 00:10. Figures of that time came in afterwards.";
        assert_eq!(over.body, body);

        let open = told(&gap(None), "Shopify", zone, at("2026-11-20T17:00:00Z"));
        assert_eq!(open.last_day.to_string(), "2026-11-20", "it goes on");
        assert!(open.body.starts_with("Nothing has been read since 2026-11-02 21:30."), "{}", open.body);
    }
}
