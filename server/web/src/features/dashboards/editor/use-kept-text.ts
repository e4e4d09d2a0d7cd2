import { useState, type ChangeEvent, type KeyboardEvent } from "react";

/** A text field whose text is kept when one leaves it or presses Enter, and is as it was after Escape. */
export function useKeptText(value: string, keep: (text: string) => void) {
  const [text, setText] = useState(value);
  const [seen, setSeen] = useState(value);
  // It was changed elsewhere, as by undoing.
  if (seen !== value) {
    setSeen(value);
    setText(value);
  }
  const done = () => {
    const trimmed = text.trim();
    setText(trimmed);
    if (trimmed !== value) keep(trimmed);
  };
  return {
    value: text,
    onChange: (event: ChangeEvent<HTMLInputElement>) => setText(event.target.value),
    onBlur: done,
    onKeyDown: (event: KeyboardEvent) => {
      if (event.key === "Enter") done();
      if (event.key === "Escape") setText(value);
    },
  };
}
