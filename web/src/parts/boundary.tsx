import { useQueryClient, type QueryClient } from "@tanstack/react-query";
import { useRouterState } from "@tanstack/react-router";
import { Component, type ErrorInfo, type ReactNode } from "react";
import { bootstrapQuery } from "@/lib/collections";
import { reportOf, type Fault } from "@/lib/report";
import { Trouble } from "@/parts/states";

interface Props {
  /** The part, as a sentence begins: "The grid". */
  what: string;
  children: ReactNode;
  /** Leaves the part, where its own way out is not drawn when it breaks. */
  onClose?: () => void;
}

/** Keeps a fault of one part of a screen to that part. It is tried anew whenever an address has led elsewhere. */
export function Boundary(p: Props) {
  return <Catch at={useRouterState({ select: (s) => s.resolvedLocation?.href })} {...p} />;
}

/** React tells of faults to classes alone: this is the only one. */
class Catch extends Component<Props & { at?: string }, { fault?: Fault }> {
  override state: { fault?: Fault } = {};

  static getDerivedStateFromError(error: unknown) {
    return { fault: { error } };
  }

  override componentDidCatch(error: unknown, { componentStack }: ErrorInfo) {
    this.setState({ fault: { error, components: componentStack } });
  }

  override componentDidUpdate(before: { at?: string }) {
    if (this.state.fault && before.at !== this.props.at) this.anew();
  }

  anew = () => this.setState({ fault: undefined });

  override render() {
    const { fault } = this.state;
    const { what, children, onClose } = this.props;
    return fault ? <Broken what={`${what} could not be shown`} fault={fault} onRetry={this.anew} onClose={onClose} /> : children;
  }
}

/** What browsers say when a file of the program did not come. */
const fileLost = /dynamically imported module|importing a module/i;

/** Says that a part of the dashboard has failed. */
export function Broken({ what, heading, fault, onRetry, onClose }: { what: string; heading?: "h1"; fault: Fault; onRetry: () => void; onClose?: () => void }) {
  const client = useQueryClient();
  const screen = useRouterState({ select: (s) => s.matches.at(-1)?.fullPath ?? "" });
  const version = client.getQueryData(bootstrapQuery.queryKey)?.version ?? "unknown";
  const message = fault.error instanceof Error ? fault.error.message : String(fault.error);
  const lost = fileLost.test(message);
  const retry = async () => {
    if (lost) return location.reload();
    await askAfresh(client);
    onRetry();
  };
  return (
    <Trouble what={what} heading={heading} onRetry={retry} onClose={onClose} copyWord="Copy a report" details={() => reportOf(fault, { what, version, screen })}>
      <p>{lost ? "A file of the dashboard did not arrive." : "The dashboard met something here that it cannot deal with."}</p>
      {!lost && <p className="font-mono text-grid break-words text-muted">{message.slice(0, 300)}</p>}
    </Trouble>
  );
}

/** Forgets what nobody shows, as the part that broke does not, and asks again for the rest: another answer may do. */
async function askAfresh(client: QueryClient): Promise<void> {
  client.removeQueries({ type: "inactive" });
  await client.invalidateQueries();
  // What stands around it hands on what came: that is drawn a moment later.
  await new Promise((go) => setTimeout(go, 50));
}
