import {
  FlaskConical,
  Megaphone,
  PackageX,
  Rocket,
  StickyNote,
  Tag,
  Unplug,
  type LucideIcon,
} from "lucide-react";
import type { ChartMark } from "@/components/charts";
import type { LocalDate } from "@/lib/dates";
import { formatRange } from "@/lib/format/date";
import type { DataPoint } from "./series-data";
import type { AxisMark } from "./types";

const KINDS: Record<string, { Icon: LucideIcon; title: string }> = {
  note: { Icon: StickyNote, title: "Note" },
  sale: { Icon: Tag, title: "Sale" },
  campaign: { Icon: Megaphone, title: "Campaign" },
  test: { Icon: FlaskConical, title: "Test" },
  release: { Icon: Rocket, title: "Release" },
  sync_gap: { Icon: Unplug, title: "Source not read" },
  stock_out: { Icon: PackageX, title: "Out of stock" },
};

const NOTE = { Icon: StickyNote, title: "Note" };

/** Where days lie among points in time, of which the last reaches to the end of the range; what is not among them has no mark. */
export function chartMarks(
  marks: readonly AxisMark[],
  points: readonly DataPoint[],
  end: LocalDate,
): ChartMark[] {
  if (points.some(({ time }) => time === null)) return [];
  const days = points.map(({ key }) => key.slice(0, 10));
  const [start = end] = days;
  return marks.flatMap((mark) => {
    if (mark.first > end || mark.last < start) return [];
    // The point whose time the day lies in: the last that does not begin after it. Of a day's hours it is the first.
    const firstDay = days.findLast((day) => day <= mark.first) ?? start;
    const first = days.indexOf(firstDay);
    const last = days.findLastIndex((day) => day <= mark.last);
    const { Icon, title } = KINDS[mark.kind] ?? NOTE;
    const when = formatRange({ from: mark.first, to: mark.last });
    return [
      {
        key: mark.id,
        first,
        last,
        title: `${title}: ${mark.title}, ${when}`,
        icon: <Icon aria-hidden />,
        detail: <MarkDetail Icon={Icon} title={mark.title} when={when} kind={title} />,
      },
    ];
  });
}

interface MarkDetailProps {
  Icon: LucideIcon;
  title: string;
  when: string;
  kind: string;
}

function MarkDetail({ Icon, title, when, kind }: MarkDetailProps) {
  return (
    <div className="flex items-start gap-2">
      <Icon aria-hidden className="mt-0.5 size-3.5 shrink-0 text-(--chart-mark)" />
      <div>
        <p className="font-medium">{title}</p>
        <p className="text-muted-foreground">
          {kind} · {when}
        </p>
      </div>
    </div>
  );
}
