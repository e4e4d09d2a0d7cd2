import { useId, type ComponentProps, type ReactNode, type Ref } from "react";
import { Input } from "./input";
import { Label } from "./label";
import { PasswordInput } from "./password-input";
import { Select } from "./select";
import { Textarea } from "./textarea";

interface FieldProps<Element> {
  ref?: Ref<Element>;
  title: string;
  value: string;
  onValue: (value: string) => void;
  /** What is wrong with what is typed; takes the hint's place. */
  problem: string | null;
  hint?: ReactNode;
}

type Own = "ref" | "id" | "value" | "onChange" | "title";

export type TextFieldProps = FieldProps<HTMLInputElement> & Omit<ComponentProps<"input">, Own>;

/** An input with its name above and, below it, a hint or what is wrong. */
export function TextField({ title, value, onValue, problem, hint, ...props }: TextFieldProps) {
  const id = useId();
  return (
    <Frame id={id} title={title} problem={problem} hint={hint}>
      <Input
        {...marks(id, problem, hint)}
        value={value}
        onChange={(event) => onValue(event.target.value)}
        {...props}
      />
    </Frame>
  );
}

interface PasswordFieldProps extends FieldProps<HTMLInputElement> {
  name: string;
  /** Off where it is no password of a person's, but a key that is copied from elsewhere. */
  autoComplete: "current-password" | "new-password" | "off";
  placeholder?: string;
  required?: boolean;
}

export function PasswordField({ title, value, onValue, problem, hint, ...props }: PasswordFieldProps) {
  const id = useId();
  return (
    <Frame id={id} title={title} problem={problem} hint={hint}>
      <PasswordInput
        {...marks(id, problem, hint)}
        what={title.toLowerCase()}
        required
        value={value}
        onChange={(event) => onValue(event.target.value)}
        {...props}
      />
    </Frame>
  );
}

export type SelectFieldProps = FieldProps<HTMLSelectElement> & Omit<ComponentProps<"select">, Own>;

export function SelectField({ title, value, onValue, problem, hint, ...props }: SelectFieldProps) {
  const id = useId();
  return (
    <Frame id={id} title={title} problem={problem} hint={hint}>
      <Select
        {...marks(id, problem, hint)}
        value={value}
        onChange={(event) => onValue(event.target.value)}
        {...props}
      />
    </Frame>
  );
}

export type TextAreaFieldProps = FieldProps<HTMLTextAreaElement> & Omit<ComponentProps<"textarea">, Own>;

export function TextAreaField({ title, value, onValue, problem, hint, ...props }: TextAreaFieldProps) {
  const id = useId();
  return (
    <Frame id={id} title={title} problem={problem} hint={hint}>
      <Textarea
        {...marks(id, problem, hint)}
        value={value}
        onChange={(event) => onValue(event.target.value)}
        {...props}
      />
    </Frame>
  );
}

function marks(id: string, problem: string | null, hint: ReactNode) {
  return {
    id,
    "aria-invalid": problem !== null,
    "aria-describedby": problem !== null || hint !== undefined ? `${id}-note` : undefined,
  };
}

interface FrameProps {
  id: string;
  title: string;
  problem: string | null;
  hint: ReactNode;
  children: ReactNode;
}

function Frame({ id, title, problem, hint, children }: FrameProps) {
  const note = problem ?? hint;
  return (
    <div className="flex min-w-0 flex-col gap-1.5">
      <Label htmlFor={id}>{title}</Label>
      {children}
      {note !== undefined && (
        <p
          id={`${id}-note`}
          className={problem === null ? "text-sm text-muted-foreground" : "text-sm text-bad"}
        >
          {note}
        </p>
      )}
    </div>
  );
}
