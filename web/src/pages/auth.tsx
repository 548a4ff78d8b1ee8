import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { NoCollection, NotFound } from "@/app/notfound";
import { collectionQuery, type Collection } from "@/lib/collections";
import { useAction } from "@/lib/keys";
import { problem, send, type Problem } from "@/lib/pb";
import { Methods, Tokens } from "@/parts/auth/methods";
import { changedOptions, optionsOf } from "@/parts/auth/model";
import { Providers } from "@/parts/auth/providers";
import { Templates } from "@/parts/auth/templates";
import { Boundary } from "@/parts/boundary";
import { Button } from "@/parts/button";
import { Head } from "@/parts/head";
import { faultsByPath } from "@/parts/settings/table";
import { Banner } from "@/parts/small";
import { Failed, Skeleton } from "@/parts/states";
import { toast } from "@/parts/toast";

const sections = [
  { slug: "methods", name: "Methods" },
  { slug: "providers", name: "Providers" },
  { slug: "tokens", name: "Tokens" },
  { slug: "mails", name: "Mails" },
] as const;

/** How accounts of a collection sign in. */
export function Page() {
  const { name, section } = useParams({ from: "/c/$name/auth/$section" });
  const { data: c, error, refetch } = useQuery(collectionQuery(name));
  if (error && problem(error).status === 404) return <NoCollection name={name} />;
  if (error && !c) return <Failed what={`The collection ${name} could not be read`} error={error} onRetry={() => void refetch()} />;
  if (!c) return <Skeleton lines={10} />;
  if (c.type !== "auth" || !sections.some((s) => s.slug === section)) return <NotFound />;
  return <AuthOf key={c.id} collection={c} section={section} />;
}

function AuthOf({ collection: c, section }: { collection: Collection; section: string }) {
  const client = useQueryClient();
  const [o, setOptions] = useState(() => optionsOf(c));
  const [fault, setFault] = useState<Problem>();
  const [busy, setBusy] = useState(false);
  const changed = changedOptions(c, o);
  const dirty = Object.keys(changed).length > 0;
  const faults = faultsByPath(fault?.fields);
  const save = async () => {
    if (!dirty || busy) return;
    setBusy(true);
    setFault(undefined);
    try {
      const saved = await send<Collection>("PATCH", `api/collections/${encodeURIComponent(c.id)}`, changed);
      client.setQueryData(["collection", c.name], saved);
      setOptions(optionsOf(saved));
      toast("Saved.");
    } catch (err) {
      setFault(problem(err));
    } finally {
      setBusy(false);
    }
  };
  useAction({ id: "save", name: "Save how accounts sign in", group: "Access", keys: ["mod+s"], inText: true, run: () => void save() });
  const change = (next: typeof o) => {
    setFault(undefined);
    setOptions(next);
  };
  const shared = { options: o, faults, onChange: change };
  return (
    <>
      <Head>
        {dirty && <Button onClick={() => setOptions(optionsOf(c))}>Discard</Button>}
        <Button look="primary" busy={busy} disabled={!dirty} onClick={() => void save()}>Save</Button>
      </Head>
      <div className="flex min-h-0 flex-1 max-md:flex-col">
        <nav aria-label="Sign-in" className="flex shrink-0 flex-col gap-0.5 border-r p-2 max-md:flex-row max-md:border-b md:w-44">
          {sections.map((s) => (
            <Link key={s.slug} to="/c/$name/auth/$section" params={{ name: c.name, section: s.slug }} className="target flex min-h-7 items-center rounded-sm px-2 hover:bg-hover" activeProps={{ className: "bg-selected font-medium", "aria-current": "page" }}>
              {s.name}
            </Link>
          ))}
        </nav>
        <div className="flex min-w-0 max-w-180 flex-1 flex-col gap-5 p-4">
          <h2 className="text-title font-semibold">{sections.find((s) => s.slug === section)!.name}</h2>
          {fault && <Banner kind="danger">{fault.message}{Object.entries(faults).map(([k, v]) => <p key={k}>{k}: {v}</p>)}</Banner>}
          <Boundary what="This section">
            {section === "methods" && <Methods collection={c} {...shared} />}
            {section === "providers" && <Providers collection={c} saved={!dirty} {...shared} />}
            {section === "tokens" && <Tokens {...shared} />}
            {section === "mails" && <Templates collection={c} saved={!dirty} {...shared} />}
          </Boundary>
        </div>
      </div>
    </>
  );
}
