//! Shopify's search syntax: `updated_at:>='2026-11-20T00:00:00Z' (status:open OR tag:vip) -test:true`.
//!
//! What it does not know is left out with a warning, as the API does: a mistyped filter finds everything.

use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeDelta, Utc};
use chrono_tz::Tz;

/// How a value is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Comparison {
    Is,
    Above,
    AtLeast,
    Below,
    AtMost,
}

/// One filter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Term {
    /// Empty for text that is looked for everywhere.
    pub(crate) field: String,
    pub(crate) comparison: Comparison,
    pub(crate) value: String,
    /// Whether a colon in a value without quotes cut it short.
    broken: bool,
}

/// A search.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Search {
    All(Vec<Search>),
    Any(Vec<Search>),
    Not(Box<Search>),
    Term(Term),
}

/// The times from the first, which is included, to the second, which is not.
pub(crate) type Span = (DateTime<Utc>, DateTime<Utc>);

/// Something that can be searched.
pub(crate) trait Searchable {
    /// Whether it is what a term says; `None` when there is no such filter or it makes no sense.
    fn is(&self, term: &Term, zone: Tz) -> Option<bool>;
}

impl Search {
    /// Reads a search.
    pub(crate) fn parse(text: &str) -> Self {
        let tokens = tokens(text);
        let mut rest = tokens.as_slice();
        any(&mut rest)
    }

    /// Whether something is what is searched for. A term that nothing is known of does not matter.
    pub(crate) fn finds(&self, row: &impl Searchable, zone: Tz) -> bool {
        match self {
            Self::All(parts) => parts.iter().all(|part| part.finds(row, zone)),
            Self::Any(parts) => parts.is_empty() || parts.iter().any(|part| part.finds(row, zone)),
            Self::Not(part) => match part.as_ref() {
                Self::Term(term) => term.of(row, zone).is_none_or(|is| !is),
                part => !part.finds(row, zone),
            },
            Self::Term(term) => term.of(row, zone).unwrap_or(true),
        }
    }

    /// The terms that nothing is known of, told by a row.
    pub(crate) fn unknown<'a>(&'a self, row: &impl Searchable, zone: Tz, found: &mut Vec<&'a Term>) {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().for_each(|part| part.unknown(row, zone, found)),
            Self::Not(part) => part.unknown(row, zone, found),
            Self::Term(term) if term.of(row, zone).is_none() => found.push(term),
            Self::Term(_) => {}
        }
    }

    /// The times that a field is limited to, as far as every row that is found has to be within them.
    pub(crate) fn span(&self, field: &str, zone: Tz) -> Span {
        let all = (DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC);
        match self {
            Self::Term(term) if term.field == field && !term.broken => term.span(zone).unwrap_or(all),
            Self::All(parts) => parts
                .iter()
                .map(|part| part.span(field, zone))
                .fold(all, |one, other| (one.0.max(other.0), one.1.min(other.1))),
            Self::Any(parts) => match parts.as_slice() {
                [only] => only.span(field, zone),
                _ => all,
            },
            Self::Not(_) | Self::Term(_) => all,
        }
    }
}

impl Term {
    fn of(&self, row: &impl Searchable, zone: Tz) -> Option<bool> {
        if self.broken { None } else { row.is(self, zone) }
    }

    /// The times that it asks for; `None` when its value is no time.
    fn span(&self, zone: Tz) -> Option<Span> {
        let (start, end) = moment(&self.value, zone)?;
        Some(match self.comparison {
            Comparison::Is => (start, end),
            Comparison::Above => (start + TimeDelta::seconds(1), DateTime::<Utc>::MAX_UTC),
            Comparison::AtLeast => (start, DateTime::<Utc>::MAX_UTC),
            Comparison::Below => (DateTime::<Utc>::MIN_UTC, start),
            Comparison::AtMost => (DateTime::<Utc>::MIN_UTC, end),
        })
    }

    /// Whether a time is within what it asks for.
    pub(crate) fn time(&self, at: DateTime<Utc>, zone: Tz) -> Option<bool> {
        self.span(zone).map(|(from, to)| from <= at && at < to)
    }

    /// The same by whole days of UTC: the hour on either side does not matter.
    pub(crate) fn day(&self, at: DateTime<Utc>, zone: Tz) -> Option<bool> {
        let asked = moment(&self.value, zone)?.0.date_naive();
        Some(self.compare(&at.date_naive(), &asked))
    }

    /// Whether an id is what it asks for; a gid stands for its number.
    pub(crate) fn id(&self, id: u64) -> Option<bool> {
        let asked: u64 = self.value.rsplit('/').next()?.parse().ok()?;
        Some(self.compare(&id, &asked))
    }

    /// Whether a text is what it asks for, letters being the same in either case. A star at the end stands for anything.
    pub(crate) fn text(&self, text: &str) -> Option<bool> {
        let (text, asked) = (text.to_lowercase(), self.value.to_lowercase());
        Some(match asked.strip_suffix('*') {
            Some(start) => text.starts_with(start),
            None => text == asked,
        })
    }

    /// Whether something is so.
    pub(crate) fn truth(&self, truth: bool) -> Option<bool> {
        match self.value.as_str() {
            "true" => Some(truth),
            "false" => Some(!truth),
            _ => None,
        }
    }

    fn compare<T: Ord>(&self, one: &T, asked: &T) -> bool {
        match self.comparison {
            Comparison::Is => one == asked,
            Comparison::Above => one > asked,
            Comparison::AtLeast => one >= asked,
            Comparison::Below => one < asked,
            Comparison::AtMost => one <= asked,
        }
    }
}

/// The second or the day that a text stands for: its beginning, and that of the next.
fn moment(text: &str, zone: Tz) -> Option<Span> {
    if let Ok(at) = DateTime::parse_from_rfc3339(text) {
        return Some((at.to_utc(), at.to_utc() + TimeDelta::seconds(1)));
    }
    let local = |naive: chrono::NaiveDateTime| {
        naive.and_local_timezone(zone).earliest().map_or(naive.and_utc(), |at| at.to_utc())
    };
    if let Ok(at) = chrono::NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S") {
        return Some((local(at), local(at) + TimeDelta::seconds(1)));
    }
    let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?;
    let next = day.checked_add_days(Days::new(1))?;
    Some((local(day.and_time(NaiveTime::MIN)), local(next.and_time(NaiveTime::MIN))))
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    Open,
    Close,
    Or,
    And,
    Not,
    Term(Term),
}

fn tokens(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let after = &rest[first.len_utf8()..];
        match first {
            '(' => {
                tokens.push(Token::Open);
                rest = after;
            }
            ')' => {
                tokens.push(Token::Close);
                rest = after;
            }
            '-' => {
                tokens.push(Token::Not);
                rest = after;
            }
            _ => {
                let (term, left) = term(rest);
                tokens.push(match term {
                    Term { field, value, .. } if field.is_empty() && value == "OR" => Token::Or,
                    Term { field, value, .. } if field.is_empty() && value == "AND" => Token::And,
                    Term { field, value, .. } if field.is_empty() && value == "NOT" => Token::Not,
                    term => Token::Term(term),
                });
                rest = left;
            }
        }
        rest = rest.trim_start();
    }
    tokens
}

/// Reads a term, and says what is left.
fn term(text: &str) -> (Term, &str) {
    let name = text.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(text.len());
    let (field, comparison, rest) = match text[name..].strip_prefix(':') {
        Some(rest) if name > 0 => {
            let (comparison, signs) = match rest.as_bytes() {
                [b'>', b'=', ..] => (Comparison::AtLeast, 2),
                [b'<', b'=', ..] => (Comparison::AtMost, 2),
                [b'>', ..] => (Comparison::Above, 1),
                [b'<', ..] => (Comparison::Below, 1),
                _ => (Comparison::Is, 0),
            };
            (&text[..name], comparison, &rest[signs..])
        }
        _ => ("", Comparison::Is, text),
    };
    let quote = rest.chars().next().filter(|c| matches!(c, '\'' | '"'));
    let (value, left, broken) = match quote {
        Some(quote) => match rest[1..].split_once(quote) {
            Some((value, left)) => (value, left, false),
            None => (&rest[1..], "", false),
        },
        None => {
            let end = rest.find(|c: char| c.is_whitespace() || matches!(c, '(' | ')')).unwrap_or(rest.len());
            let (value, left) = rest.split_at(end);
            (value, left, value.contains(':') && !value.starts_with("gid:"))
        }
    };
    // A value that is nothing but a sign would never end.
    let left = if left.len() == text.len() { "" } else { left };
    (Term { field: field.to_owned(), comparison, value: value.to_owned(), broken }, left)
}

fn any(tokens: &mut &[Token]) -> Search {
    let mut parts = vec![all(tokens)];
    while let Some((Token::Or, rest)) = tokens.split_first() {
        *tokens = rest;
        parts.push(all(tokens));
    }
    Search::Any(parts)
}

fn all(tokens: &mut &[Token]) -> Search {
    let mut parts = Vec::new();
    while let Some((first, rest)) = tokens.split_first() {
        match first {
            Token::Or | Token::Close => break,
            Token::And => *tokens = rest,
            _ => parts.push(one(tokens)),
        }
    }
    Search::All(parts)
}

fn one(tokens: &mut &[Token]) -> Search {
    let Some((first, rest)) = tokens.split_first() else { return Search::All(Vec::new()) };
    *tokens = rest;
    match first {
        Token::Not => Search::Not(Box::new(one(tokens))),
        Token::Open => {
            let inside = any(tokens);
            if let Some((Token::Close, rest)) = tokens.split_first() {
                *tokens = rest;
            }
            inside
        }
        Token::Term(term) => Search::Term(term.clone()),
        Token::Or | Token::And | Token::Close => Search::All(Vec::new()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct At(DateTime<Utc>);

    impl Searchable for At {
        fn is(&self, term: &Term, zone: Tz) -> Option<bool> {
            match term.field.as_str() {
                "updated_at" => term.time(self.0, zone),
                "test" => term.truth(false),
                _ => None,
            }
        }
    }

    fn finds(search: &str, at: &str) -> bool {
        Search::parse(search).finds(&At(at.parse().unwrap()), Tz::UTC)
    }

    #[test]
    fn a_span_holds_its_beginning_and_not_its_end() {
        let search = "updated_at:>='2026-11-20T00:00:00Z' updated_at:<'2026-11-21T00:00:00Z'";
        assert!(finds(search, "2026-11-20T00:00:00Z"));
        assert!(finds(search, "2026-11-20T23:59:59Z"));
        assert!(!finds(search, "2026-11-21T00:00:00Z"));
        assert!(!finds(search, "2026-11-19T23:59:59Z"));
    }

    #[test]
    fn a_time_without_quotes_is_left_out_with_a_warning() {
        assert!(finds("updated_at:>=2026-11-20T00:00:00Z", "1999-01-01T00:00:00Z"));
        let search = Search::parse("updated_at:>=2026-11-20T00:00:00Z colour:red");
        let mut unknown = Vec::new();
        search.unknown(&At(DateTime::UNIX_EPOCH), Tz::UTC, &mut unknown);
        assert_eq!(unknown.iter().map(|term| term.field.as_str()).collect::<Vec<_>>(), ["updated_at", "colour"]);
    }

    #[test]
    fn words_between_terms_and_brackets_are_understood() {
        assert!(finds("(test:true OR updated_at:<'2027-01-01') -test:true", "2026-01-01T00:00:00Z"));
        assert!(!finds("test:true OR updated_at:>'2027-01-01'", "2026-01-01T00:00:00Z"));
        assert!(finds("NOT test:true AND updated_at:'2026-01-01'", "2026-01-01T10:00:00Z"));
    }
}
