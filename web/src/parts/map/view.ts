import { useMemo, useRef, useState, type RefObject } from "react";
import { useSize } from "@/lib/media";
import { fit, kept, type Size, type View, type World } from "@/parts/map/mercator";

/** Where a map is drawn, and what somebody has moved it to. */
interface Frame {
  ref: RefObject<HTMLDivElement | null>;
  size: Size;
  moved?: View;
  setMoved: (to: View | undefined | ((now: View | undefined) => View)) => void;
}

/** What a map shows, and how that is changed. */
export interface Looked extends Pick<Frame, "ref" | "size"> {
  view: View;
  change: (to: (now: View) => View) => void;
  /** Shows all places again, also those that come. */
  home: () => void;
}

export function useFrame(at?: View): Frame {
  const ref = useRef<HTMLDivElement>(null);
  const [moved, setMoved] = useState(at);
  return { ref, size: useSize(ref), moved, setMoved };
}

/** What is seen in a frame: all of some places, until somebody moves it. */
export function useLook({ ref, size, moved, setMoved }: Frame, places: readonly World[]): Looked {
  return useMemo(() => {
    const whole = fit(places, size);
    return {
      ref,
      size,
      view: moved ? kept(moved, size) : whole,
      change: (to) => setMoved((now) => kept(to(now ?? whole), size)),
      home: () => setMoved(undefined),
    };
  }, [ref, size, moved, setMoved, places]);
}
