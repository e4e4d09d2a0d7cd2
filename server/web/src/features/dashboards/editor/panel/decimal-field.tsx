import { useState } from "react";
import { TextField } from "@/components/ui/field";
import { isPercent, kept, written } from "./decimal";

interface DecimalFieldProps {
  title: string;
  /** A decimal as a document keeps it. */
  value: string;
  unit: string | null;
  onValue: (value: string) => void;
}

/** A figure that somebody gives; shares are written in percent. */
export function DecimalField({ title, value, unit, onValue }: DecimalFieldProps) {
  const [text, setText] = useState(() => written(value, unit));
  const [seen, setSeen] = useState(value);
  if (seen !== value) {
    setSeen(value);
    if (kept(text, unit) !== value) setText(written(value, unit));
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
        const decimal = kept(next, unit);
        if (decimal !== null) onValue(decimal);
      }}
    />
  );
}
