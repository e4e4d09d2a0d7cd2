//! What customers say: tickets, reviews and answers to surveys. Their words stay where they are; here is what is counted.

use super::{Dataset, Span, flag, instant, integer, required, schema, text};

pub(super) fn datasets() -> Vec<Dataset> {
    vec![tickets(), reviews(), survey_responses(), survey_answers()]
}

fn tickets() -> Dataset {
    Dataset {
        name: "tickets",
        description: "One row per ticket of a help desk; times in seconds from its beginning, night and weekend included",
        schema: schema(vec![
            required(text("ticket_id")),
            required(integer("row_version")),
            required(instant("created_at")),
            instant("closed_at"),
            integer("first_response_seconds"),
            integer("resolution_seconds"),
            required(flag("is_excluded")),
            text("status"),
            text("channel"),
            text("priority"),
            text("language"),
            text("customer_id"),
            text("assignee"),
            text("sentiment"),
            text("contact_reason"),
            text("tags"),
            integer("messages"),
            integer("score"),
            instant("scored_at"),
        ]),
        entity: "ticket_id",
        row: None,
        version: "row_version",
        time: "created_at",
        span: Span::Month,
        sort: &["created_at", "ticket_id"],
        bookkeeping: &[],
        bounded: &[],
        origin: None,
        schema_version: 1,
    }
}

fn reviews() -> Dataset {
    Dataset {
        name: "reviews",
        description: "One row per review of a product, or of the store where there is no product",
        schema: schema(vec![
            required(text("review_id")),
            required(integer("row_version")),
            required(instant("created_at")),
            required(integer("rating")),
            required(flag("is_published")),
            text("status"),
            text("product_id"),
            text("product"),
            text("customer_id"),
            text("verified"),
            flag("has_media"),
        ]),
        entity: "review_id",
        row: None,
        version: "row_version",
        time: "created_at",
        span: Span::Month,
        sort: &["created_at", "review_id"],
        bookkeeping: &[],
        bounded: &[],
        origin: None,
        schema_version: 1,
    }
}

fn survey_responses() -> Dataset {
    Dataset {
        name: "survey_responses",
        description: "One row per survey that somebody began; completed_at is null until it was filled in to the end",
        schema: schema(vec![
            required(text("response_id")),
            required(integer("row_version")),
            required(instant("created_at")),
            instant("completed_at"),
            text("survey_id"),
            text("survey"),
            text("order_id"),
            text("customer_id"),
        ]),
        entity: "response_id",
        row: None,
        version: "row_version",
        time: "created_at",
        span: Span::Month,
        sort: &["created_at", "response_id"],
        bookkeeping: &[],
        bounded: &[],
        origin: None,
        schema_version: 1,
    }
}

fn survey_answers() -> Dataset {
    Dataset {
        name: "survey_answers",
        description: "One row per answer of a survey; nps_points is 100 for 9 and 10 of 10, 0 for 7 and 8, and -100 below",
        schema: schema(vec![
            required(text("response_id")),
            required(integer("answer_number")),
            required(integer("row_version")),
            required(instant("created_at")),
            instant("completed_at"),
            text("survey_id"),
            text("survey"),
            text("question_id"),
            text("question"),
            text("answer"),
            integer("nps_points"),
            text("order_id"),
            text("customer_id"),
        ]),
        entity: "response_id",
        row: Some("answer_number"),
        version: "row_version",
        time: "created_at",
        span: Span::Month,
        sort: &["created_at", "response_id", "answer_number"],
        bookkeeping: &[],
        bounded: &[],
        origin: None,
        schema_version: 1,
    }
}
