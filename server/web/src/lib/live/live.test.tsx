import { act, renderHook } from "@testing-library/react";
import { vi } from "vitest";
import { FakeSocket } from "@/test/sockets";
import { useStoreNews } from "./use-store-news";

const id = "0192a000-0000-7000-8000-000000000001";
const version = (version: number) => ({ type: "dashboard:update", store_id: id, version });

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(Math, "random").mockReturnValue(0);
});

afterEach(() => {
  vi.restoreAllMocks();
});

function follow() {
  const onNews = vi.fn();
  return { onNews, ...renderHook(() => useStoreNews(id, onNews)) };
}

function pass(ms: number) {
  act(() => void vi.advanceTimersByTime(ms));
}

function say(message: unknown) {
  act(() => FakeSocket.latest.say(message));
}

function end(code: number) {
  act(() => FakeSocket.latest.end(code));
}

function look(visibility: DocumentVisibilityState) {
  vi.spyOn(document, "visibilityState", "get").mockReturnValue(visibility);
  act(() => void document.dispatchEvent(new Event("visibilitychange")));
}

const opened = () => FakeSocket.all.length;

it("hears what is new of a store, and is open from the first word on", () => {
  const { result, onNews } = follow();
  expect(FakeSocket.latest.url).toBe(`ws://${window.location.host}/ws/stores/${id}`);
  expect(result.current).toBe(false);
  say(version(7));
  expect(result.current).toBe(true);
  expect(onNews.mock.calls).toEqual([[version(7)]]);
});

it("passes over what it does not know, and what is of another store", () => {
  const { onNews } = follow();
  say("hello");
  say({ type: "something:new", store_id: id });
  say({ ...version(7), store_id: "another" });
  expect(onNews).not.toHaveBeenCalled();
});

it("comes back after a break, ever later while it does not work", () => {
  const { result } = follow();
  say(version(7));
  end(1006);
  expect(result.current).toBe(false);
  for (const [index, wait] of [1000, 2000, 4000, 8000, 15_000, 15_000].entries()) {
    pass(wait - 1);
    expect(opened()).toBe(index + 1);
    pass(1);
    expect(opened()).toBe(index + 2);
    end(1006);
  }
});

it("comes back soon again once it has worked", () => {
  const { result, onNews } = follow();
  for (const wait of [1000, 2000, 4000]) {
    end(1006);
    pass(wait);
  }
  expect(opened()).toBe(4);
  say(version(8));
  expect(result.current).toBe(true);
  // As a server says that starts anew.
  end(1012);
  pass(1000);
  expect(opened()).toBe(5);
  say(version(9));
  expect(onNews.mock.calls).toEqual([[version(8)], [version(9)]]);
});

it("stays away when one may not see the store", () => {
  const { result } = follow();
  say(version(7));
  end(1008);
  expect(result.current).toBe(false);
  pass(120_000);
  act(() => void window.dispatchEvent(new Event("online")));
  look("visible");
  expect(opened()).toBe(1);
});

it("comes back at once when somebody looks at the page again, if it is away", () => {
  follow();
  look("visible");
  expect(opened()).toBe(1);
  end(1006);
  look("hidden");
  expect(opened()).toBe(1);
  look("visible");
  expect(opened()).toBe(2);
  pass(120_000);
  expect(opened()).toBe(2);
});

it("is opened anew when the browser is back online, whatever the old one thinks of itself", () => {
  const { result, onNews } = follow();
  say(version(7));
  const old = FakeSocket.latest;
  act(() => void window.dispatchEvent(new Event("online")));
  expect(old.closed).toBe(true);
  expect(opened()).toBe(2);
  expect(result.current).toBe(false);
  act(() => old.say(version(8)));
  expect(onNews).toHaveBeenCalledTimes(1);
  say(version(9));
  expect(result.current).toBe(true);
});

it("goes on without where the browser lets no socket be opened", () => {
  const blocked = vi.fn(() => {
    throw new DOMException("The operation is insecure.", "SecurityError");
  });
  vi.stubGlobal("WebSocket", blocked);
  const { result } = follow();
  expect(result.current).toBe(false);
  pass(1000);
  expect(blocked).toHaveBeenCalledTimes(2);
  vi.unstubAllGlobals();
});

it("is closed once it has opened where nobody waits for that any more", () => {
  const { unmount, onNews } = follow();
  unmount();
  pass(1000);
  const socket = FakeSocket.latest;
  expect(socket.closed).toBe(false);
  socket.say(version(7));
  expect(socket.closed).toBe(true);
  expect(onNews).not.toHaveBeenCalled();
});

it("is closed when nobody needs it, and stays for whoever comes right after", () => {
  const first = follow();
  say(version(7));
  say({ type: "sync:progress", store_id: id, sync: { id: "y" } });
  first.unmount();
  pass(900);
  const second = follow();
  expect(opened()).toBe(1);
  expect(second.result.current).toBe(true);
  // Who comes later knows where the store is, too.
  expect(second.onNews.mock.calls).toEqual([[version(7)]]);
  const third = follow();
  expect(opened()).toBe(1);
  second.unmount();
  pass(2000);
  expect(FakeSocket.latest.closed).toBe(false);
  third.unmount();
  pass(1000);
  expect(FakeSocket.latest.closed).toBe(true);
  look("visible");
  pass(120_000);
  expect(opened()).toBe(1);
});
