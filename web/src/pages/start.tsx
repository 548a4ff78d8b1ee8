import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { CircleCheck, CircleDashed } from "lucide-react";
import { useEffect, type ReactNode } from "react";
import { bootstrapQuery, collectionQuery, type Collection } from "@/lib/collections";
import { apiBase } from "@/lib/pb";
import { setPrefs, usePrefs } from "@/lib/prefs";
import { useSteps, type Steps } from "@/lib/steps";
import { Button } from "@/parts/button";
import { Head } from "@/parts/head";
import { knownOf, useAccount, useAskers, whoMay } from "@/parts/snippets/known";
import { actionsOf, requestOf } from "@/parts/snippets/request";
import { Written } from "@/parts/snippets/written";
import { Empty, Failed, Skeleton } from "@/parts/states";

/** The first screen of a new server: three steps to an app, until they are hidden. */
export function Page() {
  const { error, refetch } = useQuery(bootstrapQuery);
  const { steps: shown } = usePrefs();
  const steps = useSteps();
  const empty = steps && !steps.done[0];
  useEffect(() => {
    if (empty && shown === "") setPrefs({ steps: "begun" });
  }, [empty, shown]);
  if (error && !steps) return <Failed what="The collections could not be read" error={error} onRetry={() => void refetch()} />;
  return (
    <>
      <Head>{steps && shown !== "hidden" && <Button look="quiet" onClick={() => setPrefs({ steps: "hidden" })}>Hide the first steps</Button>}</Head>
      {!steps ? <Skeleton lines={6} /> : shown === "hidden" ? <Hidden /> : <Checklist steps={steps} />}
    </>
  );
}

/** Where a browser begins that has no collection open and wants no steps. */
function Hidden() {
  const go = useNavigate();
  return (
    <Empty
      acts={
        <>
          <Button look="primary" onClick={() => void go({ href: "/new" })}>New collection</Button>
          <Button onClick={() => setPrefs({ steps: "begun" })}>Show the first steps</Button>
        </>
      }
    >
      Open a collection from the rail, or make one.
    </Empty>
  );
}

function Checklist({ steps: { collection: c, done } }: { steps: Steps }) {
  const count = done.filter(Boolean).length;
  return (
    <section aria-label="First steps" className="flex max-w-180 flex-col gap-4 p-4 text-form">
      <p role="status" className="text-muted">{count === 3 ? "All three are done." : `${count} of 3 are done.`}</p>
      <ol className="flex flex-col gap-6">
        <Step title="Make a collection" done={done[0]} about="A collection holds records of one kind, with the fields that you give them.">
          <Link to={"/new" as string} className={link}>{done[0] ? "Another collection" : "New collection"}</Link>
        </Step>
        <Step title="Say who may do what" done={done[1]} about="Until a rule says otherwise, superusers alone may read and write.">
          {c && <Link to="/c/$name/rules/$action" params={{ name: c.name, action: "list" }} className={link}>Rules of {c.name}</Link>}
        </Step>
        <Step title="Use it in your app" done={done[2]} about={c ? "Copy this into your app: it asks this server." : "The code is here as soon as there is a collection."}>
          {c && <Example name={c.name} />}
        </Step>
      </ol>
    </section>
  );
}

const link = "self-start text-accent underline";

function Step({ title, done, about, children }: { title: string; done: boolean; about: string; children: ReactNode }) {
  const Mark = done ? CircleCheck : CircleDashed;
  return (
    <li className="flex gap-3">
      <Mark size={20} strokeWidth={1.5} aria-hidden className={`shrink-0 ${done ? "text-success" : "text-muted"}`} />
      <div className="flex min-w-0 flex-1 flex-col gap-1">
        <h2 className="font-semibold">{title}<span className="sr-only">{done ? " (done)" : " (to do)"}</span></h2>
        <p className="text-muted">{about}</p>
        {children}
      </div>
    </li>
  );
}

function Example({ name }: { name: string }) {
  const { data: c } = useQuery(collectionQuery(name));
  return c ? <Listing key={c.id} collection={c} /> : <Skeleton lines={6} />;
}

/** How a client lists the records of a collection: as somebody who may, or as a guest while nobody may. */
function Listing({ collection: c }: { collection: Collection }) {
  const list = actionsOf(c)[0]!;
  const askers = useAskers(c);
  const who = c.listRule === null ? "guest" : whoMay(c, list, askers.slice(2));
  const account = useAccount(who);
  if (account.isPending) return <Skeleton lines={6} />;
  const request = requestOf(c, list, {}, knownOf({ related: {} }, account.data ?? undefined));
  return (
    <>
      <Written text={(l) => l.write(request, apiBase)} />
      <Link to="/c/$name/api/$action" params={{ name: c.name, action: "create" }} className={link}>More examples of {c.name}</Link>
    </>
  );
}
