import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { NoCollection } from "@/app/notfound";
import { collectionQuery, type Collection } from "@/lib/collections";
import { grouped } from "@/lib/number";
import { pb, problem } from "@/lib/pb";
import { Button } from "@/parts/button";
import { Confirm } from "@/parts/dialog";
import { Head } from "@/parts/head";
import { SchemaEditor } from "@/parts/schema/editor";
import { draftOf } from "@/parts/schema/model";
import { Failed, Skeleton } from "@/parts/states";
import { toast, toastFailed } from "@/parts/toast";

/** The fields and indexes of a collection. */
export function Page() {
  const { name } = useParams({ from: "/c/$name/schema" });
  const { field } = useSearch({ from: "/c/$name/schema" });
  const go = useNavigate();
  const { data: c, error, refetch } = useQuery(collectionQuery(name));
  if (error && problem(error).status === 404) return <NoCollection name={name} />;
  if (error && !c) return <Failed what={`The collection ${name} could not be read`} error={error} onRetry={() => void refetch()} />;
  if (!c) return <Skeleton lines={10} />;
  return (
    <>
      <Head />
      <SchemaEditor key={c.id + c.updated} collection={c} start={draftOf(c)} at={field} onSaved={(saved) => void go({ to: "/c/$name/schema", params: { name: saved.name }, replace: true })} foot={<Danger collection={c} />} />
    </>
  );
}

/** What throws everything away. */
function Danger({ collection: c }: { collection: Collection }) {
  const client = useQueryClient();
  const go = useNavigate();
  const [asking, setAsking] = useState<"truncate" | "drop">();
  const count = useQuery({ queryKey: ["count", c.name, ""], queryFn: async () => (await pb.collection(c.name).getList(1, 1, { fields: "id" })).totalItems, enabled: !!asking });
  const run = async () => {
    try {
      if (asking === "drop") {
        await pb.collections.delete(c.id);
        await client.invalidateQueries({ queryKey: ["bootstrap"] });
        toast(`${c.name} is gone.`);
        void go({ href: "/start" });
      } else {
        await pb.collections.truncate(c.id);
        void client.invalidateQueries({ queryKey: ["rows", c.name] });
        toast(`All records of ${c.name} are gone.`);
      }
      setAsking(undefined);
    } catch (err) {
      toastFailed(problem(err).message);
    }
  };
  if (c.system) return null;
  const n = count.data === undefined ? "all" : grouped(count.data);
  return (
    <section aria-label="Throw away" className="flex flex-wrap items-center gap-2 border-t pt-4">
      {c.type !== "view" && <Button onClick={() => setAsking("truncate")}>Delete all records</Button>}
      <Button className="text-danger" onClick={() => setAsking("drop")}>Drop the collection</Button>
      <Confirm
        open={!!asking}
        onClose={() => setAsking(undefined)}
        title={asking === "drop" ? `Drop ${c.name}?` : `Delete all records of ${c.name}?`}
        verb={asking === "drop" ? `Drop ${c.name}` : `Delete ${n} records`}
        mustType={c.name}
        about={asking === "drop" ? <>The collection goes with {c.type === "view" ? "its query" : `its ${n} records and their files`}. This cannot be undone.</> : <>{n} records and their files go, and what is deleted with them. This cannot be undone.</>}
        onConfirm={() => void run()}
      />
    </section>
  );
}
