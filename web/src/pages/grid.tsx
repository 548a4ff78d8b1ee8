import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { useEffect } from "react";
import { NoCollection } from "@/app/notfound";
import { collectionQuery, type Collection } from "@/lib/collections";
import { problem } from "@/lib/pb";
import { setPrefs } from "@/lib/prefs";
import { useOpening } from "@/parts/grid/opening";
import { Records } from "@/parts/grid/records";
import { Failed, Skeleton } from "@/parts/states";

/** The records of a collection: the home of the product. */
export function Page() {
  const { name } = useParams({ from: "/c/$name" });
  const go = useNavigate();
  const { data: c, error, refetch } = useQuery(collectionQuery(name));
  useEffect(() => {
    if (!c) return;
    setPrefs({ last: c.name });
    // An id, or the name that the collection had before, leads to the name of today.
    if (c.name !== name) void go({ to: "/c/$name", params: { name: c.name }, search: true, replace: true });
  }, [c, name, go]);
  if (error && problem(error).status === 404) return <NoCollection name={name} />;
  if (error && !c) return <Failed what={`The collection ${name} could not be read`} error={error} onRetry={() => void refetch()} />;
  if (!c) return <Skeleton lines={12} />;
  return <Opened key={c.id} collection={c} />;
}

function Opened({ collection: c }: { collection: Collection }) {
  return useOpening(c) ? <Records collection={c} /> : <Skeleton lines={12} />;
}
