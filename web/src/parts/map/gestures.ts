import { useEffect, useLayoutEffect, useRef, type MouseEvent, type PointerEvent } from "react";
import { panned, zoomed, type World } from "@/parts/map/mercator";
import type { Looked } from "@/parts/map/view";

/** Pixels that a pointer moves before it drags: until then it is a click. */
const slack = 4;

/** Where a pointer is, in pixels from the middle of an element. */
export function fromMiddle(e: { clientX: number; clientY: number }, of: Element): World {
  const box = of.getBoundingClientRect();
  return { x: e.clientX - box.left - box.width / 2, y: e.clientY - box.top - box.height / 2 };
}

/** Where fingers are together, and how far apart; one is 1 px wide. */
function grip(held: World[]): World & { spread: number } {
  const [a, b = a] = held as [World, World?];
  return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2, spread: Math.max(1, Math.hypot(a.x - b.x, a.y - b.y)) };
}

/**
 * Lets a map be dragged by mouse or finger, and zoomed by wheel, by two fingers or by two clicks. A drag does not end in
 * a click.
 */
export function useGestures({ ref, change }: Looked) {
  const held = useRef(new Map<number, World>());
  const dragged = useRef(false);
  const changing = useRef(change);
  useLayoutEffect(() => void (changing.current = change));
  useEffect(() => {
    const el = ref.current!;
    // React listens to wheels without being able to keep the page from zooming.
    const onWheel = (e: WheelEvent) => {
      e.preventDefault();
      const pixels = e.deltaMode ? e.deltaY * 20 : e.deltaY;
      changing.current((v) => zoomed(v, -pixels * (e.ctrlKey ? 0.01 : 0.0025), fromMiddle(e, el)));
    };
    el.addEventListener("wheel", onWheel, { passive: false });
    return () => el.removeEventListener("wheel", onWheel);
  }, [ref]);

  const onPointerMove = (e: PointerEvent) => {
    const was = held.current.get(e.pointerId);
    const now = fromMiddle(e, ref.current!);
    if (!was || (!dragged.current && Math.hypot(now.x - was.x, now.y - was.y) < slack)) return;
    if (!dragged.current) ref.current!.setPointerCapture(e.pointerId);
    dragged.current = true;
    const before = grip([...held.current.values()]);
    held.current.set(e.pointerId, now);
    const after = grip([...held.current.values()]);
    change((v) => zoomed(panned(v, before.x - after.x, before.y - after.y), Math.log2(after.spread / before.spread), after));
  };
  const release = (e: PointerEvent) => void held.current.delete(e.pointerId);
  return {
    onPointerDown: (e: PointerEvent) => {
      if (e.button !== 0) return;
      if (!held.current.size) dragged.current = false;
      held.current.set(e.pointerId, fromMiddle(e, ref.current!));
    },
    onPointerMove,
    onPointerUp: release,
    onPointerCancel: release,
    // A pointer that leaves before it drags is not captured: its end would not be told.
    onPointerLeave: (e: PointerEvent) => !dragged.current && release(e),
    onDoubleClick: (e: MouseEvent) => !(e.target as Element).closest("button") && change((v) => zoomed(v, 1, fromMiddle(e, ref.current!))),
    onClickCapture: (e: MouseEvent) => dragged.current && e.detail > 0 && e.stopPropagation(),
  };
}
