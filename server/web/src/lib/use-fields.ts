import { useRef, useState, type SubmitEvent } from "react";
import { ApiError } from "@/lib/api/error";
import { sentence } from "@/lib/format/text";

/** What one field of a form is checked for, and where the server speaks of it. */
export interface FieldRules {
  initial?: string;
  /** What is wrong with a value, in words. */
  check?: (value: string) => string | null;
  /** Whether it is checked while one types, once there is something; otherwise when the form is sent. */
  early?: boolean;
  /** Its place in what is sent, as the server names it: `/store/name`. */
  pointer?: string;
  /** Said in place of what the server says is wrong there. */
  wording?: string;
}

type Control = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;

/**
 * The texts of a form: keeps what was typed whatever happens, says what is wrong next to it, and puts the cursor there.
 */
export function useFields<Key extends string>(rules: Record<Key, FieldRules>) {
  const keys = Object.keys(rules) as Key[];
  const [values, setValues] = useState(
    () => Object.fromEntries(keys.map((key) => [key, rules[key].initial ?? ""])) as Record<Key, string>,
  );
  const [asked, setAsked] = useState(false);
  const [refused, setRefused] = useState<{ error: Error; sent: Record<Key, string> } | null>(null);
  const controls = useRef(new Map<Key, Control>());

  const wrong = (key: Key) => rules[key].check?.(values[key]) ?? null;
  const said = (key: Key) => {
    const { pointer, wording } = rules[key];
    // What the server said is about what was sent, and no longer about what is typed since.
    if (!refused || !pointer || refused.sent[key] !== values[key]) return null;
    const problem = atPlace(refused.error, pointer);
    return problem === null ? null : (wording ?? problem);
  };

  /** Whether all that is typed is right; says and goes to what is not. */
  const check = () => {
    setAsked(true);
    const first = keys.find((key) => wrong(key) !== null);
    if (first !== undefined) controls.current.get(first)?.focus();
    return first === undefined;
  };

  return {
    values,
    set: (key: Key, value: string) => setValues((all) => ({ ...all, [key]: value })),
    /** What a field is given. */
    field: (key: Key) => ({
      name: key as string,
      value: values[key],
      onValue: (value: string) => setValues((all) => ({ ...all, [key]: value })),
      problem: said(key) ?? (asked || (rules[key].early && values[key] !== "") ? wrong(key) : null),
      ref: (control: Control | null) => {
        if (control) controls.current.set(key, control);
        else controls.current.delete(key);
      },
    }),
    check,
    /** Sends the form when all that is typed is right, otherwise goes to what is not. */
    submit: (send: () => void) => (event: SubmitEvent) => {
      event.preventDefault();
      if (check()) send();
    },
    /** Tells the fields what the server refused, and goes to the first that it spoke of. */
    refuse: (error: Error) => {
      setRefused({ error, sent: values });
      const first = keys.find((key) => {
        const { pointer } = rules[key];
        return pointer !== undefined && atPlace(error, pointer) !== null;
      });
      if (first !== undefined) controls.current.get(first)?.focus();
    },
    /** Forgets what the server refused, where something else has changed that it was about. */
    forget: () => setRefused(null),
    /** Whether a refusal is shown at the fields, and need not be shown elsewhere. */
    tells: (error: Error | null) =>
      error !== null &&
      keys.some((key) => {
        const { pointer } = rules[key];
        return pointer !== undefined && atPlace(error, pointer) !== null;
      }),
    /** Complains of nothing before the form is sent once more. */
    rest: () => {
      setAsked(false);
      setRefused(null);
    },
    clear: () => {
      setValues(
        Object.fromEntries(keys.map((key) => [key, rules[key].initial ?? ""])) as Record<Key, string>,
      );
      setAsked(false);
      setRefused(null);
    },
  };
}

function atPlace(error: Error, pointer: string): string | null {
  const problem = error instanceof ApiError ? error.at(pointer) : null;
  return problem === null ? null : sentence(problem);
}

/** A check for what must be there. */
export function needed(what: string): (value: string) => string | null {
  return (value) => (value.trim() === "" ? what : null);
}

export function emailCheck(value: string): string | null {
  if (value.trim() === "") return "Enter your email.";
  return isEmail(value) ? null : "This is no email address.";
}

/** Whether something may be an address: only a letter sent there tells. */
export function isEmail(text: string): boolean {
  return /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text.trim());
}
