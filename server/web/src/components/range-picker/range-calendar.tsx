import { ChevronLeft, ChevronRight } from "lucide-react";
import { useState } from "react";
import { DayPicker } from "react-day-picker";
import { weekdayIndex, type DateRange, type LocalDate } from "@/lib/dates";
import { locale } from "@/lib/format/locale";

interface RangeCalendarProps {
  range: DateRange;
  today: LocalDate;
  weekStart: string;
  onChange: (range: DateRange) => void;
}

/** The calendar works on days as the browser's own dates hold them; only year, month and day ever cross this border. */
function toDate(date: LocalDate): Date {
  const [year = 0, month = 1, day = 1] = date.split("-").map(Number);
  return new Date(year, month - 1, day);
}

function fromDate(date: Date): LocalDate {
  const two = (number: number) => String(number).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

function written(options: Intl.DateTimeFormatOptions) {
  return (date: Date) => new Intl.DateTimeFormat(locale(), options).format(date);
}

const nav =
  "inline-flex size-8 items-center justify-center rounded-md text-muted-foreground hover:bg-muted hover:text-foreground aria-disabled:opacity-40";

const classNames = {
  months: "relative",
  month_caption: "flex h-8 items-center justify-center text-sm font-medium",
  nav: "absolute inset-x-0 top-0 flex h-8 items-center justify-between",
  button_previous: nav,
  button_next: nav,
  chevron: "size-4",
  month_grid: "mt-2 w-full table-fixed border-collapse",
  weekday: "h-7 text-xs font-normal text-muted-foreground",
  day: "p-0 text-center",
  day_button:
    "h-8 w-full rounded-md text-sm tabular-nums hover:bg-muted focus-visible:relative disabled:opacity-35",
  outside: "text-muted-foreground opacity-50",
  today: "font-semibold text-accent",
  range_start: "rounded-l-md bg-accent-soft [&>button]:bg-accent [&>button]:text-accent-foreground",
  range_middle: "bg-accent-soft [&>button]:rounded-none [&>button]:hover:bg-transparent",
  range_end: "rounded-r-md bg-accent-soft [&>button]:bg-accent [&>button]:text-accent-foreground",
};

/** The first click starts a range, the second ends it. */
export default function RangeCalendar({ range, today, weekStart, onChange }: RangeCalendarProps) {
  const [anchor, setAnchor] = useState<LocalDate | null>(null);
  const selected = range.from && range.to && range.from <= range.to ? range : null;
  const click = (date: Date) => {
    const day = fromDate(date);
    if (anchor === null) onChange({ from: day, to: day });
    else onChange(day < anchor ? { from: day, to: anchor } : { from: anchor, to: day });
    setAnchor(anchor === null ? day : null);
  };
  return (
    <DayPicker
      mode="range"
      selected={selected ? { from: toDate(selected.from), to: toDate(selected.to) } : undefined}
      onSelect={(_, date) => click(date)}
      defaultMonth={toDate(range.to || today)}
      today={toDate(today)}
      disabled={{ after: toDate(today) }}
      weekStartsOn={weekdayIndex(weekStart) as 0 | 1 | 2 | 3 | 4 | 5 | 6}
      fixedWeeks
      showOutsideDays
      classNames={classNames}
      formatters={{
        formatCaption: written({ month: "long", year: "numeric" }),
        formatWeekdayName: written({ weekday: "short" }),
      }}
      labels={{
        labelDayButton: written({ weekday: "long", day: "numeric", month: "long", year: "numeric" }),
      }}
      components={{
        Chevron: ({ orientation, className }) =>
          orientation === "left" ? (
            <ChevronLeft className={className} />
          ) : (
            <ChevronRight className={className} />
          ),
      }}
    />
  );
}
