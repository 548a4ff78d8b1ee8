import { useCallback, useSyncExternalStore } from "react";

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
