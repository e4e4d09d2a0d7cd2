//! The orders file that Shopify's admin exports (Orders, Export, CSV).
//!
//! An order is one line or several that follow one another, one for each item sold; what is said of the order as a
//! whole is on its first line only. Rows become `orders`, `order_items`, `refunds`, `customers` and `products`.
//!
//! **Columns** may come in any order; titles are compared without case or blanks around them. Needed are `Name`,
//! `Created at`, `Currency`, `Total`, `Lineitem quantity`, `Lineitem name` and `Lineitem price`. Columns that Shopify does
//! not export are left alone and named in the summary. `Refunded at`, which Shopify does not export, is read where a
//! file has it.
//!
//! **An order is known** by `Id`, or by `Name` in files without that column (`name:#1001` is then its entity, so that it is
//! never taken for an id). A store's orders are all known by one of them: [`Summary::fit`] must be asked before a file's rows
//! are committed. An order's lines are told from the next order's by these two. All lines of an order must follow one another: a second block of an order that the file had before is an
//! error, as the two blocks could be two states of it or two halves. For that the importer remembers 9 to 18 bytes for each
//! order of the file; its memory is bounded apart from that.
//!
//! **What is missing**: without `Lineitem discount` nothing was taken off a line; without `Discount Amount` the order's
//! discount is the sum of its lines'; without `Subtotal` it is items less discount; shipping, taxes and refunds are zero.
//! An order of no items has its three item cells empty.
//!
//! **Discounts of the order as a whole** are shared among its lines, so that its items' amounts add up to its subtotal: what
//! the lines come to beyond `Subtotal` (in files without it, what `Discount Amount` is beyond the lines' discounts) is taken
//! off them by their value, in the smallest unit that the order's amounts are written with, and never below zero.
//!
//! **Versions**: an order's row version is the latest of the times at which it was created, paid and cancelled, in whole
//! seconds, and in the microseconds below the second a number that grows with the amount that was refunded. None of these goes
//! back (a fulfilment does, when it is cancelled, and so does the refunded share of a total that is edited), so that an
//! older export does not undo a newer one as far as they tell them apart; where they do not, the last import wins. Products
//! and customers are as of the newest order that they are in.

use std::io::Read;

use aloftly_engine::lake::RowSink;

use super::header::{Column, Header};
use super::order::{Line, Order};
use super::order_keys::OrderKeys;
use super::rows::Rows;
use crate::error::Rejections;
use crate::records::Cells;
use crate::seen::Seen;
use crate::table::Table;
use crate::{ImportError, Progress, Summary};

/// An order may have that many lines. Shopify's own limit is 500; a broken file must not fill the memory.
const MOST_LINES: i64 = 100_000;

/// How a file is imported.
#[derive(Clone, Debug)]
pub struct Options {
    /// Rows are pushed in batches of about that many (an order's rows stay together).
    pub batch_rows: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self { batch_rows: 8_192 }
    }
}

/// Reads an orders file, plain or gzip, and pushes its rows to `sink`.
///
/// `progress` is told how far it is about every `batch_rows` lines, and at the end.
///
/// # Errors
/// When the file is not such a file, or any of its rows is wrong: [`ImportError::Rejected`] then has the first hundred
/// errors and their number. Rows may have been pushed before an error was met: on an error the caller must throw away
/// what was pushed.
pub fn import(
    input: impl Read,
    options: &Options,
    sink: &mut dyn RowSink,
    progress: &mut dyn FnMut(Progress),
) -> Result<Summary, ImportError> {
    let mut table = Table::open(input)?;
    let header = Header::of(&table)?;
    let mut summary = Summary { ignored_columns: header.unknown(), ..Summary::default() };
    let mut reader = Reader::new(&header, options.batch_rows.max(1));
    let step = options.batch_rows.max(1) as u64;
    loop {
        let errors_before = reader.rejections.total();
        let rows = table.rows();
        if rows > 0 && rows.is_multiple_of(step) {
            progress(Progress { bytes: table.bytes(), rows });
        }
        let Some(cells) = table.next(&mut reader.rejections)? else { break };
        if reader.rejections.total() > errors_before {
            reader.lost_line = true;
        }
        reader.line(cells, sink, &mut summary)?;
    }
    reader.end_order(sink, &mut summary)?;
    reader.flush(sink, &mut summary)?;
    (summary.bytes, summary.rows) = (table.bytes(), table.rows());
    progress(Progress { bytes: summary.bytes, rows: summary.rows });
    reader.rejections.into_result()?;
    Ok(summary)
}

/// What the lines before say of the line that comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Before {
    /// No order was begun.
    Nothing,
    /// The order that is being read.
    Order,
    /// Lines of an order whose first line is not before them, which was said once.
    Orphans,
}

struct Reader<'a> {
    header: &'a Header,
    keys: OrderKeys,
    rejections: Rejections,
    before: Before,
    /// A line since the last order's first one was unreadable: it may have been the first line of another.
    lost_line: bool,
    order: Order,
    seen: Seen,
    rows: Rows,
}

impl<'a> Reader<'a> {
    fn new(header: &'a Header, batch_rows: usize) -> Self {
        Self {
            header,
            keys: if header.place(Column::Id).is_some() { OrderKeys::Ids } else { OrderKeys::Names },
            rejections: Rejections::default(),
            before: Before::Nothing,
            lost_line: false,
            order: Order::default(),
            seen: Seen::default(),
            rows: Rows::new(batch_rows),
        }
    }

    fn line(&mut self, cells: Cells<'_>, sink: &mut dyn RowSink, summary: &mut Summary) -> Result<(), ImportError> {
        let mut line = Line { header: self.header, cells, rejections: &mut self.rejections };
        let (name, id) = (line.text(Column::Name), line.text(Column::Id));
        if name.is_empty() {
            line.reject(Column::Name, "an order's name, such as #1001");
            self.lost_line = true;
            return Ok(());
        }
        let continues =
            self.before != Before::Nothing && name == self.order.name && (id.is_empty() || id == self.order.id);
        let is_first = !line.text(Column::Total).is_empty() || !line.text(Column::Currency).is_empty();
        match (continues, is_first) {
            (true, true) if self.before == Before::Order => {
                let column = if line.text(Column::Total).is_empty() { Column::Currency } else { Column::Total };
                line.reject(
                    column,
                    format!("nothing: {name} began on line {}, which alone says this", self.order.begins_on),
                );
            }
            (_, true) => {
                self.end_order(sink, summary)?;
                self.begin_order(cells)?;
            }
            (true, false) => {}
            (false, false) => {
                self.end_order(sink, summary)?;
                self.begin_orphans(cells);
            }
        }
        self.item(cells);
        Ok(())
    }

    fn begin_order(&mut self, cells: Cells<'_>) -> Result<(), ImportError> {
        (self.before, self.lost_line) = (Before::Order, false);
        let mut line = Line { header: self.header, cells, rejections: &mut self.rejections };
        let key = match self.keys {
            OrderKeys::Ids => Column::Id,
            OrderKeys::Names => Column::Name,
        };
        let id = line.text(key);
        if id.is_empty() {
            line.reject(key, "the order's id, which only lines after its first may lack");
        } else if self.keys == OrderKeys::Ids && OrderKeys::looks_named(id) {
            line.reject(key, "an id that does not begin with name:");
        } else if !self.seen.is_new(id, line.rejections)? {
            line.reject(key, "an order that did not come before: all lines of an order must follow one another");
        }
        self.order.begin(&self.keys.entity(id), &mut line);
        Ok(())
    }

    fn begin_orphans(&mut self, cells: Cells<'_>) {
        let mut line = Line { header: self.header, cells, rejections: &mut self.rejections };
        if !self.lost_line {
            line.reject(Column::Name, "an order whose first line, with its Total and Currency, comes right before");
        }
        self.before = Before::Orphans;
        self.order.name.clear();
        self.order.name.push_str(line.text(Column::Name));
        self.order.id.clear();
        self.order.id.push_str(line.text(Column::Id));
        self.order.lines = 0;
    }

    fn item(&mut self, cells: Cells<'_>) {
        let mut line = Line { header: self.header, cells, rejections: &mut self.rejections };
        if !line.has_item() {
            if cells.line() != self.order.begins_on {
                line.reject(Column::Product, "an item that was sold");
            }
            return;
        }
        if self.order.lines > MOST_LINES {
            return;
        }
        let Some(item) = line.item() else { return };
        if self.before != Before::Order {
            return;
        }
        if !self.order.add(&item) {
            line.reject(Column::Price, "items that add up to an amount of at most 14 digits");
        }
        if self.order.lines == MOST_LINES + 1 {
            line.reject(Column::Name, format!("an order of at most {MOST_LINES} lines"));
        }
        if line.rejections.is_empty() && !self.rows.item(&self.order, &item) {
            line.reject(Column::Name, "an order that, repeated for each of its items, is no more than 16 MiB of text");
        }
    }

    fn end_order(&mut self, sink: &mut dyn RowSink, summary: &mut Summary) -> Result<(), ImportError> {
        if self.before == Before::Order && self.rejections.is_empty() {
            self.rows.order(&self.order);
            summary.order_keys = Some(self.keys);
            summary.saw(self.order.created_at);
            if !summary.currencies.contains(&self.order.currency) {
                summary.currencies.insert(self.order.currency.clone());
            }
        }
        self.before = Before::Nothing;
        if self.rows.are_many() {
            self.flush(sink, summary)?;
        }
        Ok(())
    }

    fn flush(&mut self, sink: &mut dyn RowSink, summary: &mut Summary) -> Result<(), ImportError> {
        let sink = if self.rejections.is_empty() { Some(sink) } else { None };
        self.rows.flush(sink, summary)
    }
}
