import type { QueryResponse } from "@/lib/api/types";
import { saveFile } from "@/lib/download";
import { answerTable, type AnswerTable } from "./answer-table";

/** What a spreadsheet would take for a formula when it stands at the beginning of a text. */
const FORMULA = /^[=+\-@\t\r]/;

function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** A text that stays a text in a spreadsheet. */
function harmless(text: string): string {
  return FORMULA.test(text) ? `'${text}` : text;
}

function headings(table: AnswerTable): string[] {
  return table.columns.map(({ title, unit }) => harmless(unit === null ? title : `${title} (${unit})`));
}

/** Rows as RFC 4180 has them: figures as exact decimals, names such that none is taken for a formula. */
export function csvOf(response: QueryResponse): string {
  const table = answerTable(response);
  const rows = table.rows.map((row) =>
    row.map(({ raw }, index) => (table.columns[index]?.isFigure ? raw : harmless(raw))),
  );
  return [headings(table), ...rows].map((row) => `${row.map(quoted).join(",")}\r\n`).join("");
}

/** The same with tabulators in between, to be put into a spreadsheet. */
export function tsvOf(response: QueryResponse): string {
  const table = answerTable(response);
  const flat = (text: string) => text.replaceAll(/[\t\r\n]+/g, " ");
  const rows = table.rows.map((row) =>
    row.map(({ raw }, index) => (table.columns[index]?.isFigure ? raw : flat(harmless(raw)))),
  );
  return [headings(table).map(flat), ...rows].map((row) => row.join("\t")).join("\n");
}

/** What a file about an answer is called: what is in it, and of which days. */
export function fileName(title: string, response: QueryResponse | undefined, ending: string): string {
  const words = title
    .normalize("NFKD")
    .replaceAll(/\p{M}/gu, "")
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, "-")
    .replaceAll(/^-+|-+$/g, "")
    .slice(0, 80);
  const days = response ? `-${response.meta.range.from}-${response.meta.range.to}` : "";
  return `${words || "widget"}${days}.${ending}`;
}

/** Begins with the mark by which spreadsheets know that letters beyond ASCII are UTF-8. */
export function saveCsv(title: string, response: QueryResponse): void {
  saveFile(fileName(title, response, "csv"), `\uFEFF${csvOf(response)}`, "text/csv;charset=utf-8");
}
