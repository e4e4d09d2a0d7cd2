import { screen, waitFor, within } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { vi } from "vitest";
import type { NewlyShared, Share } from "@/lib/api/types";
import type { Dashboard } from "@/lib/dashboards/document";
import { network, problem } from "@/test/network";
import { show } from "@/test/render";
import { store } from "@/test/responses";
import { originsIn } from "./origins";
import { ShareDialog } from "./share-dialog";
import { snippetOf } from "./snippet";

const dashboard: Dashboard = {
  id: "0192a000-0000-7000-8000-000000000301",
  workspace_id: store.workspace.id,
  name: "Morning",
  description: "",
  visibility: "public",
  widgets: 0,
  revision: 7,
  updated_at: "2026-11-20T12:00:00Z",
  may: { edit: true, delete: true, share: true },
  document: {
    version: 1,
    settings: { range: "last_7_days", compare: "none", stores: null, currency: null, filters: [] },
    sections: [],
  },
};

const share: Share = {
  id: "s1",
  name: "For Ann",
  dashboard: { id: dashboard.id, name: "Morning", visibility: "public" },
  store_ids: [store.id],
  has_password: false,
  origins: [],
  may_change_range: false,
  created_by: "kim@example.com",
  created_at: "2026-11-19T12:00:00Z",
  expires_at: "2026-12-01T12:00:00Z",
  expired: false,
  views: 0,
};

function list(...shares: Share[]) {
  network.use(http.get("/api/shares", () => HttpResponse.json({ shares })));
}

/** Takes what is sent to make or to change a link. */
function take(made: Partial<NewlyShared["share"]> = {}) {
  const sent = vi.fn();
  network.use(
    http.post("/api/shares", async ({ request }) => {
      sent(await request.json());
      const token = "aloftly_share_secret";
      return HttpResponse.json({ share: { ...share, ...made }, token }, { status: 201 });
    }),
    http.patch("/api/shares/s1", async ({ request }) => {
      sent(await request.json());
      return HttpResponse.json({ ...share, ...made });
    }),
  );
  return sent;
}

const onClose = vi.fn();

function open(parts: Partial<Dashboard> = {}, stores = [store]) {
  return show(<ShareDialog dashboard={{ ...dashboard, ...parts }} stores={stores} onClose={onClose} />);
}

it("makes a link and shows it once, with its token behind the # alone", async () => {
  list();
  const sent = take();
  const { user } = open();
  expect(await screen.findByText("There is no link yet")).toBeInTheDocument();
  await user.click(screen.getByRole("button", { name: "New link" }));
  const name = screen.getByLabelText("Name");
  expect(name).toHaveValue("Morning");
  await user.clear(name);
  await user.type(name, "For Ann");
  await user.click(screen.getByRole("button", { name: "Make the link" }));
  const link = await screen.findByLabelText<HTMLTextAreaElement>("Link");
  expect(link.value).toMatch(/\/shared#token=aloftly_share_secret$/);
  // The tests' clock stands at 2026-11-21T12:00Z.
  expect(sent).toHaveBeenCalledWith({
    name: "For Ann",
    dashboard_id: dashboard.id,
    expires_at: "2027-02-19T12:00:00.000Z",
    origins: [],
    may_change_range: false,
  });
  // Not lost by a slip.
  await user.keyboard("{Escape}");
  expect(onClose).not.toHaveBeenCalled();
  list(share);
  await user.click(screen.getByRole("button", { name: "I have kept it" }));
  expect(await screen.findByRole("listitem")).toHaveTextContent("For Ann");
  expect(document.body).not.toHaveTextContent("aloftly_share_secret");
});

it("makes one with a password, for pages of somebody's, of some stores and whatever days they want", async () => {
  list();
  const other = { ...store, id: "0192a000-0000-7000-8000-000000000002", name: "Southwind" };
  const sent = take({ origins: ["https://shop.example.com"], embed_key: "key", has_password: true });
  const { user } = open({}, [store, other]);
  await user.click(await screen.findByRole("button", { name: "New link" }));
  await user.selectOptions(screen.getByLabelText("It ends"), "Never");
  await user.click(screen.getByLabelText("Some of them"));
  await user.click(screen.getByLabelText("Ask for a password"));
  await user.click(screen.getByLabelText("Let them look at other days"));
  await user.type(screen.getByLabelText("Password"), "short");
  await user.type(screen.getByLabelText(/^Pages that may show it/), "shop.example.com\nftp://x");
  await user.click(screen.getByRole("button", { name: "Make the link" }));
  expect(screen.getByText("5 more characters are needed.")).toBeInTheDocument();
  expect(screen.getByText("No page over HTTPS: ftp://x")).toBeInTheDocument();
  expect(screen.getByText("Choose one or more.")).toBeInTheDocument();
  await user.click(screen.getByLabelText("Southwind"));
  await user.type(screen.getByLabelText("Password"), " no more");
  await user.clear(screen.getByLabelText(/^Pages that may show it/));
  await user.type(screen.getByLabelText(/^Pages that may show it/), "shop.example.com");
  await user.click(screen.getByRole("button", { name: "Make the link" }));
  const code = await screen.findByLabelText<HTMLTextAreaElement>("Code for the page");
  expect(code.value).toContain("/embed/key#token=aloftly_share_secret");
  expect(sent).toHaveBeenCalledWith({
    name: "Morning",
    dashboard_id: dashboard.id,
    store_ids: [other.id],
    expires_at: null,
    password: "short no more",
    origins: ["https://shop.example.com"],
    may_change_range: true,
  });
});

it("lists the links to this dashboard alone, and how often each was opened", async () => {
  const elsewhere = { ...share, id: "s2", name: "Another", dashboard: { ...share.dashboard, id: "d2" } };
  const framed = { origins: ["https://shop.example.com"], embed_key: "key" };
  list(
    { ...share, ...framed, has_password: true, views: 3, last_viewed_at: "2026-11-21T11:00:00Z" },
    elsewhere as Share,
    { ...share, id: "s3", name: "Old", expired: true, views: 1 },
  );
  open();
  const [first, old, ...more] = await screen.findAllByRole("listitem");
  expect(more).toHaveLength(0);
  expect(first).toHaveTextContent("For Ann");
  expect(first).toHaveTextContent("Opened 3 times, last 1 hour ago");
  expect(first).toHaveTextContent("Password");
  expect(first).toHaveTextContent("Within shop.example.com: the link with /embed/key in place of /shared");
  expect(first).toHaveTextContent(`Of ${store.name}`);
  expect(old).toHaveTextContent("Run out");
  expect(old).toHaveTextContent("Opened once");
});

it("changes what is different about a link, and keeps its password unless another is typed", async () => {
  list({ ...share, has_password: true });
  const sent = take();
  const { user } = open();
  await user.click(await screen.findByRole("button", { name: "Change For Ann" }));
  await user.click(screen.getByLabelText("Let them look at other days"));
  await user.click(screen.getByRole("button", { name: "Save" }));
  await waitFor(() => expect(sent).toHaveBeenCalledWith({ may_change_range: true }));
  await user.click(await screen.findByRole("button", { name: "Change For Ann" }));
  await user.click(screen.getByLabelText("Ask for a password"));
  await user.selectOptions(screen.getByLabelText("It ends"), "Never");
  await user.click(screen.getByRole("button", { name: "Save" }));
  await waitFor(() => expect(sent).toHaveBeenLastCalledWith({ expires_at: null, password: null }));
});

it("says what the server refuses, next to it or below", async () => {
  list();
  const { user } = open();
  await user.click(await screen.findByRole("button", { name: "New link" }));
  const errors = [{ pointer: "/origins", detail: "must be 20 pages or fewer" }];
  network.use(http.post("/api/shares", () => problem(422, "invalid_request", { errors }), { once: true }));
  await user.click(screen.getByRole("button", { name: "Make the link" }));
  expect(await screen.findByText("Must be 20 pages or fewer.")).toBeInTheDocument();
  network.use(http.post("/api/shares", () => problem(409, "too_many_shares", { detail: "There are 500." })));
  await user.click(screen.getByRole("button", { name: "Make the link" }));
  expect(await screen.findByRole("alert")).toHaveTextContent("There are 500.");
});

it("takes a link back once its name is typed", async () => {
  let shares = [share];
  network.use(
    http.get("/api/shares", () => HttpResponse.json({ shares })),
    http.delete("/api/shares/s1", () => {
      shares = [];
      return new HttpResponse(null, { status: 204 });
    }),
  );
  const { user } = open();
  await user.click(await screen.findByRole("button", { name: "Take For Ann back" }));
  const dialog = within(screen.getByRole("dialog", { name: "Take For Ann back?" }));
  expect(dialog.getByRole("button", { name: "Take back" })).toBeDisabled();
  await user.type(dialog.getByRole("textbox"), "for ann{Enter}");
  expect(await screen.findByText("There is no link yet")).toBeInTheDocument();
});

it("makes a dashboard public first, over the revision that was seen", async () => {
  const saved = vi.fn();
  network.use(
    http.get("/api/shares", () => HttpResponse.json({ shares: [] })),
    http.put("/api/dashboards/:id", async ({ request }) => {
      saved(request.headers.get("if-match"), await request.json());
      return HttpResponse.json({ ...dashboard, revision: 8 });
    }),
  );
  const { user } = open({ visibility: "workspace" });
  expect(screen.getByRole("dialog")).toHaveTextContent("Whoever sees its workspace sees this dashboard.");
  await user.click(screen.getByRole("button", { name: "Make it public" }));
  await waitFor(() => expect(saved).toHaveBeenCalledTimes(1));
  const { name, description, document } = dashboard;
  expect(saved).toHaveBeenCalledWith('"r7"', { name, description, document, visibility: "public" });
});

it("leaves that to others for who may not change it", () => {
  open({ visibility: "workspace", may: { edit: false, delete: false, share: true } });
  expect(screen.getByText("Ask somebody who edits it to make it public.")).toBeInTheDocument();
  expect(screen.queryByRole("button", { name: "Make it public" })).not.toBeInTheDocument();
});

it.each([
  ["https://shop.example.com", ["https://shop.example.com"], []],
  [
    "Shop.Example.com/page?x, http://localhost:3000\n",
    ["https://shop.example.com", "http://localhost:3000"],
    [],
  ],
  ["https://a.example\nhttps://a.example/b", ["https://a.example"], []],
  ["https://bücher.example:443", ["https://xn--bcher-kva.example"], []],
  [
    "http://a.example *.a.example ftp://a.example https://me@a.example",
    [],
    ["http://a.example", "*.a.example", "ftp://a.example", "https://me@a.example"],
  ],
  [" \n ", [], []],
])("reads the pages of %j", (text, origins, wrong) => {
  expect(originsIn(text)).toEqual({ origins, wrong });
});

it("writes code for a page in which no name breaks out of its place", () => {
  const code = snippetOf('"><script>alert(1)</script>&', "key", "token");
  const { body } = new DOMParser().parseFromString(code, "text/html");
  expect(body.children).toHaveLength(1);
  const frame = body.querySelector("iframe");
  expect(frame?.title).toBe('"><script>alert(1)</script>&');
  expect(frame?.src).toMatch(/\/embed\/key#token=token$/);
});
