// A load balancer without memory: every request goes to the next server, whoever asks.
import { Agent, createServer, request } from "node:http";

// balance listens on a port and returns how to stop it.
export async function balance(port, targets) {
  const agent = new Agent({ keepAlive: false });
  let turn = 0;
  const front = createServer((ask, answer) => {
    const { hostname, port: to } = new URL(targets[turn++ % targets.length]);
    const back = request({ hostname, port: to, method: ask.method, path: ask.url, headers: ask.headers, agent, setHost: false });
    back.on("response", (said) => {
      answer.writeHead(said.statusCode, said.statusMessage, said.rawHeaders);
      answer.flushHeaders();
      said.pipe(answer);
      said.on("error", () => answer.destroy());
    });
    back.on("continue", () => answer.writeContinue());
    back.on("error", () => answer.destroy());
    answer.on("close", () => back.destroy());
    ask.pipe(back);
  });
  await new Promise((resolve) => front.listen(port, "127.0.0.1", resolve));
  return () =>
    new Promise((resolve) => {
      front.close(resolve);
      front.closeAllConnections();
    });
}
