import { renderHook, act } from "@testing-library/react";
import { setBrand, useBrand, useBrandName } from "./brand";

function icon(): HTMLLinkElement {
  const link = document.querySelector<HTMLLinkElement>('link[rel="icon"]');
  if (!link) throw new Error("there is no icon");
  return link;
}

beforeEach(() => {
  document.head.innerHTML = '<link rel="icon" href="/favicon.svg" type="image/svg+xml">';
});
afterEach(() => {
  act(() => setBrand({}));
  document.head.innerHTML = "";
});

const root = document.documentElement;
const colour = (name: string) => root.style.getPropertyValue(`--brand-${name}`);

it("gives the page the name, the colours and the icon of a brand, and takes them back", () => {
  const { result } = renderHook(() => useBrandName());
  expect(result.current).toBe("Aloftly");
  act(() => setBrand({ name: "Northwind", accent: "#0f766e", favicon: "data:image/png;base64,AAAA" }));
  expect(result.current).toBe("Northwind");
  expect(root).toHaveAttribute("data-brand");
  expect(colour("light-accent")).toBe("#0f766e");
  expect(colour("dark-accent")).toMatch(/^#[0-9a-f]{6}$/);
  expect(icon().href).toBe("data:image/png;base64,AAAA");
  expect(icon()).not.toHaveAttribute("type");
  act(() => setBrand({}));
  expect(result.current).toBe("Aloftly");
  expect(root).not.toHaveAttribute("data-brand");
  expect(colour("light-accent")).toBe("");
  expect(icon().href).toMatch(/\/favicon\.svg$/);
  expect(icon().type).toBe("image/svg+xml");
});

it("leaves the colours as they are for what is no colour", () => {
  act(() => setBrand({ accent: "red; --x: y" }));
  expect(root).not.toHaveAttribute("data-brand");
  expect(colour("light-accent")).toBe("");
});

it("is the same brand until it is another", () => {
  let drawn = 0;
  renderHook(() => {
    drawn += 1;
    return useBrand();
  });
  act(() => setBrand({ name: "Northwind" }));
  act(() => setBrand({ name: "Northwind" }));
  expect(drawn).toBe(2);
});
