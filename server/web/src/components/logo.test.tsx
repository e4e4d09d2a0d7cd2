import { act, render } from "@testing-library/react";
import { setBrand } from "@/lib/brand";
import { LogoMark } from "./logo";

afterEach(() => act(() => setBrand({})));

const sources = () => [...document.querySelectorAll("img")].map((img) => img.getAttribute("src"));

it("is the program's own until the pages are somebody else's", () => {
  render(<LogoMark />);
  expect(document.querySelector("svg path")).not.toBeNull();
  act(() => setBrand({ name: "ørsted" }));
  expect(document.querySelector("svg text")).toHaveTextContent("Ø");
  act(() =>
    setBrand({
      name: "Ørsted",
      logo_light: "data:image/png;base64,AA",
      logo_dark: "data:image/png;base64,BB",
    }),
  );
  expect(sources()).toEqual(["data:image/png;base64,AA", "data:image/png;base64,BB"]);
});

it("stands on both grounds where there is one of it", () => {
  act(() => setBrand({ logo_dark: "data:image/png;base64,BB" }));
  render(<LogoMark />);
  expect(sources()).toEqual(["data:image/png;base64,BB", "data:image/png;base64,BB"]);
});
