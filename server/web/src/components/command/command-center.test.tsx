import { screen, waitFor, within } from "@testing-library/react";
import { useMemo, useState } from "react";
import { setPlainKeys } from "@/lib/keys";
import { show } from "@/test/render";
import { CommandCenter } from "./command-center";
import { useCommandCenter, useCommands, type Command } from "./commands";
import { findCommands } from "./search";

const done: string[] = [];

function Offers({ commands }: { commands: Partial<Command>[] }) {
  const list = useMemo(
    () =>
      commands.map((parts, index) => {
        const title = parts.title ?? `Command ${index}`;
        return { id: title, title, group: "Here", run: () => done.push(title), ...parts };
      }),
    [commands],
  );
  useCommands(list);
  return null;
}

function OpenButton() {
  const { openPalette } = useCommandCenter();
  return <button onClick={openPalette}>Search</button>;
}

const COMMANDS: Partial<Command>[] = [
  { title: "Dashboards", group: "Go to", keys: "g d" },
  { title: "Edit", keys: "e" },
  { title: "Undo", keys: "mod+z" },
  { title: "Morning figures", group: "Dashboards", hint: "Retail" },
];

function page(more: React.ReactNode = null) {
  return show(
    <CommandCenter>
      <Offers commands={COMMANDS} />
      <OpenButton />
      <input aria-label="Name" />
      {more}
    </CommandCenter>,
  );
}

beforeEach(() => {
  done.length = 0;
  setPlainKeys(true);
});

it("does what keys are pressed for, one after another and at once", async () => {
  const { user } = page();
  await user.keyboard("gd");
  await user.keyboard("e");
  await user.keyboard("{Control>}z{/Control}");
  expect(done).toEqual(["Dashboards", "Edit", "Undo"]);
});

it("does nothing while somebody types, but opens the palette", async () => {
  const { user } = page();
  await user.type(screen.getByLabelText("Name"), "edge/?");
  expect(done).toEqual([]);
  expect(screen.getByLabelText("Name")).toHaveValue("edge/?");
  await user.keyboard("{Control>}k{/Control}");
  expect(await screen.findByRole("dialog", { name: "Search and commands" })).toBeVisible();
});

it("does nothing behind an open dialog", async () => {
  const { user } = page();
  await user.keyboard("?");
  const dialog = await screen.findByRole("dialog", { name: "Keyboard shortcuts" });
  await user.click(within(dialog).getByRole("button", { name: "Close" }));
  await user.keyboard("?");
  await screen.findByRole("dialog");
  screen.getByRole("button", { name: "Close" }).focus();
  await user.keyboard("e");
  expect(done).toEqual([]);
});

it("prefers what the page offers to what is offered everywhere", async () => {
  const own = [{ title: "Done with changing", keys: "e" }];
  const { user } = page(<Offers commands={own} />);
  await user.keyboard("e");
  expect(done).toEqual(["Done with changing"]);
});

it("forgets commands with what offered them", async () => {
  function Passing() {
    const [on, setOn] = useState(true);
    return (
      <>
        {on && <Offers commands={COMMANDS} />}
        <button onClick={() => setOn(false)}>Away</button>
      </>
    );
  }
  const { user } = show(
    <CommandCenter>
      <Passing />
    </CommandCenter>,
  );
  await user.click(screen.getByText("Away"));
  await user.keyboard("e");
  expect(done).toEqual([]);
});

it("finds a command by its name and does it, by keys alone", async () => {
  const { user } = page();
  await user.keyboard("{Control>}k{/Control}");
  const field = await screen.findByRole("combobox", { name: "Search and commands" });
  expect(field).toHaveFocus();
  await user.type(field, "retail mor");
  const options = screen.getAllByRole("option");
  expect(options.map((option) => option.textContent)).toEqual(["Morning figuresRetail"]);
  expect(field).toHaveAttribute("aria-activedescendant", options[0]?.id);
  await user.keyboard("{Enter}");
  expect(done).toEqual(["Morning figures"]);
  expect(screen.queryByRole("dialog")).not.toBeInTheDocument();
});

it("goes along the list with the arrows, and around its ends", async () => {
  const { user } = page();
  await user.click(screen.getByText("Search"));
  await screen.findByRole("dialog");
  const chosen = () => screen.getByRole("option", { selected: true }).textContent;
  const first = chosen();
  await user.keyboard("{ArrowDown}");
  expect(chosen()).not.toBe(first);
  await user.keyboard("{ArrowUp}{ArrowUp}");
  expect(chosen()).toBe(screen.getAllByRole("option").at(-1)?.textContent);
  await user.keyboard("{ArrowDown}");
  expect(chosen()).toBe(first);
  await user.keyboard("{Escape}");
  await waitFor(() => expect(screen.getByText("Search")).toHaveFocus());
});

it("says when there is nothing of that name", async () => {
  const { user } = page();
  await user.keyboard("{Control>}k{/Control}");
  await user.type(await screen.findByRole("combobox"), "zzz");
  expect(screen.getByRole("status")).toHaveTextContent("Nothing here is called “zzz”.");
  await user.keyboard("{Enter}");
  expect(done).toEqual([]);
});

it("lists the keys, and switches those of one character off", async () => {
  const { user } = page();
  await user.keyboard("?");
  const dialog = await screen.findByRole("dialog", { name: "Keyboard shortcuts" });
  const places = within(dialog).getByRole("region", { name: "Go to" });
  expect(within(places).getByText("Dashboards").closest("div")).toHaveTextContent("GthenD");
  await user.click(within(dialog).getByRole("checkbox", { name: "Keys of one character" }));
  expect(within(places).getByText("Dashboards").closest("div")).toHaveTextContent("off");
  await user.keyboard("{Escape}");
  await user.keyboard("e?gd");
  expect(done).toEqual([]);
  expect(screen.queryByRole("dialog")).not.toBeInTheDocument();
  await user.keyboard("{Control>}z{/Control}");
  expect(done).toEqual(["Undo"]);
});

describe("finding", () => {
  const command = (title: string, parts: Partial<Command> = {}): Command => ({
    id: title,
    title,
    group: "Stores",
    run: () => undefined,
    ...parts,
  });
  const titles = (text: string, ...commands: Command[]) =>
    findCommands(commands, text).map(({ title }) => title);

  it("has the beginnings of titles first, then of words, then what else fits", () => {
    const all = [
      command("The north", { hint: "no" }),
      command("Something", { words: "northern" }),
      command("Northwind"),
      command("Upnorth"),
      command("South"),
    ];
    expect(titles("north", ...all)).toEqual(["Northwind", "The north", "Upnorth", "Something"]);
  });

  it("does not mind accents and capitals, and wants every word", () => {
    expect(titles("cafe", command("Café Ölgård"))).toEqual(["Café Ölgård"]);
    expect(titles("ÖLG stores", command("Café Ölgård"))).toEqual(["Café Ölgård"]);
    expect(titles("café berlin", command("Café Ölgård"))).toEqual([]);
  });

  it("leaves out what has keys alone", () => {
    expect(titles("", command("Shown"), command("Palette", { unlisted: true }))).toEqual(["Shown"]);
  });
});
