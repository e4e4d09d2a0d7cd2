import { render, screen } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import { ErrorBoundary } from "@/components/error-boundary";
import { part } from "./part";

const Greeting = ({ name }: { name: string }) => <p>Good morning, {name}</p>;
const Meanwhile = ({ name }: { name: string }) => <p>{name} is on the way</p>;

test("something stands in its place until it is there", async () => {
  const Part = part(() => Promise.resolve({ default: Greeting }), Meanwhile);
  render(<Part name="Ida" />);
  expect(screen.getByText("Ida is on the way")).toBeVisible();
  expect(await screen.findByText("Good morning, Ida")).toBeVisible();
});

test("what has been loaded is drawn at once, and is loaded once", async () => {
  const load = vi.fn(() => Promise.resolve({ default: Greeting }));
  const Part = part(load, Meanwhile);
  await Part.load();
  render(<Part name="Ida" />);
  expect(screen.getByText("Good morning, Ida")).toBeVisible();
  expect(load).toHaveBeenCalledTimes(1);
});

test("what cannot be loaded is told by what holds it", async () => {
  const silence = vi.spyOn(console, "error").mockImplementation(() => undefined);
  const Part = part<{ name: string }>(() => Promise.reject(new Error("no such file")), Meanwhile);
  render(
    <ErrorBoundary title="The greeting could not be shown">
      <Part name="Ida" />
    </ErrorBoundary>,
  );
  expect(await screen.findByText("The greeting could not be shown")).toBeVisible();
  silence.mockRestore();
});
