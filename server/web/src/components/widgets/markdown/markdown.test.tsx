import { screen, within } from "@testing-library/react";
import { show } from "@/test/render";
import { safeAddress } from "./inline";
import Markdown from "./markdown";

function read(text: string, above = 2) {
  return show(<Markdown text={text} above={above} />);
}

it("shows what is written", () => {
  read(
    "**Bold** and _slanted_ and `code`\n\n- one\n- two\n\n1. first\n\n> said\n\n| A | B |\n|--|--:|\n| 1 | 2 |",
  );
  expect(screen.getByText("Bold").tagName).toBe("STRONG");
  expect(screen.getByText("slanted").tagName).toBe("EM");
  expect(screen.getByText("code").tagName).toBe("CODE");
  const [bullets] = screen.getAllByRole("list");
  expect(bullets && within(bullets).getAllByRole("listitem")).toHaveLength(2);
  expect(screen.getByText("said").closest("blockquote")).not.toBeNull();
  expect(screen.getByRole("columnheader", { name: "B" })).toHaveStyle({ textAlign: "right" });
  expect(screen.getByRole("cell", { name: "2" })).toBeInTheDocument();
});

it("shows HTML as it is written and runs none of it", () => {
  const { container } = read('<img src=x onerror="alert(1)"> <b>hm</b>\n\n<script>alert(2)</script>');
  expect(container.querySelector("img, script, b")).toBeNull();
  expect(container).toHaveTextContent('<img src=x onerror="alert(1)"> <b>hm</b>');
  expect(container).toHaveTextContent("<script>alert(2)</script>");
});

it("loads no images, and says what they would show", () => {
  const { container } = read("![Our logo](https://elsewhere.test/logo.png)");
  expect(container.querySelector("img")).toBeNull();
  expect(container).toHaveTextContent("Our logo");
});

it("leads only to addresses of the web and of mail, without saying where from", () => {
  read(
    "[plan](https://example.com/a) [mail](mailto:kim@example.com) [bad](javascript:alert(1)) [data](data:text/html,x)",
  );
  const link = screen.getByRole("link", { name: "plan" });
  expect(link).toHaveAttribute("href", "https://example.com/a");
  expect(link).toHaveAttribute("rel", "noopener noreferrer");
  expect(screen.getByRole("link", { name: "mail" })).toBeInTheDocument();
  expect(screen.getAllByRole("link")).toHaveLength(2);
  expect(screen.getByText(/bad/)).toBeInTheDocument();
});

it.each([" javascript:alert(1)", "JAVASCRIPT:x", "vbscript:x", "//evil.test", "/settings"])(
  "takes %j for no address",
  (href) => expect(safeAddress(href)).toBeNull(),
);

it("puts headings below what is above the text, and leaves out no level", () => {
  read("## Second\n\n#### Fourth\n\n# First\n\n#### Fourth again");
  const levels = screen.getAllByRole("heading").map((heading) => [heading.textContent, heading.tagName]);
  expect(levels).toEqual([
    ["Second", "H3"],
    ["Fourth", "H4"],
    ["First", "H3"],
    ["Fourth again", "H4"],
  ]);
});
