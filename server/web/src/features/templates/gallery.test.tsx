import { screen, waitFor, within } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { vi } from "vitest";
import type { Template } from "@/lib/dashboards/document";
import { network, problem } from "@/test/network";
import { show } from "@/test/render";
import { Gallery } from "./gallery";

const MAIN = { id: "0192a000-0000-7000-8000-0000000000a1", name: "Main" };
const CLIENTS = { id: "0192a000-0000-7000-8000-0000000000a2", name: "Clients" };

function template(parts: Partial<Template>): Template {
  return {
    name: "CRO Audit",
    description: "Where visitors leave.",
    sources: ["shopify", "ga4"],
    may_change: false,
    document: {
      version: 1,
      settings: {
        range: "last_30_days",
        compare: "previous_period",
        stores: null,
        currency: null,
        filters: [],
      },
      sections: [],
    },
    ...parts,
  };
}

const OWN = template({
  id: "0192a000-0000-7000-8000-0000000000e1",
  name: "Mondays",
  sources: [],
  may_change: true,
});

/** Answers with templates, and takes what is made of them. */
function serve(own: Template[] = []) {
  const made: unknown[] = [];
  const held = [...own];
  network.use(
    http.get("/api/templates", () =>
      HttpResponse.json({
        built_in: [template({ key: "cro_audit" }), template({ key: "saas", name: "SaaS" })],
        own: held,
      }),
    ),
    http.get("/api/metrics", () =>
      HttpResponse.json({
        metrics: [],
        dimensions: [],
        sources: [
          { id: "shopify", title: "Shopify" },
          { id: "ga4", title: "Google Analytics" },
        ],
      }),
    ),
    http.post("/api/dashboards", async ({ request }) => {
      const body = (await request.json()) as { name: string };
      made.push(body);
      return HttpResponse.json({ id: "d1", name: body.name, document: OWN.document }, { status: 201 });
    }),
  );
  return { made, held };
}

function gallery(workspaces = [MAIN], withEmpty = false) {
  const onMade = vi.fn();
  return { onMade, ...show(<Gallery workspaces={workspaces} withEmpty={withEmpty} onMade={onMade} />) };
}

describe("the templates", () => {
  it("say what one gets, and from where its figures come", async () => {
    serve();
    gallery();
    const card = await screen.findByRole("region", { name: "CRO Audit" });
    expect(card).toHaveTextContent("Where visitors leave.");
    await waitFor(() => expect(card).toHaveTextContent("0 widgets · Shopify, Google Analytics"));
  });

  it("are made a dashboard of by one press", async () => {
    const { made } = serve();
    const { user, onMade } = gallery();
    await user.click(await screen.findByRole("button", { name: "Use the template CRO Audit" }));
    await waitFor(() => expect(onMade).toHaveBeenCalledOnce());
    expect(onMade.mock.lastCall?.[0]).toMatchObject({ id: "d1", name: "CRO Audit" });
    expect(made).toEqual([
      { workspace_id: MAIN.id, name: "CRO Audit", visibility: "workspace", template: "cro_audit" },
    ]);
  });

  it("go into the workspace that is chosen, where there are several", async () => {
    const { made } = serve([OWN]);
    const { user } = gallery([MAIN, CLIENTS], true);
    await user.selectOptions(await screen.findByLabelText("In the workspace"), "Clients");
    await user.click(await screen.findByRole("button", { name: "Use the template Mondays" }));
    await waitFor(() => expect(made).toHaveLength(1));
    await user.click(await screen.findByRole("button", { name: "Empty dashboard" }));
    await waitFor(() => expect(made).toHaveLength(2));
    expect(made).toEqual([
      { workspace_id: CLIENTS.id, name: "Mondays", visibility: "workspace", own_template: OWN.id },
      { workspace_id: CLIENTS.id, name: "New dashboard", visibility: "workspace" },
    ]);
  });

  it("say why no dashboard was made, and can be tried again", async () => {
    serve();
    network.use(
      http.post("/api/dashboards", () =>
        problem(402, "plan_limit", { detail: "the plan free includes 3 dashboards" }),
      ),
    );
    const { user, onMade } = gallery();
    await user.click(await screen.findByRole("button", { name: "Use the template SaaS" }));
    expect(await screen.findByRole("alert")).toHaveTextContent("The plan free includes 3 dashboards.");
    expect(onMade).not.toHaveBeenCalled();
    expect(screen.getByRole("button", { name: "Use the template SaaS" })).toBeEnabled();
  });

  it("are not made dashboards of where one may make none", async () => {
    serve();
    gallery([]);
    expect(await screen.findByRole("button", { name: "Use the template SaaS" })).toBeDisabled();
  });

  it("of one's own are renamed", async () => {
    const { held } = serve([OWN]);
    network.use(
      http.put("/api/templates/:id", async ({ request }) => {
        const body = (await request.json()) as { name: string; description: string };
        held[0] = { ...OWN, ...body };
        return HttpResponse.json(held[0]);
      }),
    );
    const { user } = gallery();
    const card = await screen.findByRole("region", { name: "Mondays" });
    await user.click(within(card).getByRole("button", { name: "More about Mondays" }));
    await user.click(await screen.findByRole("menuitem", { name: "Rename…" }));
    const name = await screen.findByLabelText("Name");
    await user.clear(name);
    await user.type(name, "Tuesdays");
    await user.click(screen.getByRole("button", { name: "Save" }));
    expect(await screen.findByRole("region", { name: "Tuesdays" })).toBeInTheDocument();
    expect(held[0]).toMatchObject({ name: "Tuesdays", description: "Where visitors leave." });
  });

  it("of one's own are deleted by who types their name", async () => {
    const { held } = serve([OWN]);
    network.use(
      http.delete("/api/templates/:id", () => {
        held.length = 0;
        return new HttpResponse(null, { status: 204 });
      }),
    );
    const { user } = gallery();
    await user.click(await screen.findByRole("button", { name: "More about Mondays" }));
    await user.click(await screen.findByRole("menuitem", { name: "Delete…" }));
    const button = await screen.findByRole("button", { name: "Delete" });
    expect(button).toBeDisabled();
    await user.type(screen.getByLabelText(/Type the name/), "Mondays");
    await user.click(button);
    await waitFor(() => expect(screen.queryByRole("region", { name: "Mondays" })).not.toBeInTheDocument());
  });

  it("of others are only used", async () => {
    serve([{ ...OWN, may_change: false }]);
    gallery();
    expect(await screen.findByRole("button", { name: "Use the template Mondays" })).toBeInTheDocument();
    expect(screen.queryByRole("button", { name: "More about Mondays" })).not.toBeInTheDocument();
  });

  it("that could not be loaded are asked for again", async () => {
    network.use(http.get("/api/templates", () => problem(500, "internal")));
    const { user } = gallery();
    expect(await screen.findByText("The templates could not be loaded")).toBeInTheDocument();
    serve();
    await user.click(screen.getByRole("button", { name: "Try again" }));
    expect(await screen.findByRole("region", { name: "SaaS" })).toBeInTheDocument();
  });
});
