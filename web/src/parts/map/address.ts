import { useEffect, useRef } from "react";
import { viewOf, viewText } from "@/parts/map/mercator";
import { useFrame } from "@/parts/map/view";

/** Milliseconds for which a map is not moved before the address is told. */
const rest = 300;

/**
 * A frame whose view an address keeps: it begins with what the address says, follows it when that comes to say something
 * else, and tells it what is looked at whenever the map has come to rest. Of a map that shows all nothing is said.
 */
export function useAddressed(text: string | undefined, tell: (text: string | undefined) => void) {
  const frame = useFrame(viewOf(text));
  const { moved, setMoved } = frame;
  /** What the address says, or is about to. */
  const said = useRef(text);
  useEffect(() => {
    if (text === said.current) return;
    said.current = text;
    setMoved(viewOf(text));
  }, [text, setMoved]);
  useEffect(() => {
    const now = moved && viewText(moved);
    if (now === text || text !== said.current) return;
    const timer = setTimeout(() => tell((said.current = now)), rest);
    return () => clearTimeout(timer);
  }, [moved, text, tell]);
  return frame;
}
