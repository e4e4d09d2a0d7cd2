import { useCallback, useState, type RefCallback } from "react";

export interface Size {
  width: number;
  height: number;
}

/**
 * How large an element is, from before it is first painted and then whenever that changes. Nothing while it has no size,
 * as one that is not shown.
 */
export function useSize(): [ref: RefCallback<HTMLElement>, size: Size | null] {
  const [size, setSize] = useState<Size | null>(null);
  const ref = useCallback((element: HTMLElement | null) => {
    if (!element) return undefined;
    const measure = () => {
      const { clientWidth: width, clientHeight: height } = element;
      setSize((before) => {
        if (width === 0 || height === 0) return null;
        return before?.width === width && before.height === height ? before : { width, height };
      });
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return [ref, size];
}
