import { screen, waitFor } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { vi } from "vitest";
import { network, problem } from "@/test/network";
import { show } from "@/test/render";
import { sessionOf } from "@/test/responses";
import { UserMenu } from "./user-menu";

const here = { id: "o1", name: "Northwind Trading", role: "owner", is_current: true };
const there = { id: "o2", name: "Harbour Goods", role: "member", is_current: false };

async function open(organizations: object[], onEntered = vi.fn()) {
  network.use(
    http.get("/api/session", () => HttpResponse.json(sessionOf())),
    http.get("/api/orgs", () => HttpResponse.json({ organizations })),
  );
  const { user } = show(<UserMenu onSignedOut={vi.fn()} onEntered={onEntered} />);
  await user.click(await screen.findByRole("button", { name: "Account of Kim" }));
  return user;
}

it("offers no way to go for who belongs to one organisation", async () => {
  await open([here]);
  expect(await screen.findByRole("menuitem", { name: "Sign out" })).toBeInTheDocument();
  expect(screen.queryByRole("menuitemradio")).not.toBeInTheDocument();
});

it("goes on in another organisation", async () => {
  const onEntered = vi.fn();
  const entered = vi.fn();
  network.use(
    http.post("/api/orgs/:id/enter", ({ params }) => {
      entered(params.id);
      return HttpResponse.json(sessionOf());
    }),
  );
  const user = await open([there, here], onEntered);
  expect(await screen.findByRole("menuitemradio", { name: here.name })).toBeChecked();
  await user.click(screen.getByRole("menuitemradio", { name: there.name }));
  await waitFor(() => expect(onEntered).toHaveBeenCalledTimes(1));
  expect(entered).toHaveBeenCalledWith("o2");
});

it("stays, and says why, where one is not let in", async () => {
  const onEntered = vi.fn();
  network.use(
    http.post("/api/orgs/:id/enter", () =>
      problem(404, "not_found", { detail: "There is no such organisation." }),
    ),
  );
  const user = await open([there, here], onEntered);
  await user.click(await screen.findByRole("menuitemradio", { name: there.name }));
  expect(await screen.findByText("There is no such organisation.")).toBeInTheDocument();
  expect(onEntered).not.toHaveBeenCalled();
});

it("does nothing where one already is", async () => {
  const onEntered = vi.fn();
  const entered = vi.fn();
  network.use(
    http.post("/api/orgs/:id/enter", () => {
      entered();
      return HttpResponse.json(sessionOf());
    }),
  );
  const user = await open([there, here], onEntered);
  await user.click(await screen.findByRole("menuitemradio", { name: here.name }));
  await waitFor(() => expect(screen.queryByRole("menu")).not.toBeInTheDocument());
  expect(entered).not.toHaveBeenCalled();
  expect(onEntered).not.toHaveBeenCalled();
});
