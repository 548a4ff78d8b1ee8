import { useQuery } from "@tanstack/react-query";
import { Link, useRouterState } from "@tanstack/react-router";
import { bootstrapQuery } from "@/lib/collections";
import { Head } from "@/parts/head";
import { Empty } from "@/parts/states";

/** Says what was not found, by its name. */
export function NotFound() {
  const path = useRouterState({ select: (s) => s.location.href });
  return (
    <>
      <Head title="Not found" />
      <Empty acts={<Link to="/" className="text-accent underline">To the data</Link>}>
        There is no screen at <b className="font-mono break-all text-text">#{path}</b>.
      </Empty>
    </>
  );
}

/** The screen of a collection that is not there. */
export const NoCollection = ({ name }: { name: string }) => (
  <>
    <Head title="Not found" />
    <NoneCalled name={name} />
  </>
);

/** Says that a collection is not there, and names those whose names are near. */
export function NoneCalled({ name }: { name: string }) {
  const { data } = useQuery(bootstrapQuery);
  const part = name.toLowerCase().slice(0, 3);
  const near = (data?.collections ?? []).filter((c) => c.name.toLowerCase().includes(part)).slice(0, 8);
  return (
    <Empty acts={near.map((c) => <Link key={c.id} to="/c/$name" params={{ name: c.name }} className="text-accent underline">{c.name}</Link>)}>
      There is no collection called <b className="font-mono break-all text-text">{name}</b>.{near.length > 0 && " Did you mean one of these?"}
    </Empty>
  );
}
