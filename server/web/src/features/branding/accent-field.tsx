import { TextField, type TextFieldProps } from "@/components/ui/field";
import { accentsOf, type Accent } from "@/lib/colour";

/** A colour in digits, beside how it looks on either theme. */
export function AccentField(props: TextFieldProps) {
  const accents = accentsOf(props.value.trim());
  return (
    <div className="flex flex-col gap-2">
      <TextField {...props} />
      {accents && (
        <div className="flex flex-wrap gap-2">
          <Sample of={accents.light} ground="#ffffff" title="Light" />
          <Sample of={accents.dark} ground="#15181c" title="Dark" />
        </div>
      )}
    </div>
  );
}

function Sample({ of, ground, title }: { of: Accent; ground: string; title: string }) {
  return (
    <span
      className="inline-flex items-center gap-2 rounded-md border px-3 py-2 text-sm"
      style={{ background: ground, color: of.accent }}
    >
      {title}
      <span
        className="rounded-md px-2 py-1 font-medium"
        style={{ background: of.accent, color: of.foreground }}
      >
        Button
      </span>
    </span>
  );
}
