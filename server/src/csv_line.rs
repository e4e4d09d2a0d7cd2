//! Lines of CSV for spreadsheets (RFC 4180).
//!
//! A spreadsheet computes what begins with `=`, `+`, `-` or `@`, also behind a tab or a line break: a text that somebody else chose must
//! not become a formula in the hands of who opens the file. Such a text gets an apostrophe, which spreadsheets take as "this is text".

/// One line, with its end.
#[must_use]
pub(crate) fn write(texts: &[&str]) -> String {
    let cells: Vec<String> = texts.iter().map(|text| cell(text)).collect();
    cells.join(",") + "\r\n"
}

fn cell(text: &str) -> String {
    let guard = if text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) { "'" } else { "" };
    if text.contains(['"', ',', '\r', '\n']) {
        return format!("\"{guard}{}\"", text.replace('"', "\"\""));
    }
    format!("{guard}{text}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_where_they_must_be_and_no_text_is_a_formula() {
        assert_eq!(write(&["a", "b c", "", "say \"hi\", you"]), "a,b c,,\"say \"\"hi\"\", you\"\r\n");
        assert_eq!(write(&["=1+1", "+1", "-1", "@x", "\tx", "\rx"]), "'=1+1,'+1,'-1,'@x,'\tx,\"'\rx\"\r\n");
        assert_eq!(write(&["1=1", "a@b.c", "two\nlines"]), "1=1,a@b.c,\"two\nlines\"\r\n");
    }
}
