import { useState } from "react";
import { TextField } from "@/components/ui/field";

interface NumberFieldProps {
  title: string;
  value: number;
  least: number;
  most: number;
  onValue: (value: number) => void;
}

/** A whole number between two; what is none is kept in the field alone. */
export function NumberField({ title, value, least, most, onValue }: NumberFieldProps) {
  const [text, setText] = useState(String(value));
  const [seen, setSeen] = useState(value);
  if (seen !== value) {
    setSeen(value);
    if (Number(text) !== value) setText(String(value));
  }
  const number = /^\d+$/.test(text.trim()) ? Number(text) : Number.NaN;
  const isGood = number >= least && number <= most;
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
