import { useEffect, useState } from "react";
import { Input } from "@/components/ui/input";

interface SearchBoxProps {
  id: string;
  value: string;
  onValue: (value: string) => void;
}

const PAUSE_MS = 300;

/** What is typed here becomes the value after a pause: each value is a request. */
export function SearchBox({ id, value, onValue }: SearchBoxProps) {
  const [typed, setTyped] = useState(value);
  const [known, setKnown] = useState(value);
  if (known !== value) {
    // The address has changed: by what was typed here, or by something else, which counts then.
    setKnown(value);
    if (typed.trim() !== value) setTyped(value);
  }

  useEffect(() => {
    if (typed.trim() === value) return;
    const timer = window.setTimeout(() => onValue(typed.trim()), PAUSE_MS);
    return () => window.clearTimeout(timer);
  }, [typed, value, onValue]);

  return (
    <Input
      id={id}
      type="search"
      placeholder="Person, thing or address"
      autoComplete="off"
      value={typed}
      onChange={(event) => setTyped(event.target.value)}
    />
  );
}
