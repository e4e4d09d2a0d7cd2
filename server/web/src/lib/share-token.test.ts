import { act, renderHook } from "@testing-library/react";
import { embedAddress, shareAddress, useShareToken } from "./share-token";

afterEach(() => window.history.replaceState(null, "", "/"));

it("finds the token behind the #, where it stays", () => {
  window.history.replaceState(null, "", "/shared?range=today#token=aloftly_share_x");
  const { result } = renderHook(() => useShareToken());
  expect(result.current).toBe("aloftly_share_x");
  expect(window.location.href).toMatch(/\/shared\?range=today#token=aloftly_share_x$/);
});

it.each(["", "#", "#token=", "#other=x"])("finds none in %j", (hash) => {
  window.history.replaceState(null, "", `/shared${hash}`);
  expect(renderHook(() => useShareToken()).result.current).toBeNull();
});

it("follows another link that is put into the address", () => {
  window.history.replaceState(null, "", "/shared#token=one");
  const { result } = renderHook(() => useShareToken());
  act(() => {
    window.history.replaceState(null, "", "/shared#token=two");
    window.dispatchEvent(new HashChangeEvent("hashchange"));
  });
  expect(result.current).toBe("two");
});

it("puts tokens behind the # alone, where no server sees them", () => {
  const addresses = [shareAddress("aloftly_share_x-_y"), embedAddress("key", "aloftly_share_x-_y")];
  expect(
    addresses
      .map((address) => new URL(address))
      .map(({ pathname, search, hash }) => [pathname, search, hash]),
  ).toEqual([
    ["/shared", "", "#token=aloftly_share_x-_y"],
    ["/embed/key", "", "#token=aloftly_share_x-_y"],
  ]);
});
