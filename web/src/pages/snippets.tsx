import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { NoCollection, NotFound } from "@/app/notfound";
import type { SnippetSearch } from "@/app/search";
import { collectionQuery, type Collection } from "@/lib/collections";
import { problem } from "@/lib/pb";
import { Boundary } from "@/parts/boundary";
import { Head } from "@/parts/head";
import { Field, Select } from "@/parts/input";
import { KnobRow } from "@/parts/snippets/knobs";
import { knownOf, useAccount, useAskers, useSample, whoMay } from "@/parts/snippets/known";
import { actionsOf, queryText, requestOf, type Action } from "@/parts/snippets/request";
import { neededFiles } from "@/parts/snippets/values";
import { Written } from "@/parts/snippets/written";
import { Empty, Failed, Skeleton } from "@/parts/states";

/** How the API is asked for the records of a collection, in code that runs as it is. */
export function Page() {
  const { name, action } = useParams({ from: "/c/$name/api/$action" });
  const { data: c, error, refetch } = useQuery(collectionQuery(name));
  if (error && problem(error).status === 404) return <NoCollection name={name} />;
  if (error && !c) return <Failed what={`The collection ${name} could not be read`} error={error} onRetry={() => void refetch()} />;
  if (!c) return <Skeleton lines={10} />;
  const a = actionsOf(c).find((x) => x.slug === action);
  if (!a) return <NotFound />;
  return (
    <>
      <Head />
      <div className="flex min-h-0 flex-1 max-md:flex-col">
        <nav aria-label="What is asked" className="flex shrink-0 flex-col gap-0.5 border-r p-2 max-md:flex-row max-md:flex-wrap max-md:border-r-0 max-md:border-b md:w-36">
          {actionsOf(c).map((x) => (
            <Link key={x.slug} to="/c/$name/api/$action" params={{ name: c.name, action: x.slug }} search={true} activeOptions={{ includeSearch: false }} className="target flex min-h-7 items-center rounded-sm px-2 hover:bg-hover" activeProps={{ className: "bg-selected font-medium", "aria-current": "page" }}>
              {x.name}
            </Link>
          ))}
        </nav>
        <div className="flex min-w-0 max-w-220 flex-1 flex-col gap-4 p-4">
          <h2 className="text-title font-semibold">{a.name}</h2>
          <Boundary what="The example"><Example key={c.id + a.slug} collection={c} action={a} /></Boundary>
        </div>
      </div>
    </>
  );
}

function Example({ collection: c, action: a }: { collection: Collection; action: Action }) {
  const go = useNavigate();
  const search = useSearch({ from: "/c/$name/api/$action" });
  const askers = useAskers(c);
  const who = search.as ?? whoMay(c, a, askers.slice(2));
  const sample = useSample(c);
  const account = useAccount(who);
  const to = (change: SnippetSearch) => void go({ to: "/c/$name/api/$action", params: { name: c.name, action: a.slug }, replace: true, search: (s: SnippetSearch) => ({ ...s, ...change }) });
  const failed = sample.error ?? account.error;
  if (failed) return <Failed what="What the example is made of could not be read" error={failed} onRetry={() => void (sample.refetch(), account.refetch())} />;
  if (!sample.data || account.data === undefined) return <Skeleton lines={8} />;
  if (a.needsRecord && !sample.data.record) return <NoRecord collection={c} />;
  const known = knownOf(sample.data, account.data ?? undefined);
  const request = requestOf(c, a, search, known);
  return (
    <>
      <div className="flex flex-wrap items-end gap-3">
        {a.slug !== "sign-in" && (
          <Field label="As">
            {(wired) => (
              <Select {...wired} value={who} onChange={(e) => to({ as: e.target.value })}>
                {[...new Set([...askers, who])].map((x) => <option key={x} value={x}>{x === "guest" ? "A guest" : x === "_superusers" ? "A superuser" : `An account of ${x}`}</option>)}
              </Select>
            )}
          </Field>
        )}
        <KnobRow collection={c} action={a} knobs={search} onChange={to} />
      </div>
      <p aria-label="Request" role="group" className="font-mono text-grid break-all"><b>{request.method}</b> {known.base + request.path + queryText(request.query)}</p>
      <Written text={(language) => language.write(request, known.base)} lang={search.lang} onLang={(lang) => to({ lang })} />
      <Notes collection={c} action={a} secret={!!known.as || a.slug === "sign-in" || (a.slug === "create" && c.type === "auth")} missing={who !== "guest" && !account.data ? who : undefined} />
    </>
  );
}

/** What has to be known besides, and what would keep the example from running. */
function Notes({ collection: c, action: a, secret, missing }: { collection: Collection; action: Action; secret: boolean; missing?: string }) {
  const files = a.slug === "create" ? neededFiles(c) : [];
  const off = a.slug === "sign-in" && (c["passwordAuth"] as { enabled?: boolean } | undefined)?.enabled === false;
  return (
    <div className="flex flex-col gap-1 text-muted">
      {secret && <p>The password comes from the environment as <code className="font-mono">PASSWORD</code>, so that none stands in the code.</p>}
      {a.slug === "delete" && <p>It deletes the record that it names.</p>}
      {a.slug === "subscribe" && <p>A change is told to whoever may see the record.</p>}
      {missing && <p className="text-warning">{missing} has no account yet, so a guest asks.</p>}
      {files.length > 0 && <p className="text-warning">A record needs a file in {files.join(", ")}, which the example does not send.</p>}
      {off && <p className="text-warning">Passwords are not accepted here. <Link to="/c/$name/auth/$section" params={{ name: c.name, section: "methods" }} className="text-accent underline">How accounts sign in</Link></p>}
    </div>
  );
}

function NoRecord({ collection: c }: { collection: Collection }) {
  return (
    <Empty acts={c.type !== "view" && <Link to="/c/$name" params={{ name: c.name }} search={{ r: "new" }} className="text-accent underline">New record</Link>}>
      {c.name} has no record yet. The example names one that is there, so that it runs.
    </Empty>
  );
}
