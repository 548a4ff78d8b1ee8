import { useQuery } from "@tanstack/react-query";
import { Link, useMatches, useParams } from "@tanstack/react-router";
import { createContext, useContext, useLayoutEffect, useRef, useState, type ReactNode } from "react";
import { collectionQuery } from "@/lib/collections";

interface HeadProps {
  /** What its route says, unless it says otherwise. */
  title?: ReactNode;
  aside?: ReactNode;
  children?: ReactNode;
}

/** Counts the heads of a screen. */
const Heads = createContext<(change: (n: number) => number) => void>(() => {});

/** A screen under its own head; while it has none, as it still loads or could not be read, under one that says what it is. */
export function Screen({ children }: { children: ReactNode }) {
  const [heads, count] = useState(0);
  const titled = useMatches({ select: (all) => (all.at(-1)?.staticData.title === undefined ? undefined : all.at(-1)?.pathname) });
  return (
    <Heads value={count}>
      {heads === 0 && titled && <Bar key={titled} />}
      {children}
    </Heads>
  );
}

/** The head of a screen: one h1, and what can be done with the whole of it. */
export function Head(p: HeadProps) {
  const count = useContext(Heads);
  useLayoutEffect(() => {
    count((n) => n + 1);
    return () => count((n) => n - 1);
  }, [count]);
  return <Bar {...p} />;
}

/** The title stays on its line, cut when it is long; the browser's tab is called so too. */
function Bar({ title = <RouteTitle />, aside, children }: HeadProps) {
  const h1 = useRef<HTMLHeadingElement>(null);
  useLayoutEffect(() => void (document.title = `${h1.current!.textContent} · Holdall`));
  return (
    <header className="flex min-h-12 flex-wrap items-center gap-x-3 gap-y-1 border-b px-4 py-2">
      <div className="flex max-w-full min-w-0 items-center gap-x-3">
        <h1 ref={h1} className="min-w-0 truncate text-page font-semibold">{title}</h1>
        {aside}
      </div>
      <div className="ml-auto flex flex-wrap items-center gap-2">{children}</div>
    </header>
  );
}

/** What the route is called, and the collection that it is about. */
function RouteTitle() {
  const words = useMatches({ select: (all) => all.at(-1)?.staticData.title });
  const { name } = useParams({ strict: false });
  return <>{words}{words && name && " "}{name && <CollectionTitle name={name} linked={!!words} />}</>;
}

/** A collection by its name of today, once it is known; it leads to the records. */
function CollectionTitle({ name, linked }: { name: string; linked: boolean }) {
  const { data } = useQuery({ ...collectionQuery(name), enabled: false });
  const today = data?.name ?? name;
  return linked ? <Link to="/c/$name" params={{ name: today }} className="text-accent underline">{today}</Link> : today;
}
