import { isUtf8 } from "node:buffer";
import { GatewayError } from "../../domain/errors.js";
import type { PredictionOutcome } from "../../services/deployments/outcome.js";
import type { Prediction } from "../../services/deployments/predictions.js";
import { send } from "../answer.js";
import { waitForClient } from "../inference/client.js";
import type { Call } from "../routes.js";
import { fail, storageFailure, traceHeaders } from "../settle.js";

type Whole = Extract<PredictionOutcome, { kind: "whole" }>;
type Chunks = Extract<PredictionOutcome, { kind: "chunks" }>;

/** Sends what a deployment answered, and writes it down before its end: an acknowledged end is a stored one. */
export async function deliver(call: Call, { outcome, fault }: Prediction): Promise<void> {
  if (fault?.reset) {
    call.request.socket.resetAndDestroy();
    return fail(call, new GatewayError("client_gone", { message: "connection reset by a fault" }));
  }
  switch (outcome.kind) {
    case "whole":
      return deliverWhole(call, outcome, fault?.cut?.after_bytes);
    case "chunks":
      return deliverChunks(call, outcome, fault?.cut?.after_chunks);
    case "error":
      return fail(call, outcome.error);
  }
}

async function deliverWhole(call: Call, outcome: Whole, cutAt: number | undefined): Promise<void> {
  const { response, request } = call;
  const { status, body, contentType } = outcome;
  const failure = await writeDown(call, status, journalText(body, contentType));
  if (failure) return send(request, response, storageFailure(call));
  if (response.destroyed) return;
  head(call, outcome, { "Content-Length": String(body.byteLength) });
  if (cutAt !== undefined && cutAt < body.byteLength) {
    response.flushHeaders();
    response.write(body.subarray(0, cutAt));
    request.socket.destroySoon();
  } else {
    response.end(body);
  }
}

/** Piece by piece on the world's clock (inference §5: chunked). */
async function deliverChunks(call: Call, outcome: Chunks, cutAt: number | undefined): Promise<void> {
  const { response, request, inProgress } = call;
  const { chunks, chunkDelayMs, status } = outcome;
  let sent = "";
  let ended: "whole" | "cut" | "gone" = "whole";
  if (!response.destroyed) head(call, outcome, {});
  for (const [index, chunk] of chunks.entries()) {
    if (index === cutAt) ended = "cut";
    else if (!(await waitForClient(call, index === 0 ? 0 : chunkDelayMs, "prediction chunk"))) ended = "gone";
    if (ended !== "whole") break;
    sent += chunk;
    // The last one goes out with the end of the answer, when it is written down.
    if (index < chunks.length - 1) response.write(chunk);
  }
  if (ended !== "whole") inProgress.notes.push(ended === "cut" ? "cut by a fault" : "the client hung up");
  const failure = await writeDown(call, status, sent);
  if (failure || ended === "cut") {
    response.flushHeaders();
    request.socket.destroySoon();
  } else if (ended === "whole") {
    response.end(chunks.at(-1));
  }
}

function head(
  call: Call,
  { status, contentType, headers }: Whole | Chunks,
  more: Record<string, string>,
): void {
  call.response.writeHead(status, {
    "Content-Type": contentType,
    ...headers,
    ...more,
    ...traceHeaders(call.inProgress),
  });
}

function writeDown({ services, inProgress }: Call, status: number, body: string): Promise<Error | null> {
  inProgress.responseBody = body;
  return services.journal.finish(inProgress, status);
}

function journalText(body: Buffer, contentType: string): string {
  return isUtf8(body) ? body.toString("utf8") : `<${body.byteLength} bytes of ${contentType}>`;
}
