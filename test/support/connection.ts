import { once } from "node:events";
import { connect } from "node:net";

/**
 * Waits until a server ends a connection that would stay open otherwise, which is how to learn of its end without
 * asking again and again.
 * @param end what is to make it end, called once the connection is there
 */
export async function connectionEnds(url: string, end: () => unknown): Promise<void> {
  const { hostname, port } = new URL(url);
  const connection = connect(Number(port), hostname);
  await once(connection, "connect");
  // A reset is an end as well.
  const closed = new Promise((resolve) => connection.on("error", () => {}).once("close", resolve));
  connection.resume();
  end();
  await closed;
}
