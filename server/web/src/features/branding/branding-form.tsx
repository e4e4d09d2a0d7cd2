import { useState } from "react";
import { Button } from "@/components/ui/button";
import { TextField } from "@/components/ui/field";
import { Refusal } from "@/components/ui/refusal";
import { useToast } from "@/components/ui/use-toast";
import { ApiError } from "@/lib/api/error";
import type { Branding } from "@/lib/api/types";
import { accentsOf } from "@/lib/colour";
import { sentence } from "@/lib/format/text";
import { useFields } from "@/lib/use-fields";
import { AccentField } from "./accent-field";
import { PictureField } from "./picture-field";
import { useSetBranding } from "./queries";

const PICTURES = [
  {
    key: "logo_light",
    title: "Logo on light pages",
    hint: "At most 36 KB; 28 pixels high.",
    ground: "light",
  },
  {
    key: "logo_dark",
    title: "Logo on dark pages",
    hint: "The other one where there is none.",
    ground: "dark",
  },
  { key: "favicon", title: "Icon of the tab", hint: "A square.", ground: "page" },
] as const;

type Pictures = Record<(typeof PICTURES)[number]["key"], string | null>;

function picturesOf({ logo_light, logo_dark, favicon }: Branding): Pictures {
  return { logo_light: logo_light ?? null, logo_dark: logo_dark ?? null, favicon: favicon ?? null };
}

function accentCheck(text: string): string | null {
  return text.trim() === "" || accentsOf(text.trim()) ? null : "Enter a colour such as #0f766e.";
}

/** Says how the organisation's pages look. */
export function BrandingForm({ branding }: { branding: Branding }) {
  const form = useFields({
    name: { initial: branding.name ?? "", pointer: "/name" },
    accent: { initial: branding.accent ?? "", check: accentCheck, pointer: "/accent" },
  });
  const [pictures, setPictures] = useState(() => picturesOf(branding));
  const [sent, setSent] = useState<Pictures | null>(null);
  const save = useSetBranding();
  const toast = useToast();
  // What the server said is about what was sent, and no longer about what was chosen since.
  const refused = (key: keyof Pictures) => {
    const said = save.error instanceof ApiError ? save.error.at(`/${key}`) : null;
    return said !== null && sent?.[key] === pictures[key] ? sentence(said) : null;
  };
  const isTold = form.tells(save.error) || PICTURES.some(({ key }) => refused(key) !== null);
  const send = () => {
    if (save.isPending) return;
    const texts = { name: form.values.name.trim(), accent: form.values.accent.trim() };
    const given = Object.entries({ ...texts, ...pictures }).filter(
      ([, value]) => value !== "" && value !== null,
    );
    setSent(pictures);
    save.mutate(Object.fromEntries(given), {
      onSuccess: () => toast.show({ title: "The pages look like this from now on" }),
      onError: form.refuse,
    });
  };
  return (
    <form noValidate className="flex flex-col gap-5 p-5" onSubmit={form.submit(send)}>
      <TextField
        {...form.field("name")}
        title="Name"
        hint="Stands in titles and, without a logo, with its first letter on the bar."
        autoComplete="off"
        maxLength={60}
      />
      <AccentField
        {...form.field("accent")}
        title="Accent"
        hint="The colour of what can be pressed. It is made dark or light enough to be read."
        placeholder="#0f766e"
        autoComplete="off"
        spellCheck={false}
      />
      {PICTURES.map(({ key, ...field }) => (
        <PictureField
          key={key}
          {...field}
          value={pictures[key]}
          onValue={(value) => setPictures((all) => ({ ...all, [key]: value }))}
          refused={refused(key)}
        />
      ))}
      {save.error && !isTold && <Refusal error={save.error} />}
      <Button type="submit" variant="primary" className="self-start" disabled={save.isPending}>
        {save.isPending ? "Saving…" : "Save"}
      </Button>
    </form>
  );
}
