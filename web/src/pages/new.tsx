import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { collectionQuery } from "@/lib/collections";
import { Head } from "@/parts/head";
import { SchemaEditor } from "@/parts/schema/editor";
import { emptyDraft, newField, type SchemaDraft } from "@/parts/schema/model";
import { Skeleton } from "@/parts/states";

/** A new collection, or one that starts as a copy of another. */
export function Page() {
  const { from } = useSearch({ from: "/new" });
  const go = useNavigate();
  const source = useQuery({ ...collectionQuery(from ?? ""), enabled: !!from });
  const copied: SchemaDraft | undefined = source.data && {
    name: `${source.data.name}_copy`,
    type: source.data.type,
    viewQuery: source.data.viewQuery ?? "",
    indexes: [],
    fields: source.data.fields.filter((f) => !f.system).map((f) => newField(f.name, f.type, f)),
  };
  return (
    <>
      <Head title={from && `A copy of ${from}`} />
      {from && source.isPending ? <Skeleton lines={8} /> : <SchemaEditor start={copied ?? emptyDraft()} onSaved={(c) => void go({ to: "/c/$name", params: { name: c.name } })} />}
    </>
  );
}
