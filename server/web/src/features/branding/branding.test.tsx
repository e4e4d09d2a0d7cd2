import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { vi } from "vitest";
import type { Branding } from "@/lib/api/types";
import { network, problem } from "@/test/network";
import { show } from "@/test/render";
import { sessionOf } from "@/test/responses";
import { BrandingPage } from "./branding-page";
import { pictureOf } from "./picture";

const session = sessionOf({ permissions: ["manage_branding"] });

function branded(branding: Branding) {
  const sent = vi.fn();
  network.use(
    http.get("/api/branding", () => HttpResponse.json(branding)),
    http.put("/api/branding", async ({ request }) => {
      const body = (await request.json()) as Branding;
      sent(body);
      return HttpResponse.json(body);
    }),
  );
  return sent;
}

const SVG = "<svg xmlns='http://www.w3.org/2000/svg'/>";
const svgFile = () => new File([SVG], "Logo.SVG");
const svgUrl = `data:image/svg+xml;base64,${btoa(SVG)}`;

function picture(title: string) {
  return within(screen.getByRole("group", { name: title }));
}

it("saves a name, a colour and pictures", async () => {
  const sent = branded({});
  const { user } = show(<BrandingPage session={session} />);
  await user.type(await screen.findByLabelText("Name"), " Lund & Co ");
  await user.type(screen.getByLabelText("Accent"), "#0f766e");
  await user.upload(picture("Logo on light pages").getByLabelText("Logo on light pages"), svgFile());
  expect(await picture("Logo on light pages").findByRole("img")).toHaveAttribute("src", svgUrl);
  await user.click(screen.getByRole("button", { name: "Save" }));
  await waitFor(() =>
    expect(sent).toHaveBeenCalledWith({ name: "Lund & Co", accent: "#0f766e", logo_light: svgUrl }),
  );
  expect(await screen.findByText("The pages look like this from now on")).toBeInTheDocument();
});

it("takes off what is removed", async () => {
  const sent = branded({ name: "Lund", accent: "#0f766e", favicon: svgUrl, logo_dark: svgUrl });
  const { user } = show(<BrandingPage session={session} />);
  await user.clear(await screen.findByLabelText("Name"));
  await user.click(screen.getByRole("button", { name: "Remove Icon of the tab" }));
  await user.click(screen.getByRole("button", { name: "Save" }));
  await waitFor(() => expect(sent).toHaveBeenCalledWith({ accent: "#0f766e", logo_dark: svgUrl }));
});

it("says what is no colour and no picture, and sends neither", async () => {
  const sent = branded({});
  const { user } = show(<BrandingPage session={session} />);
  await user.type(await screen.findByLabelText("Accent"), "teal");
  const field = picture("Logo on dark pages").getByLabelText("Logo on dark pages");
  // What the dialog for files offers is only an offer.
  fireEvent.change(field, { target: { files: [new File(["x"], "logo.gif")] } });
  expect(await screen.findByText("Choose a PNG, WebP, SVG or ICO file.")).toBeInTheDocument();
  await user.click(screen.getByRole("button", { name: "Save" }));
  expect(screen.getByText("Enter a colour such as #0f766e.")).toBeInTheDocument();
  expect(sent).not.toHaveBeenCalled();
});

it("says what the server refuses next to it, until something else is chosen, and the rest below", async () => {
  branded({ favicon: svgUrl });
  const errors = [{ pointer: "/favicon", detail: "must be a PNG" }];
  network.use(http.put("/api/branding", () => problem(422, "invalid_request", { errors }), { once: true }));
  const { user } = show(<BrandingPage session={session} />);
  await user.click(await screen.findByRole("button", { name: "Save" }));
  expect(await picture("Icon of the tab").findByRole("alert")).toHaveTextContent("Must be a PNG.");
  await user.click(screen.getByRole("button", { name: "Remove Icon of the tab" }));
  expect(screen.queryByText("Must be a PNG.")).not.toBeInTheDocument();
  const detail = "The plan free does not include it.";
  network.use(http.put("/api/branding", () => problem(402, "plan_limit", { detail })));
  await user.click(screen.getByRole("button", { name: "Save" }));
  expect(await screen.findByText(detail)).toBeInTheDocument();
});

it("asks nothing for who may not change it, and says who may", () => {
  show(<BrandingPage session={sessionOf({ permissions: [] })} />);
  expect(screen.getByText("Branding is for admins and owners")).toBeInTheDocument();
});

it("calls a file by its ending whatever the system takes it for, and refuses a large one", async () => {
  expect(await pictureOf(new File([SVG], "a.svg", { type: "text/plain" }))).toEqual({ url: svgUrl });
  expect(await pictureOf(new File(["x"], "a.ico"))).toEqual({ url: `data:image/x-icon;base64,${btoa("x")}` });
  const large = await pictureOf(new File([new Uint8Array(37 * 1024)], "a.png"));
  expect(large).toEqual({ problem: "The file is too large: 36 KB are the most." });
  const fits = await pictureOf(new File([new Uint8Array(35 * 1024)], "a.png"));
  expect(fits).toHaveProperty("url");
});
