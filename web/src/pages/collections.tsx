import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { Collection } from "@/lib/collections";
import { pb } from "@/lib/pb";
import { Export } from "@/parts/collections/export";
import { Import } from "@/parts/collections/import";
import { Head } from "@/parts/head";
import { Failed, Skeleton } from "@/parts/states";

/** Carries the definitions of collections from one server to another. */
export function Page() {
  const { data, error, refetch } = useQuery({ queryKey: ["collections-whole"], queryFn: () => pb.collections.getFullList({ batch: 500 }) as unknown as Promise<Collection[]> });
  return (
    <>
      <Head aside={<Link to="/settings/$page" params={{ page: "application" }} className="text-accent underline">Settings</Link>} />
      {error && !data && <Failed what="The collections could not be read" error={error} onRetry={() => void refetch()} />}
      {!data && !error && <Skeleton lines={8} />}
      {data && (
        <div className="flex max-w-240 flex-col gap-8 p-4">
          <Export all={data} />
          <Import all={data} />
        </div>
      )}
    </>
  );
}
