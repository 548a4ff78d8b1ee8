import { useCallback, useLayoutEffect, useState, useSyncExternalStore, type RefObject } from "react";

/** Whether a media query holds, also when it changes. */
export function useMedia(query: string): boolean {
  const subscribe = useCallback(
    (tell: () => void) => {
      const media = matchMedia(query);
      media.addEventListener("change", tell);
      return () => media.removeEventListener("change", tell);
    },
    [query],
  );
  return useSyncExternalStore(subscribe, () => matchMedia(query).matches);
}

/** A phone: a screen on which the rail would cover the data. */
export const usePhone = (): boolean => useMedia("(max-width: 767px)");

/** How large a thing is inside, in pixels, also when that changes; 0 until it is known, which is before it is seen. */
export function useSize(of: RefObject<HTMLElement | null>): { width: number; height: number } {
  const [size, setSize] = useState({ width: 0, height: 0 });
  useLayoutEffect(() => {
    const el = of.current;
    if (!el) return;
    const look = () => setSize({ width: el.clientWidth, height: el.clientHeight });
    look();
    const watch = new ResizeObserver(look);
    watch.observe(el);
    return () => watch.disconnect();
  }, [of]);
  return size;
}
