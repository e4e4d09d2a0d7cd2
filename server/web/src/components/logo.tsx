import { useBrand } from "@/lib/brand";
import { cn } from "@/lib/cn";

/** The mark of whose pages these are: their logo, or the first letter of their name; the program's own for who has neither. */
export function LogoMark({ className }: { className?: string }) {
  const { name, logo_light, logo_dark } = useBrand();
  const onLight = logo_light ?? logo_dark;
  const onDark = logo_dark ?? logo_light;
  if (onLight && onDark) {
    // As high as the mark that it stands for, so that nothing below it moves.
    const shape = "h-7 w-auto max-w-32 object-contain";
    return (
      <>
        <img src={onLight} alt="" className={`${shape} dark:hidden`} />
        <img src={onDark} alt="" className={`${shape} hidden dark:block`} />
      </>
    );
  }
  return name ? <Letter of={name} className={className} /> : <OwnMark className={className} />;
}

function Letter({ of, className }: { of: string; className?: string | undefined }) {
  const letter = /./u.exec(of.toLocaleUpperCase())?.[0];
  return (
    <svg aria-hidden viewBox="0 0 32 32" className={cn("size-7", className)}>
      <rect width="32" height="32" rx="8" fill="var(--accent)" />
      <text
        x="16"
        y="22.5"
        textAnchor="middle"
        fontSize="18"
        fontWeight="600"
        fill="var(--accent-foreground)"
      >
        {letter}
      </text>
    </svg>
  );
}

function OwnMark({ className }: { className?: string | undefined }) {
  return (
    <svg aria-hidden viewBox="0 0 32 32" className={cn("size-7", className)}>
      <rect width="32" height="32" rx="8" fill="var(--accent)" />
      <path
        d="M8 22 16 9l8 13"
        fill="none"
        stroke="var(--accent-foreground)"
        strokeWidth="3"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
      <path
        d="M12.5 22h7"
        fill="none"
        stroke="var(--accent-foreground)"
        strokeWidth="3"
        strokeLinecap="round"
        opacity=".6"
      />
    </svg>
  );
}
