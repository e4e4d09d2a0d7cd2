import { useState } from "react";
import { TextField } from "@/components/ui/field";
import { isPercent, kept, written } from "./decimal";

interface DecimalFieldProps {
  title: string;
  /** A decimal as a document keeps it; one that comes from elsewhere may have a number. */
  value: string | number;
  unit: string | null;
  onValue: (value: string) => void;
}

/** A figure that somebody gives; shares are written in percent. */
export function DecimalField({ title, value, unit, onValue }: DecimalFieldProps) {
  const decimal = String(value);
  const [text, setText] = useState(() => written(decimal, unit));
  const [seen, setSeen] = useState({ decimal, unit });
  if (seen.decimal !== decimal || seen.unit !== unit) {
    setSeen({ decimal, unit });
    // The same decimal is written otherwise in percent.
    if (seen.unit !== unit || kept(text, unit) !== decimal) setText(written(decimal, unit));
  }
  return (
    <TextField
      title={isPercent(unit) ? `${title} (%)` : title}
      inputMode="decimal"
      autoComplete="off"
      value={text}
      problem={kept(text, unit) === null ? "A number, with a point before decimals." : null}
      onValue={(next) => {
        setText(next);
        const typed = kept(next, unit);
        if (typed !== null) onValue(typed);
      }}
    />
  );
}
