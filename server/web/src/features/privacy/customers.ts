import { formatCount } from "@/lib/format/number";

/** How many the server takes at once. */
const MOST = 1000;

/** The identities of customers, one on each line, each once. */
export function idsIn(text: string): string[] {
  return [...new Set(text.split(/\r?\n/).map((line) => line.trim()))].filter((line) => line !== "");
}

/** What is wrong with a list of them, in words. */
export function idsCheck(text: string): string | null {
  const { length } = idsIn(text);
  if (length === 0) return "Enter the ID of a customer.";
  return length > MOST ? "At most 1,000 customers at once." : null;
}

interface Exported {
  customer_ids: string[];
  datasets: Record<string, unknown[]>;
}

/** How many customers an export is of, and how many rows are kept of them. */
export function countsOf(text: string): { customers: number; rows: number } {
  const { customer_ids, datasets } = JSON.parse(text) as Exported;
  const rows = Object.values(datasets).reduce((sum, { length }) => sum + length, 0);
  return { customers: customer_ids.length, rows };
}

export function customersInWords(count: number): string {
  return count === 1 ? "1 customer" : `${formatCount(count)} customers`;
}

export function rowsInWords(count: number): string {
  return count === 1 ? "1 row" : `${formatCount(count)} rows`;
}
