import { useEffect, useState, type ComponentType } from "react";

/** What comes in a chunk of its own; `load` has it come before it is drawn. */
export type Part<Props> = ComponentType<Props> & { load: () => Promise<unknown> };

/**
 * A part of the page whose script comes by itself; until it is there, `Meanwhile` stands in its place. What is there is drawn at once:
 * React holds back what a `Suspense` waited for by up to 300 ms, which is longer than such a script takes to come. What cannot be loaded is
 * an error of whatever holds it.
 */
export function part<Props extends object>(
  load: () => Promise<{ default: ComponentType<Props> }>,
  Meanwhile: ComponentType<Props>,
): Part<Props> {
  let Loaded: ComponentType<Props> | undefined;
  const loading = async () => (Loaded ??= (await load()).default);

  function Drawn(props: Props) {
    const [Shown, setShown] = useState(() => Loaded);
    useEffect(() => {
      if (Shown) return;
      let isGone = false;
      loading().then(
        (component) => !isGone && setShown(() => component),
        (error: unknown) =>
          !isGone &&
          setShown(() => {
            throw error;
          }),
      );
      return () => {
        isGone = true;
      };
    }, [Shown]);
    return Shown ? <Shown {...props} /> : <Meanwhile {...props} />;
  }
  return Object.assign(Drawn, { load: loading });
}
