import { isUtf8 } from "node:buffer";
import { readAuthorization } from "../../domain/credential.js";
import { GatewayError } from "../../domain/errors.js";
import type { PathSelector, ResolvedDeployment } from "../../services/deployments/deployments.js";
import type { PredictionRequest } from "../../services/deployments/outcome.js";
import { jsonText, readBody } from "../body.js";
import { faultWish, headerOf } from "../inference/turn.js";
import type { Call } from "../routes.js";

/** Id of the request, on every answer of a deployment's host (inference §5). */
const REQUEST_ID = "X-BASETEN-REQUEST-ID";
const JSON_TYPE = "application/json";

/**
 * Who calls what; first of all, so that every refusal carries the request's id too (Y-21).
 * @throws GatewayError `deployment_unauthorized`, `deployment_not_found`, `deployment_inactive`, `unknown_path`
 */
export function reach(call: Call, place: PathSelector): ResolvedDeployment {
  const { services, response, inProgress } = call;
  response.setHeader(REQUEST_ID, services.context.random.hex(32));
  // The surface has no other hosts.
  if (!call.deployment) throw new GatewayError("unknown_path");
  const credential = readAuthorization(call.request.headers.authorization);
  return services.deployments.resolve(inProgress, credential, call.deployment, place);
}

/**
 * The body as a prediction takes it (Y-24): JSON, unless the content type says that it is something else. `sync/`
 * routes belong to a server of the model's own, which may take anything.
 * @param route the path behind the environment, such as `/predict`
 * @throws GatewayError `prediction_input`, `body_too_large`
 */
export async function readPrediction(
  call: Call,
  { deployment, caller }: ResolvedDeployment,
  route: string,
  takes: "json or bytes" | "anything",
): Promise<PredictionRequest> {
  const { request, services, inProgress } = call;
  const fault = faultWish(call);
  const body = await readBody(request, services.context.settings.maxBodyBytes);
  const type = request.headers["content-type"];
  const isJson = takes === "json or bytes" ? !isBytesType(type) : type === undefined || isJsonType(type);
  const text = isUtf8(body) ? body.toString("utf8") : "";
  inProgress.requestBody =
    text === "" && body.length > 0 ? `<${body.length} bytes of ${type ?? "no type"}>` : text;
  return {
    deployment,
    route,
    method: call.inProgress.method,
    key: [...(caller.key.name === null ? [] : [caller.key.name]), caller.key.prefix],
    text,
    input: isJson ? jsonInput(call, body, takes === "json or bytes") : undefined,
    body,
    contentType: isJson && takes === "json or bytes" ? JSON_TYPE : (type ?? "application/octet-stream"),
    fault,
    header: (name) => headerOf(call, name),
  };
}

/** undefined where the body is no JSON and need not be. */
function jsonInput(call: Call, body: Buffer, needed: boolean): unknown {
  try {
    return JSON.parse(jsonText({ headers: {} }, body, refuse));
  } catch (cause) {
    if (!needed) return undefined;
    throw cause instanceof GatewayError ? cause : refusal(call);
  }
}

function refuse(problem: string): never {
  throw new GatewayError("prediction_input", { hint: problem });
}

function refusal(call: Call): GatewayError {
  const type = call.request.headers["content-type"] ?? "none";
  return new GatewayError("prediction_input", {
    hint: `the body is no JSON; for bytes say so in Content-Type (application/octet-stream or another, here: ${type})`,
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
