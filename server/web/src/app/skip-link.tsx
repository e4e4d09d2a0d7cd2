/** For who goes by keyboard: past the bar on top, to the element that is called `content`. */
export function SkipLink() {
  return (
    <a
      href="#content"
      className="sr-only z-60 rounded-md border bg-card px-3 py-2 focus:not-sr-only focus:fixed focus:top-2 focus:left-2"
    >
      Skip to the content
    </a>
  );
}
