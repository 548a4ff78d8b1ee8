// The one way out of a browser under test: a proxy that passes on what is for servers of this test, notes every host
// that was asked for, and lets nothing else out of the machine. The dashboard's specification §13, SEC-1.
import { once } from "node:events";
import { createServer, request } from "node:http";
import { connect } from "node:net";

/** Starts a proxy on the loopback. `ours` are the hosts, with their ports, that may be asked; they may become more. */
export async function startProxy(ours) {
  const asked = new Set();
  const mayPass = (host) => asked.add(host) && ours.has(host);
  const server = createServer();
  server.on("request", (req, res) => pass(req, res, mayPass));
  server.on("connect", (req, socket) => tunnel(req, socket, mayPass));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    /** Hosts that were asked for and are none of ours. */
    strangers: () => [...asked].filter((host) => !ours.has(host)),
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** Passes a plain request on as it is, and its answer as it comes: streams flow, and whoever hangs up ends both sides. */
function pass(req, res, mayPass) {
  const to = URL.canParse(req.url) ? new URL(req.url) : undefined;
  if (!to || !mayPass(to.host)) return void res.writeHead(502).end();
  const { "proxy-connection": _, ...headers } = req.headers;
  const onward = request(to, { method: req.method, headers, agent: false });
  onward.on("response", (answer) => {
    res.writeHead(answer.statusCode, answer.rawHeaders);
    res.flushHeaders();
    answer.pipe(res);
    answer.on("error", () => res.destroy());
  });
  onward.on("error", () => res.destroy());
  res.on("close", () => onward.destroy());
  req.pipe(onward);
}

function tunnel({ url: host }, socket, mayPass) {
  if (!mayPass(host)) return void socket.end("HTTP/1.1 502 Bad Gateway\r\n\r\n");
  const { hostname, port } = new URL(`http://${host}`);
  const onward = connect(Number(port || 443), hostname, () => {
    socket.write("HTTP/1.1 200 Connection Established\r\n\r\n");
    onward.pipe(socket).pipe(onward);
  });
  for (const [one, other] of [[socket, onward], [onward, socket]]) one.on("error", () => other.destroy()).on("close", () => other.destroy());
}
