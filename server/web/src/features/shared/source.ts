import { answer, api } from "@/lib/api/client";
import { ApiError, errorFrom, unreachable } from "@/lib/api/error";
import type { BatchAnswer, QueryRequest, QueryResponse } from "@/lib/api/types";
import type { DataSource, WidgetAnswer } from "@/lib/metrics/data-source";
import { asked, isChanged, isLocked, isOver, type Visit } from "./visit";

/** Which days, where the link lets one choose them. */
export interface Days {
  range?: string;
  compare?: string;
}

interface SourceOf {
  visit: Visit;
  days: Days;
  /** Which state of the dashboard is shown. */
  revision: number;
  /** What the link answers, by the widgets' ids: what else a widget may ask is not to be had. */
  questions: ReadonlyMap<string, QueryRequest>;
  /** The link as a whole shows something else by now, or nothing. */
  onRefused: (error: ApiError) => void;
}

/** Who waits for the answer to a widget's question. */
interface Waiting {
  signal: AbortSignal;
  resolve: (response: QueryResponse) => void;
  reject: (reason: Error) => void;
}

/** The answers to the widgets of a link, by their ids. All that are asked for at a moment are asked for in one request. */
export class SharedSource implements DataSource {
  readonly key: readonly unknown[];
  private readonly held = new Map<string, WidgetAnswer>();
  private waiting = new Map<string, Waiting[]>();

  constructor(private readonly of: SourceOf) {
    const { token, embedKey } = of.visit;
    this.key = ["shared-data", token, embedKey, of.days, of.revision];
  }

  readonly ask = (widgetId: string, question: QueryRequest, signal: AbortSignal): Promise<QueryResponse> => {
    const own = this.of.questions.get(widgetId);
    if (!own || JSON.stringify(own) !== JSON.stringify(question)) {
      const detail = "A link shows the figures of its dashboard, and these are not among them.";
      return Promise.reject(new ApiError(422, "not_shown", detail));
    }
    return new Promise((resolve, reject) => {
      // What is drawn at once asks at once.
      if (this.waiting.size === 0) setTimeout(() => void this.send());
      const others = this.waiting.get(widgetId) ?? [];
      this.waiting.set(widgetId, [...others, { signal, resolve, reject }]);
    });
  };

  private async send(): Promise<void> {
    const asking = this.waiting;
    this.waiting = new Map();
    for (const [widgetId, all] of asking) {
      const left = all.filter(({ signal }) => !signal.aborted);
      for (const { signal, reject } of all) if (signal.aborted) reject(aborted());
      if (left.length === 0) asking.delete(widgetId);
    }
    if (asking.size === 0) return;
    const widgets = [...asking.keys()];
    const known = widgets.flatMap((id) => {
      const etag = this.held.get(id)?.etag;
      return etag === undefined ? [] : [[id, etag] as const];
    });
    try {
      const { answers } = await answer(
        api.POST("/api/shared/data", {
          ...asked(this.of.visit),
          body: { widgets, ...this.of.days, revision: this.of.revision, known: Object.fromEntries(known) },
        }),
      );
      for (const [id, all] of asking) this.settle(id, answers[id], all);
    } catch (error) {
      const reason = error instanceof ApiError ? error : unreachable();
      for (const all of asking.values()) for (const { reject } of all) reject(reason);
      if (isChanged(reason) || isLocked(reason) || isOver(reason)) this.of.onRefused(reason);
    }
  }

  private settle(id: string, told: BatchAnswer | undefined, all: Waiting[]): void {
    const response = told?.status === 304 ? this.held.get(id)?.response : told?.answer;
    if (told && response) {
      if (told.etag) this.held.set(id, { response, etag: told.etag });
      for (const { resolve } of all) resolve(response);
    } else {
      const error = told ? errorFrom(told.status, told.problem, null) : unreachable();
      for (const { reject } of all) reject(error);
    }
  }
}

function aborted(): DOMException {
  return new DOMException("The answer is not wanted any more.", "AbortError");
}
