import "@testing-library/jest-dom/vitest";
import { cleanup } from "@testing-library/react";
import { afterAll, afterEach, beforeAll, beforeEach, vi } from "vitest";
import { closeRooms } from "@/lib/live/rooms";
import { forgetAnswers } from "@/lib/metrics/batcher";
import { network } from "./network";
import { FakeSocket } from "./sockets";

// What the layout engine of a browser has and jsdom has not.
class NoObserver {
  observe = () => undefined;
  unobserve = () => undefined;
  disconnect = () => undefined;
}
Object.assign(globalThis, { ResizeObserver: NoObserver });
Object.assign(Element.prototype, { hasPointerCapture: () => false, scrollIntoView: () => undefined });

beforeAll(() => network.listen({ onUnhandledRequest: "error" }));
// After the network, which stands in for sockets, too.
beforeEach(() => void vi.stubGlobal("WebSocket", FakeSocket));
// Only the date stands still; timers run, because the faked network takes its time.
beforeEach(() => vi.useFakeTimers({ toFake: ["Date"], now: new Date("2026-11-21T12:00:00Z") }));
afterEach(() => {
  vi.useRealTimers();
  cleanup();
  closeRooms();
  forgetAnswers();
  FakeSocket.all = [];
  network.resetHandlers();
});
afterAll(() => network.close());
