import { useState } from "react";
import { BarList, type BarRow } from "@/components/charts";
import { Select } from "@/components/ui/select";
import type { QueryResponse } from "@/lib/api/types";
import { formatShare, formatValue, toNumber } from "@/lib/format/number";
import { textOf, valueOf, type Row } from "@/lib/metrics/response";
import type { KindProps } from "../kind";
import { Nothing } from "../nothing";

const ANSWERS = "knocommerce.answers";

export interface Question {
  text: string;
  answers: Row[];
  /** How many answers there are to it; of one with several answers each counts. */
  count: number;
}

/** The answers to each question, the question with the most of them first. */
export function questionsOf(response: QueryResponse): Question[] {
  const questions = new Map<string, Question>();
  for (const row of response.rows) {
    const text = textOf(row, "question", "Without a question");
    const question = questions.get(text) ?? { text, answers: [], count: 0 };
    question.answers.push(row);
    question.count += toNumber(valueOf(row, ANSWERS)) ?? 0;
    questions.set(text, question);
  }
  return [...questions.values()].sort((a, b) => b.count - a.count);
}

/** What customers answered to a question, the most frequent answer first. */
export default function Survey({ title, response }: KindProps) {
  const [wanted, setWanted] = useState<string | null>(null);
  const questions = questionsOf(response);
  const question = questions.find(({ text }) => text === wanted) ?? questions[0];
  if (!question || question.count === 0) return <Nothing response={response} />;
  const sorted = [...question.answers].sort(
    (a, b) => (toNumber(valueOf(b, ANSWERS)) ?? 0) - (toNumber(valueOf(a, ANSWERS)) ?? 0),
  );
  const most = toNumber(sorted[0] ? valueOf(sorted[0], ANSWERS) : null) ?? 0;
  const rows = sorted.map((row, index): BarRow => {
    const count = valueOf(row, ANSWERS);
    const number = toNumber(count) ?? 0;
    const key = `${textOf(row, "answer", "")} ${index}`;
    return {
      key,
      title: textOf(row, "answer", "No answer"),
      value: (
        <>
          <span className="font-medium">{formatValue(count, { unit: "count" })}</span>
          <span className="min-w-12 text-right text-sm text-muted-foreground">
            {formatShare(number / question.count)}
          </span>
        </>
      ),
      tracks: [{ key, parts: [{ key, colour: "var(--series-1)", length: most > 0 ? number / most : 0 }] }],
    };
  });
  return (
    <div className="flex min-h-0 flex-1 flex-col gap-3">
      {questions.length > 1 ? (
        <Select
          aria-label={`Question of ${title}`}
          value={question.text}
          onChange={(event) => setWanted(event.target.value)}
          className="shrink-0"
        >
          {questions.map(({ text }) => (
            <option key={text} value={text}>
              {text}
            </option>
          ))}
        </Select>
      ) : (
        <p className="text-muted-foreground">{question.text}</p>
      )}
      <BarList label={question.text} rows={rows} className="-mr-2 pr-2" />
    </div>
  );
}
