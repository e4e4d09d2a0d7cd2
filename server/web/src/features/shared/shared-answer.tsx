import type { ReactNode } from "react";
import { DataTable } from "@/components/widgets/data-table";
import { Card } from "@/components/ui/card";
import type { QueryResponse } from "@/lib/api/types";
import { formatRange } from "@/lib/format/date";
import { SharedFrame, type Frame } from "./shared-frame";

interface SharedAnswerProps {
  frame: Frame;
  answer: QueryResponse;
  tools: ReactNode;
}

/** The answer to a question, with every figure. */
export function SharedAnswer({ frame, answer, tools }: SharedAnswerProps) {
  return (
    <SharedFrame
      frame={frame}
      tools={tools}
      days={<p className="text-muted-foreground">{formatRange(answer.meta.range)}</p>}
    >
      <Card className="pt-4">
        <DataTable title={frame.name} response={answer} />
      </Card>
    </SharedFrame>
  );
}
