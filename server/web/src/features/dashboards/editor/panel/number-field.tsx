import { useState } from "react";
import { TextField } from "@/components/ui/field";

interface NumberFieldProps {
  title: string;
  /** Null where none is set. */
  value: number | null;
  least: number;
  most: number;
  onValue: (value: number) => void;
}

function writtenAs(value: number | null): string {
  return value === null ? "" : String(value);
}

/** A whole number between two; what is none is kept in the field alone. */
export function NumberField({ title, value, least, most, onValue }: NumberFieldProps) {
  const [text, setText] = useState(writtenAs(value));
  const [seen, setSeen] = useState(value);
  if (seen !== value) {
    setSeen(value);
    if (text === "" || Number(text) !== value) setText(writtenAs(value));
  }
  const number = /^\d+$/.test(text.trim()) ? Number(text) : Number.NaN;
  const isGood = (number >= least && number <= most) || (value === null && text === "");
  return (
    <TextField
      title={title}
      inputMode="numeric"
      autoComplete="off"
      value={text}
      problem={isGood ? null : `From ${least} to ${most}.`}
      onValue={(next) => {
        setText(next);
        const wanted = /^\d+$/.test(next.trim()) ? Number(next) : Number.NaN;
        if (wanted >= least && wanted <= most) onValue(wanted);
      }}
    />
  );
}
