import { Link, useRouterState } from "@tanstack/react-router";
import { Empty } from "@/parts/states";
import { Head } from "@/parts/small";

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
