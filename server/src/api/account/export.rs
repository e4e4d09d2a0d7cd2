//! What is kept of a person, as a file that is written while it is read: what somebody did may be a lot.

use std::collections::VecDeque;

use aloftly_catalog::{CatalogError, Membership, Person};
use axum::body::{Body, Bytes};
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use futures::stream;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::http::problem::Chain;

/// The file: a JSON object.
pub(super) async fn answer(person: Person) -> Result<Response, CatalogError> {
    // Before anything is answered: a database that is away has a status of its own.
    let data = person.personal_data().await?;
    let memberships = VecDeque::from(person.memberships().await?);
    let begun = Rest { person, memberships, at: At::Start(data) };
    let body = Body::from_stream(stream::try_unfold(begun, async |rest| {
        rest.next().await.inspect_err(|error| tracing::warn!(error = %Chain(error), "an export ended half way"))
    }));
    let headers = [
        (header::CONTENT_TYPE, "application/json"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"aloftly-personal-data.json\""),
        (header::CACHE_CONTROL, "no-store"),
    ];
    Ok((headers, body).into_response())
}

/// What is still to be written.
struct Rest {
    person: Person,
    memberships: VecDeque<Membership>,
    at: At,
}

enum At {
    /// Nothing was: what is known without looking at what they did.
    Start(Value),
    /// A membership begins; whether it is the first.
    Membership {
        is_first: bool,
    },
    /// Behind some of what they did in the first membership that is left.
    Deeds {
        after: Uuid,
    },
    End,
}

impl Rest {
    async fn next(mut self) -> Result<Option<(Bytes, Self)>, CatalogError> {
        let text = match self.at {
            At::Start(data) => {
                self.at = At::Membership { is_first: true };
                let data = data.to_string();
                format!("{},\"memberships\":[", data.strip_suffix('}').unwrap_or(&data))
            }
            At::Membership { is_first } => match self.memberships.front() {
                None => {
                    self.at = At::End;
                    "]}".to_owned()
                }
                Some(membership) => {
                    let organization = membership.organization;
                    let (dashboards, views) = self.person.own_dashboards(organization).await?;
                    let told = json!({
                        "organization": membership.name,
                        "role": membership.role.as_str(),
                        "dashboards": dashboards,
                        "views": views,
                    });
                    let told = told.to_string();
                    let told = told.strip_suffix('}').unwrap_or(&told);
                    let begun = format!("{}{told},\"done\":[", if is_first { "" } else { "," });
                    let (deeds, next) = self.person.deeds(organization, None).await?;
                    begun + &self.deeds(&deeds, next)
                }
            },
            At::Deeds { after } => {
                let Some(membership) = self.memberships.front() else { return Ok(None) };
                let (deeds, next) = self.person.deeds(membership.organization, Some(after)).await?;
                let comma = if deeds.is_empty() { "" } else { "," };
                comma.to_owned() + &self.deeds(&deeds, next)
            }
            At::End => return Ok(None),
        };
        Ok(Some((Bytes::from(text), self)))
    }

    /// A page of what they did, and the end of the membership behind the last.
    fn deeds(&mut self, deeds: &[Value], next: Option<Uuid>) -> String {
        let text = deeds.iter().map(Value::to_string).collect::<Vec<_>>().join(",");
        match next {
            Some(after) => {
                self.at = At::Deeds { after };
                text
            }
            None => {
                self.memberships.pop_front();
                self.at = At::Membership { is_first: false };
                text + "]}"
            }
        }
    }
}
