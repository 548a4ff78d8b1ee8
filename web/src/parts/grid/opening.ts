import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useLayoutEffect, useRef, useState } from "react";
import { bootstrapQuery, type Collection } from "@/lib/collections";
import { addressed, type LayoutName } from "@/lib/layouts";
import { setPrefs } from "@/lib/prefs";
import { addressOf, viewsQuery, type View } from "@/lib/views";
import { keepLayout } from "@/parts/grid/columns";

/**
 * Whether the way in which a collection is shown is settled: an address that names a view and nothing else shows it, one
 * that names nothing the view that is shown first. Nothing is asked for before, so that no rows are shown that the view
 * leaves out. A layout beside a view is that of the view, or another one that is then shown without it. It happens
 * once, when the collection is opened.
 */
export function useOpening(c: Collection): boolean {
  const go = useNavigate();
  const search = useSearch({ from: "/c/$name" });
  const { q, s, v, layout } = search;
  const [due, setDue] = useState(!q && !s && (!layout || !!v));
  const began = useRef(false);
  const boot = useQuery({ ...bootstrapQuery, enabled: due });
  const first = boot.data?.first[c.id];
  const views = useQuery({ ...viewsQuery(c.id), enabled: due && !!v && !!boot.data && first?.id !== v });
  const wanted: View | undefined = !v || first?.id === v ? first : views.data?.find((x) => x.id === v);
  const waiting = due && (boot.isPending || (!!v && !wanted && views.isFetching));
  useLayoutEffect(() => {
    if (!due || waiting) return;
    const to = addressOf(wanted);
    const show = wanted && (!layout || addressed(layout as LayoutName) === to.layout || began.current);
    if (show && !began.current) {
      began.current = true;
      keepLayout(c.id, wanted.options);
      if (wanted.options.density) setPrefs({ density: wanted.options.density });
      void go({ to: "/c/$name", params: { name: c.name }, search: { ...search, ...to }, replace: true });
    }
    if (!show || (v === to.v && q === to.q && s === to.s && layout === to.layout)) setDue(false);
  });
  return !due;
}
