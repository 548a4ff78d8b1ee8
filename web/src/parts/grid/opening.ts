import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useLayoutEffect, useState } from "react";
import { bootstrapQuery, type Collection } from "@/lib/collections";
import { setPrefs } from "@/lib/prefs";
import { addressOf, viewsQuery, type View } from "@/lib/views";
import { keepLayout } from "@/parts/grid/columns";

/**
 * Whether the way in which a collection is shown is settled: an address that names a view and nothing else shows it, one
 * that names nothing the view that is shown first. Nothing is asked for before, so that no rows are shown that the view
 * leaves out. A layout beside a view is that of the view, or another one that is then shown without it. It happens
 * when the collection is opened, and whenever an address that names a view and nothing else is come to: one whose view
 * is gone is led to what is shown without it.
 */
export function useOpening(c: Collection): boolean {
  const go = useNavigate();
  const search = useSearch({ from: "/c/$name" });
  const { q, s, v, layout } = search;
  const named = !!v && !q && !s && !layout;
  const [opening, setOpening] = useState(!q && !s && (!layout || !!v));
  const due = opening || named;
  const boot = useQuery({ ...bootstrapQuery, enabled: due });
  const first = boot.data?.first[c.id];
  const views = useQuery({ ...viewsQuery(c.id), staleTime: 0, enabled: due && !!v && !!boot.data && first?.id !== v });
  const wanted: View | undefined = !v || first?.id === v ? first : views.data?.find((x) => x.id === v);
  const waiting = due && (boot.isPending || (!!v && !wanted && views.isFetching));
  useLayoutEffect(() => {
    if (!due || waiting) return;
    const own = addressOf(wanted);
    const shown = wanted && (!layout || layout === own.layout) ? wanted : undefined;
    const to = shown || named ? own : { v, q, s, layout };
    if (shown) keepLayout(c.id, shown.options);
    if (shown?.options.density) setPrefs({ density: shown.options.density });
    if (v === to.v && q === to.q && s === to.s && layout === to.layout) setOpening(false);
    else void go({ to: "/c/$name", params: { name: c.name }, search: { ...search, ...to }, replace: true });
    // eslint-disable-next-line -- what is wanted is the same as long as its id is
  }, [due, waiting, wanted?.id, v, q, s, layout]);
  return !due;
}
