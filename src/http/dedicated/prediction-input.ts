import { isUtf8 } from "node:buffer";
import { GatewayError } from "../../domain/errors.js";
import type { ResolvedDeployment } from "../../services/deployments/deployments.js";
import type { PredictionRequest } from "../../services/deployments/outcome.js";
import type { AppContext } from "../env.js";
import { readFaultHeader } from "../inference/chat-input.js";
import { essenceOf, isJsonType, jsonText, readBody } from "../middleware/body.js";
import { JSON_TYPE } from "../respond.js";
import { keyNames } from "./resolve.js";

/**
 * Reads the body of a prediction: JSON, unless the content type is another (Y-24). The server behind `sync/` routes
 * accepts anything.
 * @param route the path after the environment, such as `/predict`
 * @throws GatewayError `prediction_input`, `body_too_large`
 */
export async function readPrediction(
  c: AppContext,
  { deployment, caller }: ResolvedDeployment,
  route: string,
  accepts: "json or bytes" | "anything",
): Promise<PredictionRequest> {
  const fault = readFaultHeader(c);
  const body = await readBody(c);
  const type = c.req.header("Content-Type");
  const isJson = accepts === "json or bytes" ? !isBytesType(type) : type === undefined || isJsonType(type);
  const text = isUtf8(body) ? body.toString("utf8") : "";
  c.get("inProgress").requestBody =
    text === "" && body.length > 0 ? `<${body.length} bytes of ${type ?? "no type"}>` : text;
  return {
    deployment,
    route,
    method: c.req.method,
    key: keyNames(caller),
    text,
    input: isJson ? jsonInput(c, body, accepts === "json or bytes") : undefined,
    body,
    contentType: isJson && accepts === "json or bytes" ? JSON_TYPE : (type ?? "application/octet-stream"),
    fault,
    header: (name) => c.req.header(name),
  };
}

/** undefined when the body is not JSON and need not be. */
function jsonInput(c: AppContext, body: Buffer, needed: boolean): unknown {
  try {
    return JSON.parse(jsonText(undefined, body, refuse));
  } catch (cause) {
    if (!needed) return undefined;
    if (cause instanceof GatewayError) throw cause;
    const type = c.req.header("Content-Type") ?? "none";
    return refuse(
      `The body is not valid JSON. To send bytes, set Content-Type to application/octet-stream (here: ${type}).`,
    );
  }
}

function refuse(problem: string): never {
  throw new GatewayError("prediction_input", { hint: problem });
}

/** No content type and curl's form type mean JSON, as in the documents' curl examples (Y-24). */
function isBytesType(type: string | undefined): boolean {
  if (type === undefined) return false;
  const essence = essenceOf(type);
  return !isJsonType(type) && essence !== "application/x-www-form-urlencoded" && essence !== "text/plain";
}
