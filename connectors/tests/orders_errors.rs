//! What is wrong with an orders file is said with its place.

use aloftly_connectors::ImportError;

use crate::support::{gzip, import_orders, number, rejected, text};

const HEADER: &str = "Name,Id,Created at,Currency,Total,Lineitem quantity,Lineitem name,Lineitem price,Lineitem discount,Paid at,Accepts Marketing,Subtotal,Refunded Amount";
const FIRST: &str =
    "#1,11,2026-01-05 10:00:00 -0500,USD,20.00,2,Tea,10.00,0.00,2026-01-05 10:00:01 -0500,yes,20.00,0.00";
const NEXT: &str = "#1,,2026-01-05 10:00:00 -0500,,,1,Pot,5.00,5.00,,,,";

/// A good file of two lines with a cell of the second or third line replaced.
fn with(line: usize, column: &str, value: &str) -> String {
    let place = HEADER.split(',').position(|title| title == column).unwrap();
    let mut lines = [FIRST.to_owned(), NEXT.to_owned()];
    let mut cells: Vec<&str> = lines[line - 2].split(',').collect();
    cells[place] = value;
    lines[line - 2] = cells.join(",");
    format!("{HEADER}\n{}\n", lines.join("\n"))
}

/// `(line, column, value, expected)` of every error.
fn errors(file: impl AsRef<[u8]>) -> Vec<(u64, String, String, String)> {
    let errors = rejected(import_orders(file.as_ref(), 2));
    errors.into_iter().map(|error| (error.line, error.column, error.value, error.expected)).collect()
}

#[track_caller]
fn assert_one(file: impl AsRef<[u8]>, line: u64, column: &str, value: &str, expected: &str) {
    let all = errors(file);
    assert_eq!(all.len(), 1, "{all:?}");
    let (found_line, found_column, found_value, found_expected) = &all[0];
    assert_eq!((*found_line, found_column.as_str(), found_value.as_str()), (line, column, value));
    assert!(found_expected.contains(expected), "{found_expected:?} does not say {expected:?}");
}

#[test]
fn the_good_file_is_good() {
    let (kept, summary) = import_orders(format!("{HEADER}\n{FIRST}\n{NEXT}\n").as_bytes(), 2).unwrap();
    assert_eq!((summary.rows, kept.of("orders").len(), kept.of("order_items").len()), (2, 1, 2));
}

#[test]
fn a_wrong_cell_is_named_with_line_column_value_and_what_was_expected() {
    for (line, column, value, expected) in [
        (2, "Created at", "", "a time with its zone"),
        (2, "Created at", "05/01/2026", "a time with its zone"),
        (2, "Created at", "0026-01-05 10:00:00 -0500", "between the years 1970 and 2199"),
        (2, "Paid at", "2026-01-05 10:00:01", "a time with its zone"),
        (2, "Currency", "US$", "three letters"),
        (2, "Currency", "", "three letters"),
        (2, "Total", "", "an amount such as"),
        (2, "Total", "-1.00", "0 or more"),
        (2, "Total", "$20", "an amount such as"),
        (2, "Total", "20.00001", "at most 4 decimals"),
        (2, "Total", "123456789012345", "at most 14 digits"),
        (2, "Subtotal", "free", "an amount such as"),
        (2, "Refunded Amount", "-0.01", "0 or more"),
        (2, "Accepts Marketing", "maybe", "yes or no"),
        (2, "Id", "", "the order's id"),
        (2, "Id", "name:#1", "an id that does not begin with name:"),
        (2, "Name", "", "an order's name"),
        (2, "Lineitem quantity", "2.5", "a whole number of 0 or more"),
        (2, "Lineitem name", "", "the name of what was sold"),
        (3, "Lineitem quantity", "", "a whole number of 0 or more"),
        (3, "Lineitem quantity", "-1", "a whole number of 0 or more"),
        (3, "Lineitem price", "", "an amount such as"),
        (3, "Lineitem price", "1,5\"", "an amount such as"),
        (3, "Lineitem discount", "5%", "an amount such as"),
        (3, "Name", "", "an order's name"),
        (3, "Name", "#2", "first line"),
    ] {
        let cell = if value.contains(',') { "\"1,5\"\"\"" } else { value };
        assert_one(with(line, column, cell), line as u64, column, value, expected);
    }
}

#[test]
fn sums_that_do_not_fit_are_errors() {
    let file = with(3, "Lineitem price", "99999999999999").replace("#1,,2026-01-05 10:00:00 -0500,,,1,", "#1,,,,,999,");
    assert_one(file, 3, "Lineitem price", "99999999999999", "at most 14 digits");
    let file = with(3, "Lineitem price", "99999999999999");
    assert_one(file, 3, "Lineitem price", "99999999999999", "add up to");
}

#[test]
fn titles_are_named_as_the_file_writes_them() {
    let file = with(3, "Lineitem price", "x").replace("Lineitem price", " LINEITEM Price ");
    assert_one(file, 3, "LINEITEM Price", "x", "an amount such as");
}

#[test]
fn lines_are_counted_through_quoted_cells_and_line_ends() {
    let good = FIRST.replace("Tea", "\"Tea\r\nin\r\nbags\"");
    let file = format!("{HEADER}\r\n\r\n{good}\r\n{}\r\n", NEXT.replace("5.00,5.00", "x,5.00"));
    assert_one(file, 6, "Lineitem price", "x", "an amount such as");
}

#[test]
fn a_line_without_its_orders_first_line_is_an_error_once_for_each_order() {
    let second = NEXT.replace("#1", "#2");
    let file = format!("{HEADER}\n{NEXT}\n{NEXT}\n{FIRST}\n{second}\n{second}\n");
    let all = errors(file);
    assert_eq!(
        all.iter().map(|(line, column, value, _)| (*line, column.as_str(), value.as_str())).collect::<Vec<_>>(),
        [(2, "Name", "#1"), (5, "Name", "#2")]
    );
}

#[test]
fn an_order_that_comes_again_is_an_error_and_its_items_are_not_lost() {
    let other = FIRST.replace("#1,11", "#2,12");
    assert_one(format!("{HEADER}\n{FIRST}\n{other}\n{FIRST}\n{NEXT}\n"), 4, "Id", "11", "did not come before");
    assert_one(format!("{HEADER}\n{FIRST}\n{other}\n{NEXT}\n"), 4, "Name", "#1", "first line");
    assert_one(format!("{HEADER}\n{FIRST}\n{FIRST}\n"), 3, "Total", "20.00", "nothing: #1 began on line 2");
    let by_name = |text: &str| text.replace(",Id,", ",Nr,");
    assert_one(by_name(&format!("{HEADER}\n{FIRST}\n{other}\n{FIRST}\n")), 4, "Name", "#1", "did not come before");
}

#[test]
fn two_orders_of_one_name_are_told_apart_by_their_ids() {
    let other = FIRST.replace("#1,11", "#1,12");
    let (kept, _) = import_orders(format!("{HEADER}\n{FIRST}\n{other}\n{NEXT}\n").as_bytes(), 8).unwrap();
    let lines: Vec<_> = kept.of("orders").iter().map(|row| (text(row, "order_id"), number(row, "lines"))).collect();
    assert_eq!(lines, [("11", 1), ("12", 2)]);
}

#[test]
fn an_id_repeated_on_every_line_is_no_new_order() {
    let (kept, _) =
        import_orders(format!("{HEADER}\n{FIRST}\n{}\n", NEXT.replace("#1,,", "#1,11,")).as_bytes(), 8).unwrap();
    assert_eq!(number(&kept.of("orders")[0], "lines"), 2);
}

#[test]
fn an_order_without_items_is_an_order() {
    let none = "#2,12,2026-01-05 10:00:00 -0500,USD,20.00,,,,,,,,";
    let (kept, _) = import_orders(format!("{HEADER}\n{none}\n{FIRST}\n").as_bytes(), 8).unwrap();
    assert_eq!(number(&kept.of("orders")[0], "units"), 0);
    assert_one(format!("{HEADER}\n{FIRST}\n#1,,,,,,,,,,,,\n"), 3, "Lineitem name", "", "an item that was sold");
}

#[test]
fn missing_columns_are_named_all_at_once() {
    let Err(error @ ImportError::MissingColumns { .. }) = import_orders(b"Name,Total\n#1,2\n", 8) else {
        panic!("accepted")
    };
    assert_eq!(
        error.to_string(),
        "the file lacks the columns \"Created at\", \"Currency\", \"Lineitem quantity\", \"Lineitem name\", \
         \"Lineitem price\"; it has \"Name\", \"Total\""
    );
}

#[test]
fn a_column_that_comes_twice_is_an_error() {
    let file = format!("{HEADER},total\n{FIRST},1\n");
    let Err(error @ ImportError::RepeatedColumns(_)) = import_orders(file.as_bytes(), 8) else { panic!("accepted") };
    assert_eq!(error.to_string(), "the file has more than one column \"Total\"");
}

#[test]
fn a_row_of_another_length_is_an_error_and_does_not_blame_the_next_ones() {
    let file = format!("{HEADER}\n{FIRST},x\n{NEXT}\n{}\n", FIRST.replace("#1,11", "#2,12"));
    assert_one(file, 2, "", "14 cells", "13 cells");
}

#[test]
fn text_that_is_not_utf8_is_an_error_with_its_place() {
    let file = format!("{HEADER}\n{FIRST}\n{NEXT}\n");
    let latin1: Vec<u8> =
        file.replace("Pot", "Caf\u{1}").bytes().map(|byte| if byte == 1 { 0xe9 } else { byte }).collect();
    assert_one(latin1, 3, "Lineitem name", "Caf\u{fffd}", "UTF-8");
    let utf16: Vec<u8> = [0xff, 0xfe].into_iter().chain(file.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let Err(ImportError::WrongKind { found, .. }) = import_orders(&utf16, 8) else { panic!("accepted") };
    assert_eq!(found, "UTF-16 text");
}

#[test]
fn a_file_cut_off_inside_a_quoted_cell_is_an_error() {
    let file = format!("{HEADER}\n{FIRST}\n{}", NEXT.replace("Pot,5.00,5.00,,,,", "\"Po"));
    assert_one(file, 3, "Lineitem name", "Po", "closing quote");
}

#[test]
fn a_quote_that_is_never_closed_does_not_fill_the_memory() {
    let tail = format!("{NEXT}\n").repeat(40_000);
    let file = format!("{HEADER}\n{}\n{tail}", FIRST.replace("Tea", "\"Tea"));
    let all = errors(file);
    assert_eq!((all.len(), all[0].0, all[0].1.as_str()), (1, 2, "Lineitem name"));
    assert!(all[0].3.contains("not closed") && all[0].2.chars().count() <= 121);
}

#[test]
fn text_after_a_closing_quote_is_an_error() {
    assert_one(with(2, "Lineitem name", "\"Tea\"s"), 2, "Lineitem name", "Teas", "after the closing quote");
}

#[test]
fn a_gzip_file_that_was_cut_off_is_damaged() {
    let packed = gzip(format!("{HEADER}\n{FIRST}\n{}", format!("{NEXT}\n").repeat(500)).as_bytes());
    let result = import_orders(&packed[..packed.len() - 9], 8);
    assert!(matches!(result, Err(ImportError::Damaged(_))), "{:?}", result.map(|(_, summary)| summary));
}

#[test]
fn an_empty_file_is_an_error_and_a_header_alone_is_none() {
    for file in ["", "\n\n", "\u{feff}"] {
        assert!(matches!(import_orders(file.as_bytes(), 8), Err(ImportError::Empty)));
    }
    let (kept, summary) = import_orders(HEADER.as_bytes(), 8).unwrap();
    assert_eq!((summary.rows, kept.batches), (0, 0));
}

#[test]
fn nothing_more_is_pushed_after_an_error_and_all_errors_are_counted() {
    let orders = |from: usize, price: &str| -> String {
        (from..from + 200)
            .map(|n| FIRST.replace("#1,11", &format!("#{n},{n}")).replace("Tea,10.00", price) + "\n")
            .collect()
    };
    let file = format!("{HEADER}\n{}{}", orders(1000, "Tea,10.00"), orders(5000, "Tea,x"));
    match import_orders(file.as_bytes(), 8) {
        Err(ImportError::Rejected { errors, total }) => {
            assert_eq!((errors.len(), total, errors[0].line, errors[99].line), (100, 200, 202, 301));
        }
        other => panic!("{:?}", other.map(|(_, summary)| summary)),
    }
}

#[test]
fn columns_that_nobody_knows_are_named_and_those_that_shopify_exports_are_not() {
    let file = format!("{HEADER},Tax 1 Name,Shoe size,notes\n{FIRST},VAT,42,\n");
    let (_, summary) = import_orders(file.as_bytes(), 8).unwrap();
    assert_eq!(summary.ignored_columns, ["Shoe size"]);
}

#[test]
fn lines_of_commas_only_as_spreadsheets_leave_them_are_passed_over() {
    let file = format!("{HEADER}\n{FIRST}\n{}\n", ",".repeat(12));
    assert_eq!(import_orders(file.as_bytes(), 8).unwrap().1.rows, 1);
}
