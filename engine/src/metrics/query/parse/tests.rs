//! Which queries are read, and what is said of those that are not.

use serde_json::json;

use super::*;

fn errors(query: &Value) -> Vec<String> {
    match Query::from_json(query) {
        Err(QueryError::Invalid(errors)) => {
            errors.iter().map(|error| format!("{} {}: {}", error.pointer, error.code, error.detail)).collect()
        }
        other => panic!("{other:?}"),
    }
}

/// The errors of a good query with some fields replaced.
fn errors_with(fields: &Value) -> Vec<String> {
    let mut query = json!({"metrics": ["shopify.revenue"], "time_range": "today"});
    for (name, value) in fields.as_object().unwrap() {
        query[name] = value.clone();
    }
    errors(&query)
}

#[test]
fn the_short_form_is_the_full_form_in_fewer_words() {
    let short = json!({
        "metric": "revenue", "source": "shopify", "aggregation": "sum", "time_range": "last_30_days",
        "group_by": "channel", "filters": {"country": "US"}, "compare_to": "previous_period"
    });
    let full = json!({
        "metrics": ["shopify.revenue"], "time_range": "last_30_days", "granularity": "none", "group_by": ["channel"],
        "filters": {"dimension": "country", "operator": "equals", "values": ["US"]},
        "compare_to": "previous_period", "align": "date", "partial": "to_date", "order_by": [], "limit": 1000,
        "offset": 0, "refunds": "order_date", "fill": true
    });
    let short = Query::from_json(&short).unwrap();
    assert_eq!(short, Query::from_json(&full).unwrap());
    let written = serde_json::to_value(&short).unwrap();
    assert_eq!(written["filters"], json!({"dimension": "country", "operator": "equals", "values": ["US"]}));
    assert_eq!(Query::from_json(&written).unwrap(), short);
}

#[test]
fn what_a_query_is_read_as_can_be_read_again() {
    let query = json!({
        "metrics": ["shopify.revenue", "shopify.aov"], "stores": ["019a0000-0000-7000-8000-000000000001"],
        "time_range": {"from": "2026-10-01", "to": "2026-10-31"}, "granularity": "day", "group_by": ["channel"],
        "filters": {"and": [
            {"dimension": "country", "operator": "in", "values": ["US", "CA"]},
            {"not": {"or": [{"channel": ["web", "pos"]}, {"dimension": "discount_code", "operator": "notSet"}]}}
        ]},
        "compare_to": {"from": "2025-10-01", "to": "2025-10-31"}, "align": "date", "partial": "full",
        "order_by": [{"field": "shopify.revenue", "direction": "asc"}, {"field": "time"}, {"field": "channel"}],
        "limit": 20, "offset": 5, "timezone": "America/New_York", "currency": "USD", "fill": false
    });
    let read = Query::from_json(&query).unwrap();
    let written = serde_json::to_value(&read).unwrap();
    assert_eq!(Query::from_json(&written).unwrap(), read);
    assert_eq!(written["order_by"][1], json!({"field": "time", "direction": "asc"}));
    assert_eq!(written["time_range"], json!({"from": "2026-10-01", "to": "2026-10-31"}));
}

#[test]
fn all_errors_are_found_at_once() {
    let found = errors(&json!({
        "metrics": ["shopify.revenu", 7], "time_range": {"from": "2026-02-30", "to": "2026-02-01", "till": 1},
        "granulariy": "day", "group_by": ["chanel", "channel", "channel"], "limit": 0
    }));
    assert_eq!(
        found,
        [
            "/granulariy unknown_field: unknown field \"granulariy\"; did you mean \"granularity\"?",
            "/metrics/0 unknown_metric: unknown metric \"shopify.revenu\"; did you mean \"shopify.revenue\"?",
            "/metrics/1 invalid_type: must be the id of a metric, or an object, not a number",
            "/group_by/0 unknown_dimension: unknown dimension \"chanel\"; did you mean \"channel\"?",
            "/group_by/2 duplicate: is listed twice",
            "/time_range/till unknown_field: unknown field \"till\"; known are from, to",
            "/time_range/from invalid_value: \"2026-02-30\" is not a date such as 2026-10-31",
            "/limit invalid_value: must be a whole number from 1 to 10000",
        ]
    );
}

#[test]
fn what_is_near_to_nothing_is_answered_with_all_there_is() {
    let query = json!({"metrics": ["shopify.average_order_value"], "time_range": "today"});
    let [error] = <[String; 1]>::try_from(errors(&query)).unwrap();
    assert!(error.contains("\"shopify.average_order_value\"; known are shopify.revenue, "), "{error}");
    assert!(error.contains(", shopify.aov, "), "{error}");
}

#[test]
fn each_error_names_its_place_and_what_would_be_right() {
    for (query, error) in [
        (json!([]), " invalid_type: must be an object, not an array"),
        (json!({"time_range": "today"}), "/metrics required: is missing: what is asked for?"),
        (
            json!({"metrics": ["shopify.aov"]}),
            "/time_range required: is missing: of which time? for example \"last_30_days\"",
        ),
        (
            json!({"metric": "revenue", "time_range": "today"}),
            "/source required: is missing; give it, or write the metric as \"shopify.revenue\"",
        ),
        (
            json!({"metric": "sessions", "source": "matomo", "time_range": "today"}),
            "/source unknown_source: unknown source \"matomo\"; known are shopify, ga4, clarity, intelligems, \
             knocommerce, gorgias, judgeme, store",
        ),
        (
            json!({"metric": "ga4.sessions", "source": "shopify", "time_range": "today"}),
            "/source invalid_value: \"shopify\" is not the source of the metric \"ga4.sessions\"",
        ),
    ] {
        assert_eq!(errors(&query), [error], "{query}");
    }
    for (fields, error) in [
        (json!({"metric": "shopify.aov"}), "/metric invalid_value: cannot stand beside \"metrics\": give one of them"),
        (json!({"metrics": []}), "/metrics invalid_value: must have 1 to 20 metrics"),
        (
            json!({"metrics": ["shopify.aov", "shopify.aov"]}),
            "/metrics/1 duplicate: is listed twice; give another figure of it a name of its own with \"as\"",
        ),
        (
            json!({"metrics": [{"metric": "shopify.revenue", "aggregation": "mode"}]}),
            "/metrics/0/aggregation invalid_value: unknown aggregation \"mode\"; known are sum, count, count_distinct, \
             ratio, avg, min, max, median, p90, p95, p99, latest",
        ),
        (
            json!({"metrics": [{"metric": "shopify.orders", "aggregation": "avg"}]}),
            "/metrics/0/aggregation invalid_value: \"shopify.orders\" cannot be \"avg\"; it can be count",
        ),
        (
            json!({"metrics": [{"metric": "shopify.orders", "formula": "shopify.orders", "as": "a"}]}),
            "/metrics/0/formula invalid_value: cannot stand beside \"metric\": give one of them",
        ),
        (json!({"metrics": [{}]}), "/metrics/0 required: must have a \"metric\" or a \"formula\""),
        (
            json!({"metrics": [{"metric": "shopify.orders", "name": "a"}]}),
            "/metrics/0/name unknown_field: unknown field \"name\"; known are metric, formula, aggregation, filters, \
             rolling, trend, as, title, unit",
        ),
        (
            json!({"metrics": [{"metric": "shopify.orders", "as": "a b"}]}),
            "/metrics/0/as invalid_value: must be 1 to 64 letters, digits, \"_\", \".\" and \"-\"",
        ),
        (
            json!({"metrics": [{"metric": "shopify.orders", "as": "time"}]}),
            "/metrics/0/as invalid_value: cannot be \"time\", which is the name of something else",
        ),
        (
            json!({"metrics": [{"metric": "shopify.orders", "unit": "count"}]}),
            "/metrics/0/unit invalid_value: belongs to a formula; a metric has its own",
        ),
        (
            json!({"metrics": [{"metric": "shopify.orders", "filters": {"vendor": "Acme"}}]}),
            "/metrics/0/filters/vendor dimension_not_allowed: \"shopify.orders\" cannot be cut by \"vendor\"; it can be by \
             store, channel, country, discount_code, customer_type, currency, financial_status, traffic_source, medium, campaign, page",
        ),
        (
            json!({"metrics": [{"formula": "shopify.revenue / shopify.orders"}]}),
            "/metrics/0/as required: is missing: what is the formula's column called?",
        ),
        (
            json!({"metrics": [{"formula": "shopify.revenue / shopify.order", "as": "a"}]}),
            "/metrics/0/formula unknown_metric: unknown metric \"shopify.order\"; did you mean \"shopify.orders\"?",
        ),
        (
            json!({"metrics": [{"formula": "shopify.revenue + shopify.orders", "as": "a"}]}),
            "/metrics/0/formula invalid_formula: currency and count cannot be added up",
        ),
        (
            json!({"metrics": [{"formula": "1 / 2", "as": "a"}]}),
            "/metrics/0/formula invalid_formula: must have a metric in it, such as shopify.revenue",
        ),
        (
            json!({"metrics": [{"formula": "shopify.revenue / (2", "as": "a"}]}),
            "/metrics/0/formula invalid_formula: a bracket that is opened is not closed",
        ),
        (
            json!({"metrics": [{"formula": "shopify.revenue / shopify.orders", "as": "a", "unit": "count"}]}),
            "/metrics/0/unit invalid_value: cannot be \"count\": the formula gives a currency",
        ),
        (
            json!({"metrics": [{"formula": "shopify.revenue / shopify.orders", "as": "a", "aggregation": "avg"}]}),
            "/metrics/0/aggregation invalid_value: belongs to a metric; a formula is computed of complete figures",
        ),
        (
            json!({"metrics": ["ga4.sessions"], "group_by": ["device", "page"]}),
            "/group_by not_computable: \"ga4.sessions\" cannot be cut by device and page at once; it is reported by traffic_source and \
             medium and campaign, or by page, or by device and country",
        ),
        (
            json!({"metrics": [{"metric": "shopify.net_revenue", "aggregation": "median"}]}),
            "/metrics/0/aggregation invalid_value: \"shopify.net_revenue\" cannot be \"median\"; it can be sum",
        ),
        (json!({"top": {"groups": 5}}), "/top invalid_value: needs groups: give \"group_by\""),
        (
            json!({"group_by": "channel", "top": {"groups": 0}}),
            "/top/groups invalid_value: must be a whole number from 1 to 100",
        ),
        (json!({"group_by": "channel", "top": {}}), "/top/groups required: is missing: how many groups?"),
        (
            json!({"group_by": "channel", "top": {"groups": 3, "by": "shopify.orders"}}),
            "/top/by unknown_metric: unknown metric \"shopify.orders\"; known are shopify.revenue (one of those that are asked for)",
        ),
        (
            json!({"group_by": "currency", "top": {"groups": 3}}),
            "/top invalid_value: needs one currency to add all others up in: give \"currency\"",
        ),
        (
            json!({"having": {"metric": "shopify.orders", "operator": "in", "values": [1]}}),
            "/having/operator invalid_value: \"in\" compares text, and metrics are numbers",
        ),
        (
            json!({"having": {"metric": "shopify.orders", "operator": "gt", "values": ["many"]}}),
            "/having/values invalid_value: must be an array of one number",
        ),
        (
            json!({"having": {"metric": "shopify.orders", "operator": "gt", "values": [format!("0.{}", "1".repeat(40))]}}),
            "/having/values invalid_value: must be an array of one number",
        ),
        (
            json!({"having": {"metric": "shopify.orders", "operator": "set", "values": "junk"}}),
            "/having/values invalid_type: must be an array, not a text",
        ),
        (
            json!({"metrics": [{"formula": format!("shopify.orders{}", " + 1".repeat(33)), "as": "a"}]}),
            "/metrics/0/formula invalid_formula: a formula may have at most 32 operations",
        ),
        (
            json!({"having": {"metric": "orders", "operator": "gt", "values": [1]}}),
            "/having/metric unknown_metric: unknown metric \"orders\"; did you mean \"shopify.orders\"?",
        ),
        (
            json!({"having": {"or": [{"metric": "shopify.orders", "operator": "gt", "values": [1]}, {"country": "US"}]}}),
            "/having not_grouped: \"country\" is part of a condition on rows of the answer, so they must be grouped by it",
        ),
        (
            json!({"metrics": [{"metric": "shopify.orders", "as": "a",
                "filters": {"metric": "shopify.orders", "operator": "gt", "values": [1]}}]}),
            "/metrics/0/filters/metric invalid_value: cannot stand here: these filters say which rows one metric counts",
        ),
        (
            json!({"time_range": "last_week_days"}),
            "/time_range unknown_time_range: unknown time range \"last_week_days\"; did you mean \"last_week\"?",
        ),
        (json!({"time_range": {"from": "2026-01-01"}}), "/time_range/to required: is missing"),
        (
            json!({"time_range": {"from": "2026-01-02", "to": "2026-01-01"}}),
            "/time_range/to invalid_value: is before \"from\", 2026-01-02",
        ),
        (
            json!({"time_range": {"from": "1066-01-02", "to": "2026-01-01"}}),
            "/time_range/from invalid_value: must be a year from 1970 to 2199",
        ),
        (
            json!({"time_range": 30}),
            "/time_range invalid_type: must be the name of a range or {\"from\", \"to\"}, not a number",
        ),
        (
            json!({"granularity": "daily"}),
            "/granularity invalid_value: unknown granularity \"daily\"; known are hour, day, week, month, quarter, year, none",
        ),
        (
            json!({"group_by": "product"}),
            "/group_by dimension_not_allowed: \"shopify.revenue\" cannot be cut by \"product\"; it can be by store, \
             channel, country, discount_code, customer_type, currency, financial_status, traffic_source, medium, campaign, page",
        ),
        (
            json!({"compare_to": "last_year"}),
            "/compare_to unknown_comparison: unknown comparison \"last_year\"; known are previous_period, \
             previous_week, previous_month, previous_year",
        ),
        (
            json!({"time_range": "all_time", "compare_to": "previous_period"}),
            "/compare_to invalid_value: nothing is before \"all_time\"",
        ),
        (
            json!({"order_by": [{"field": "channel"}]}),
            "/order_by/0/field unknown_column: unknown column \"channel\"; known are shopify.revenue (rows are \
             ordered by their columns)",
        ),
        (
            json!({"order_by": [{"field": "shopify.revenue", "direction": "down"}]}),
            "/order_by/0/direction invalid_value: unknown direction \"down\"; known are asc, desc",
        ),
        (json!({"offset": -1}), "/offset invalid_value: must be a whole number from 0 to 10000000"),
        (
            json!({"timezone": "America/New_Yrok"}),
            "/timezone unknown_timezone: unknown time zone \"America/New_Yrok\"; did you mean \"America/New_York\"?",
        ),
        (
            json!({"week_start": "mon"}),
            "/week_start invalid_value: unknown week_start \"mon\"; did you mean \"monday\"?",
        ),
        (json!({"currency": "USF"}), "/currency unknown_currency: unknown currency \"USF\"; did you mean \"USD\"?"),
        (json!({"fill": "yes"}), "/fill invalid_type: must be true or false, not a text"),
        (json!({"stores": ["my shop"]}), "/stores/0 invalid_value: must be a store's id, a UUID"),
        (
            json!({"aggregation": "count_distinct"}),
            "/aggregation invalid_value: \"shopify.revenue\" cannot be \"count_distinct\"; it can be sum, avg, min, max, \
             median, p90, p95, p99, latest",
        ),
    ] {
        assert_eq!(errors_with(&fields), [error], "{fields}");
    }
}

#[test]
fn each_error_in_a_filter_names_its_place() {
    let deep = (0..9).fold(json!({"country": "US"}), |inner, _| json!({"not": inner}));
    for (filters, error) in [
        (json!("country"), "/filters invalid_type: must be an object, not a text"),
        (json!({"and": []}), "/filters/and invalid_value: must not be empty"),
        (json!({"or": [{}]}), "/filters/or/0 invalid_value: must not be empty"),
        (
            json!({"and": [{"country": "US"}], "or": [{"country": "CA"}]}),
            "/filters/or invalid_value: cannot stand beside \"and\": a group has one key; nest groups instead",
        ),
        (
            json!({"and": [{"country": "US"}, {"dimension": "contry", "operator": "equals", "values": ["CA"]}]}),
            "/filters/and/1/dimension unknown_dimension: unknown dimension \"contry\"; did you mean \"country\"?",
        ),
        (
            json!({"contry": "US"}),
            "/filters/contry unknown_dimension: unknown dimension \"contry\"; did you mean \"country\"?",
        ),
        (
            json!({"vendor": "Acme"}),
            "/filters/vendor dimension_not_allowed: \"shopify.revenue\" cannot be cut by \"vendor\"; it can be by \
             store, channel, country, discount_code, customer_type, currency, financial_status, traffic_source, medium, campaign, page",
        ),
        (
            json!({"country": null}),
            "/filters/country invalid_value: must be a text, not null; use the operator \"notSet\" for rows without \
             a value",
        ),
        (json!({"country": ["US", 7]}), "/filters/country/1 invalid_value: must be a text, not a number"),
        (
            json!({"dimension": "country", "operator": "equal", "values": ["US"]}),
            "/filters/operator unknown_operator: unknown operator \"equal\"; did you mean \"equals\"?",
        ),
        (
            json!({"dimension": "country", "operator": "equals", "values": ["US", "CA"]}),
            "/filters/values invalid_value: \"equals\" takes exactly one value, not 2; use \"in\" for several",
        ),
        (
            json!({"dimension": "country", "operator": "in"}),
            "/filters/values invalid_value: \"in\" takes at least one value, not 0",
        ),
        (
            json!({"dimension": "country", "operator": "set", "values": ["US"]}),
            "/filters/values invalid_value: \"set\" takes no value, not 1",
        ),
        (
            json!({"dimension": "country", "operator": "gt", "values": ["US"]}),
            "/filters/operator invalid_value: \"gt\" compares numbers, and dimensions are text; use it with a metric",
        ),
        (
            json!({"dimension": "country", "operator": "equals", "value": ["US"], "values": ["US"]}),
            "/filters/value unknown_field: unknown field \"value\"; did you mean \"values\"?",
        ),
        (
            json!({"dimension": "country", "values": ["US"]}),
            "/filters/operator required: is missing: how is it compared?",
        ),
        (
            json!({"operator": "equals", "values": ["US"]}),
            "/filters/dimension required: is missing: which dimension is compared?",
        ),
        (
            json!({"metric": "shopify.orders", "operator": "contains", "values": [1]}),
            "/filters/operator invalid_value: \"contains\" compares text, and metrics are numbers",
        ),
        (deep, "/filters/not/not/not/not/not/not/not/not too_large: is nested more than 8 deep"),
        (json!({"or": vec![json!({"country": "US"}); 101]}), "/filters too_large: has 101 comparisons; at most 100"),
    ] {
        assert_eq!(errors_with(&json!({"filters": filters})), [error], "{filters}");
    }
}

#[test]
fn what_is_asked_for_in_other_ways_can_be_read_again() {
    let query = json!({
        "metrics": [
            "shopify.orders",
            {"metric": "shopify.revenue", "aggregation": "p95", "as": "large", "filters": {"country": "US"}},
            {"formula": "shopify.orders / shopify.customers", "as": "rate", "title": "Rate", "unit": "percentage"}
        ],
        "time_range": "today", "group_by": "country", "refunds": "refund_date",
        "filters": {"and": [
            {"dimension": "country", "operator": "in", "values": ["US", "CA"]},
            {"or": [{"metric": "large", "operator": "gte", "values": ["10.50"]}, {"country": "CA"}]},
            {"and": [{"metric": "shopify.aov", "operator": "lt", "values": [100]}, {"channel": "web"}]}
        ]},
        "having": {"metric": "rate", "operator": "set"}
    });
    let read = Query::from_json(&query).unwrap();
    let written = serde_json::to_value(&read).unwrap();
    assert_eq!(Query::from_json(&written).unwrap(), read);
    assert_eq!(written["metrics"][0], "shopify.orders");
    assert_eq!(written["metrics"][1]["title"], "Revenue, 95th percentile");
    assert_eq!(
        written["filters"]["and"].as_array().unwrap().len(),
        2,
        "what is about rows is taken out of groups of all"
    );
    assert_eq!(written["having"]["and"].as_array().unwrap().len(), 2, "those of both fields hold");
    let hidden: Vec<_> = read.hidden.iter().map(|asked| asked.key.as_str()).collect();
    assert_eq!(hidden, ["shopify.aov"], "what only conditions are about is computed too");
}

#[test]
fn one_aggregation_for_all_metrics_can_be_read_again() {
    let query = json!({"metrics": [
            {"metric": "shopify.revenue", "title": "Usual"}, {"metric": "shopify.tax", "aggregation": "max"},
            {"metric": "shopify.shipping", "aggregation": "sum"}
        ], "aggregation": "median", "time_range": "today"});
    let read = Query::from_json(&query).unwrap();
    let written = serde_json::to_value(&read).unwrap();
    assert_eq!(Query::from_json(&written).unwrap(), read);
    let ways: Vec<_> = written["metrics"].as_array().unwrap().iter().map(|one| &one["aggregation"]).collect();
    assert_eq!(ways, ["median", "max", "sum"]);
    assert_eq!(written["metrics"][0]["title"], "Usual");
}

#[test]
fn pointers_escape_what_json_pointers_escape() {
    assert_eq!(
        errors_with(&json!({"a/b~c": 1})),
        ["/a~1b~0c unknown_field: unknown field \"a/b~c\"; known are metrics, metric, source, aggregation, stores, \
          time_range, granularity, group_by, filters, having, top, pivot, compare_to, align, partial, order_by, limit, offset, \
          timezone, week_start, currency, refunds, fill, funnel, explain"]
    );
}
