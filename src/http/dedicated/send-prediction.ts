import { isUtf8 } from "node:buffer";
import { GatewayError } from "../../domain/errors.js";
import type { PredictionOutcome } from "../../services/deployments/outcome.js";
import type { Prediction } from "../../services/deployments/predictions.js";
import type { AppContext } from "../env.js";
import { cutResponse } from "../inference/send-whole.js";
import { CLIENT_LEFT } from "../inference/stream-source.js";
import { waitForClient } from "../inference/wait.js";
import { recordAtEnd } from "../middleware/journal.js";
import { streamResponse, wholeResponse } from "../respond.js";

type Whole = Extract<PredictionOutcome, { kind: "whole" }>;
type Chunks = Extract<PredictionOutcome, { kind: "chunks" }>;

/** Sends the answer of a deployment. @throws GatewayError */
export function sendPrediction(c: AppContext, { outcome, fault }: Prediction): Response {
  if (fault?.reset) {
    c.env.connection.reset();
    throw new GatewayError("client_gone", { message: "connection reset by a fault" });
  }
  switch (outcome.kind) {
    case "whole":
      return sendWhole(c, outcome, fault?.cut?.after_bytes);
    case "chunks":
      // HEAD gets no chunks.
      return c.req.method === "HEAD"
        ? sendWhole(c, { ...outcome, kind: "whole", body: Buffer.from(outcome.chunks.join("")) }, undefined)
        : sendChunks(c, outcome, fault?.cut?.after_chunks);
    case "error":
      throw outcome.error;
  }
}

function sendWhole(c: AppContext, outcome: Whole, cutAt: number | undefined): Response {
  const { status, body, contentType } = outcome;
  c.get("inProgress").responseBody = journalText(body, contentType);
  const headers = { "Content-Type": contentType, ...outcome.headers };
  return cutAt !== undefined && cutAt < body.byteLength
    ? cutResponse(c, body, cutAt, headers, status)
    : wholeResponse(c, status, body, headers);
}

/** Piece by piece on the world's clock. The last one is sent when the answer is recorded. */
function sendChunks(c: AppContext, outcome: Chunks, cutAt: number | undefined): Response {
  const { chunks, chunkDelayMs, status, contentType } = outcome;
  let sent = 0;
  const record = recordAtEnd(c, status, () => chunks.slice(0, sent).join(""));
  const breakOff = (controller: ReadableStreamDefaultController): void => {
    c.env.connection.cutAtEnd();
    controller.close();
  };
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      if (sent === cutAt) {
        await record("cut by a fault");
        breakOff(controller);
        return;
      }
      const ended = await waitForClient(c, sent === 0 ? 0 : chunkDelayMs, "prediction chunk");
      if (ended !== "due") {
        await record(CLIENT_LEFT);
        return;
      }
      const chunk = Buffer.from(chunks[sent++] ?? "");
      if (sent < chunks.length) {
        controller.enqueue(chunk);
        return;
      }
      if (await record(null)) {
        breakOff(controller);
        return;
      }
      if (chunk.byteLength > 0) controller.enqueue(chunk);
      controller.close();
    },
    async cancel() {
      await record(CLIENT_LEFT);
    },
  });
  return streamResponse(c, status, body, { "Content-Type": contentType, ...outcome.headers });
}

function journalText(body: Buffer, contentType: string): string {
  return isUtf8(body) ? body.toString("utf8") : `<${body.byteLength} bytes of ${contentType}>`;
}
