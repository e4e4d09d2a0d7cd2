import { useLayoutEffect, useRef, type ReactNode } from "react";
import type { Size } from "./use-size";

interface ChartTooltipProps {
  /** The place that is read, in the chart's pixels. */
  x: number;
  /** How far it keeps off that place, on either side. */
  distance?: number;
  y: number;
  size: Size;
  children: ReactNode;
}

const EDGE = 4;

/** Where a box of some width stands beside a place without leaving what is around it. */
export function besidePlace(x: number, distance: number, width: number, room: number): number {
  if (x + distance + width <= room - EDGE) return x + distance;
  if (x - distance - width >= EDGE) return x - distance - width;
  return Math.max(Math.min((room - width) / 2, room - width), Math.min(0, room - width));
}

/** What is known of the place that is read. It keeps to the chart, and what is below it can still be pointed at. */
export function ChartTooltip({ x, distance = 14, y, size, children }: ChartTooltipProps) {
  const box = useRef<HTMLDivElement>(null);
  // By hand, as how wide it is depends on what it says: a second rendering would be one too late.
  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    const left = besidePlace(x, distance, element.offsetWidth, size.width);
    element.style.transform = `translate(${Math.round(left)}px, ${Math.round(y)}px)`;
  });
  return (
    <div
      ref={box}
      data-picture="skip"
      className="pointer-events-none absolute top-0 left-0 z-20 max-w-72 rounded-md border bg-popover px-3 py-2 text-sm shadow-(--shadow-float) print:hidden"
    >
      {children}
    </div>
  );
}
