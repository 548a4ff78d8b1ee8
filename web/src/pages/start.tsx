import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { bootstrapQuery } from "@/lib/collections";
import { apiBase } from "@/lib/pb";
import { Head } from "@/parts/small";
import { Failed } from "@/parts/states";

/** The first screen of a new server: three steps to an app. */
export function Page() {
  const { data, error, refetch } = useQuery(bootstrapQuery);
  if (error) return <Failed what="The collections could not be read" error={error} onRetry={() => void refetch()} />;
  const own = data?.collections.filter((c) => !c.system) ?? [];
  return (
    <>
      <Head title="Start" />
      <ol className="flex max-w-180 list-decimal flex-col gap-6 p-4 pl-9 text-form">
        <li>
          <h2 className="font-semibold">Make a collection</h2>
          <p className="text-muted">A collection holds records of one kind, with the fields that you give them.</p>
          <Link to={"/new" as string} className="text-accent underline">New collection</Link>
        </li>
        <li>
          <h2 className="font-semibold">Say who may do what</h2>
          <p className="text-muted">Until a rule says otherwise, superusers alone may read and write.</p>
          {own.map((c) => <Link key={c.id} to={"/c/$name" as string} params={{ name: c.name } as never} className="mr-3 text-accent underline">{c.name}</Link>)}
        </li>
        <li>
          <h2 className="font-semibold">Use it</h2>
          <pre className="mt-1 overflow-auto rounded-md border bg-panel p-3 text-grid" tabIndex={0}>{`import PocketBase from "pocketbase";\n\nconst pb = new PocketBase("${apiBase}");\nconst list = await pb.collection("${own[0]?.name ?? "posts"}").getList();`}</pre>
        </li>
      </ol>
    </>
  );
}
