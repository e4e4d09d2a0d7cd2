//! Files of rates between currencies.

use aloftly_connectors::{ImportError, Summary, rates_file};

use crate::support::{Kept, gzip, number, rejected, text};

fn import(file: &[u8]) -> Result<(Kept, Summary), ImportError> {
    let mut kept = Kept::default();
    let summary = rates_file::import(file, &mut kept, &mut |_| {})?;
    Ok((kept, summary))
}

/// Each rate as `date base quote rate`, the rate in ten-billionths.
fn rates(kept: &Kept) -> Vec<String> {
    let rows = kept.of("fx_rates").iter();
    rows.map(|row| format!("{} {}", text(row, "rate_id"), number(row, "rate"))).collect()
}

#[test]
fn a_long_file_has_a_pair_in_each_row() {
    let file = b"Rate,Date,Quote,Base,Source\n1.0956,2026-10-30,USD,EUR,ecb\n0.0078125,2026-10-31,USD,JPY,ecb\n";
    for file in [file.to_vec(), gzip(file)] {
        let (kept, summary) = import(&file).unwrap();
        assert_eq!(rates(&kept), ["2026-10-30/EUR/USD 10956000000", "2026-10-31/JPY/USD 78125000"]);
        assert_eq!((summary.rows, summary.pushed["fx_rates"]), (2, 2));
        assert_eq!(summary.ignored_columns, ["Source"]);
        let row = &kept.of("fx_rates")[1];
        assert_eq!((text(row, "base"), text(row, "quote")), ("JPY", "USD"));
        assert_eq!(number(row, "rated_at"), 20_757 * 86_400_000_000);
    }
}

#[test]
fn a_wide_file_is_quoted_against_the_euro() {
    // As the European Central Bank publishes it: a comma ends each line, and a currency that is no more has N/A.
    let file = b"Date,USD,JPY,CYP,ISK,\n2026-10-30,1.0956,160.05,N/A,,\n2026-10-29,1.09,159,N/A,N/A,\n";
    let (kept, summary) = import(file).unwrap();
    assert_eq!(
        rates(&kept),
        [
            "2026-10-30/EUR/USD 10956000000",
            "2026-10-30/EUR/JPY 1600500000000",
            "2026-10-29/EUR/USD 10900000000",
            "2026-10-29/EUR/JPY 1590000000000"
        ]
    );
    assert_eq!((summary.rows, summary.empty_values), (2, 2));
    assert_eq!(summary.ignored_columns, ["CYP"]);
}

#[test]
fn a_wide_file_that_is_quoted_against_another_currency_is_refused() {
    let errors = rejected(import(b"Date,EUR,GBP\n2026-10-30,0.91,0.78\n"));
    assert_eq!(errors.iter().map(|error| error.column.as_str()).collect::<Vec<_>>(), ["EUR"]);
    let (kept, _) = import(b"Date,EUR,GBP\n2026-10-30,1.00,0.85\n").unwrap();
    assert_eq!(rates(&kept), ["2026-10-30/EUR/GBP 8500000000"]);
}

#[test]
fn every_wrong_cell_is_named_and_nothing_is_taken() {
    let file = b"date,base,quote,rate\n2026-10-30,EUR,USD,1.1\n30.10.2026,EUR,USD,1.1\n2026-10-31,EURO,USD,1.1\n\
        2026-10-31,EUR,EUR,1.1\n2026-10-31,EUR,USD,0\n2026-10-31,EUR,USD,\"1,1\"\n2026-10-30,EUR,USD,1.2\n\
        2026-10-31,EUR,USD,1.00000000001\n2026-10-31,EUR,USD,-1\n";
    let errors = rejected(import(file));
    let said: Vec<_> =
        errors.iter().map(|error| format!("{} {} {:?}", error.line, error.column, error.value)).collect();
    assert_eq!(
        said,
        [
            "3 date \"30.10.2026\"",
            "4 base \"EURO\"",
            "5 quote \"EUR\"",
            "6 rate \"0\"",
            "7 rate \"1,1\"",
            "8 rate \"1.2\"",
            "9 rate \"1.00000000001\"",
            "10 rate \"-1\""
        ]
    );
    assert_eq!(errors[5].expected, "one rate for EUR to USD on 2026-10-30, not a second");
}

#[test]
fn a_file_of_something_else_is_refused_by_its_columns() {
    for file in [&b"name,price\nTea,1\n"[..], b"date,base,rate\n2026-10-31,EUR,1\n", b"USD,JPY\n1,2\n"] {
        assert!(matches!(import(file), Err(ImportError::MissingColumns { .. })));
    }
    assert!(matches!(import(b"Date,USD,usd\n2026-10-31,1,2\n"), Err(ImportError::RepeatedColumns(_))));
}
