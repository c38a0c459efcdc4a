import { isUtf8 } from "node:buffer";
import { GatewayError } from "../../domain/errors.js";
import type { ResolvedDeployment } from "../../services/deployments/deployments.js";
import type { PredictionRequest } from "../../services/deployments/outcome.js";
import type { AppContext } from "../env.js";
import { readFaultHeader } from "../inference/chat-input.js";
import { jsonText, readBody } from "../middleware/body.js";

const JSON_TYPE = "application/json";

/**
 * The body as a prediction takes it (Y-24): JSON, unless the content type says that it is something else. `sync/`
 * routes belong to a server of the model's own, which may take anything.
 * @param route the path behind the environment, such as `/predict`
 * @throws GatewayError `prediction_input`, `body_too_large`
 */
export async function readPrediction(
  c: AppContext,
  { deployment, caller }: ResolvedDeployment,
  route: string,
  takes: "json or bytes" | "anything",
): Promise<PredictionRequest> {
  const fault = readFaultHeader(c);
  const body = await readBody(c);
  const type = c.req.header("Content-Type");
  const isJson = takes === "json or bytes" ? !isBytesType(type) : type === undefined || isJsonType(type);
  const text = isUtf8(body) ? body.toString("utf8") : "";
  c.get("inProgress").requestBody =
    text === "" && body.length > 0 ? `<${body.length} bytes of ${type ?? "no type"}>` : text;
  return {
    deployment,
    route,
    method: c.req.method,
    key: [...(caller.key.name === null ? [] : [caller.key.name]), caller.key.prefix],
    text,
    input: isJson ? jsonInput(c, body, takes === "json or bytes") : undefined,
    body,
    contentType: isJson && takes === "json or bytes" ? JSON_TYPE : (type ?? "application/octet-stream"),
    fault,
    header: (name) => c.req.header(name),
  };
}

/** undefined where the body is no JSON and need not be. */
function jsonInput(c: AppContext, body: Buffer, needed: boolean): unknown {
  try {
    return JSON.parse(jsonText(undefined, body, refuse));
  } catch (cause) {
    if (!needed) return undefined;
    throw cause instanceof GatewayError ? cause : refusal(c);
  }
}

function refuse(problem: string): never {
  throw new GatewayError("prediction_input", { hint: problem });
}

function refusal(c: AppContext): GatewayError {
  const type = c.req.header("Content-Type") ?? "none";
  return new GatewayError("prediction_input", {
    hint: `The body is not valid JSON. To send bytes, set Content-Type to application/octet-stream (here: ${type}).`,
  });
}

function essenceOf(type: string): string {
  const end = type.indexOf(";");
  return (end < 0 ? type : type.slice(0, end)).trim().toLowerCase();
}

/** curl's form type and no type at all mean JSON, as the documents' own curl lines show (Y-24). */
function isBytesType(type: string | undefined): boolean {
  if (type === undefined) return false;
  const essence = essenceOf(type);
  return !isJsonType(type) && essence !== "application/x-www-form-urlencoded" && essence !== "text/plain";
}

function isJsonType(type: string): boolean {
  const essence = essenceOf(type);
  return essence === JSON_TYPE || essence.endsWith("+json");
}
