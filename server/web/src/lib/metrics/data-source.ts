import { createContext } from "react";
import type { QueryRequest, QueryResponse } from "@/lib/api/types";

/** An answer, and the name by which the server is asked whether it still is the answer. */
export interface WidgetAnswer {
  response: QueryResponse;
  etag: string;
}

/** Asks one question together with all others of the same moment; each is settled by itself. */
export type AskTogether = (question: QueryRequest, signal?: AbortSignal) => Promise<QueryResponse>;

/** Where the widgets of a dashboard get their answers. */
export interface DataSource {
  ask: (widgetId: string, question: QueryRequest, signal: AbortSignal) => Promise<QueryResponse>;
  /** What its answers are kept under, in front of the question. */
  key: readonly unknown[];
}

/** Null where one is signed in: questions then go to the metrics service, all of a moment in one batch. */
export const DataSourceContext = createContext<DataSource | null>(null);

/** How recent the figures of a dashboard are. */
export interface Freshness {
  /** Whether news of the stores come in by themselves. */
  live: boolean;
  /** How old the oldest answer is in milliseconds, while the server is away; null while it is not. */
  age: number | null;
}
