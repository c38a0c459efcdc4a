import type { Surface } from "../../src/domain/journal.js";
import type { WireAnswer, WireRequest } from "./wire.js";

/** A request that nothing may accept. */
export interface Malformed {
  readonly what: string;
  readonly request: WireRequest;
  /** Whose error shape the answer has; `transport` where the bytes are not HTTP, which has no surface. */
  readonly from: Surface | "transport";
}

/** Node's and undici's clients refuse answers with larger header blocks. */
const CLIENT_HEADER_BYTES = 16 * 1024;

/** What is wrong with the answer to a malformed request; null when it is a proper refusal. */
export function refusalProblem(answer: WireAnswer, { from, request }: Malformed): string | null {
  const { status, headers, body } = answer;
  if (status < 400 || status > 499) return `status ${status}: ${body.slice(0, 300)}`;
  const headerBytes = Object.entries(headers).reduce(
    (sum, [name, value]) => sum + name.length + value.length + 4,
    0,
  );
  if (headerBytes > CLIENT_HEADER_BYTES) return `${headerBytes} bytes of headers, which no client reads`;
  if (request.method === "HEAD") return body === "" ? null : "a body in answer to HEAD";
  const shape = shapeProblem(from, status, headers["content-type"] ?? "", body);
  return shape === null ? null : `${status} ${shape}: ${body.slice(0, 300)}`;
}

function shapeProblem(from: Malformed["from"], status: number, type: string, body: string): string | null {
  switch (from) {
    case "transport":
      return body === "" ? null : "expected a bare status";
    case "inference":
      if (type.startsWith("text/plain")) {
        return status === 401 && body === "No Authorization header provided"
          ? null
          : "unexpected text (X-23)";
      }
      return type === "application/json" ? inferenceProblem(parse(body)) : `content type ${type}`;
    case "dedicated":
      return type === "application/json" ? dedicatedProblem(parse(body)) : `content type ${type}`;
    case "cloudflare":
      return cloudflareProblem(status, type, body);
    case "management":
    case "control":
      return type === "application/json" ? managementProblem(parse(body)) : `content type ${type}`;
  }
}

/** The AI Gateway's own error (I-6), or what passes through from the host behind it. */
function cloudflareProblem(status: number, type: string, body: string): string | null {
  const value = parse(body);
  if (!isObject(value) || value.name !== "AiGatewayError") {
    const passed = isObject(value) && "error_code" in value;
    return passed ? null : shapeProblem("inference", status, type, body);
  }
  const { success, error, httpCode } = value;
  const fits = success === false && Array.isArray(error) && error.length === 1 && httpCode === status;
  return fits && type === "application/json" ? null : "expected an AiGatewayError";
}

/** The platform's `{"error","error_code"}`, the model server's `{"error"}` or `{"detail"}`, an engine's envelope (Y-22). */
function dedicatedProblem(value: unknown): string | null {
  if (!isObject(value)) return "expected an object";
  const { error, detail, error_code = "client_error", ...rest } = value;
  const nested = isObject(error) && typeof error.message === "string" && typeof error.type === "string";
  const fits = (typeof error === "string" && error !== "") || nested || detail === "Not Found";
  return fits && typeof error_code === "string" && Object.keys(rest).length === 0
    ? null
    : 'expected {"error","error_code"}';
}

/** `{"code","message"}`. */
function managementProblem(value: unknown): string | null {
  if (!isObject(value)) return "expected an object";
  const { code, message, ...rest } = value;
  const fits =
    typeof code === "string" && /^[A-Z_]+$/.test(code) && typeof message === "string" && message !== "";
  return fits && Object.keys(rest).length === 0 ? null : 'expected {"code","message"}';
}

/** `{"error":"..."}` or the model server's `{"error":{"code","message","type"}}`. */
function inferenceProblem(value: unknown): string | null {
  if (!isObject(value)) return "expected an object";
  const { error, ...rest } = value;
  const nested = isObject(error) && typeof error.message === "string" && error.code === 400;
  const fits = (typeof error === "string" && error !== "") || nested;
  return fits && Object.keys(rest).length === 0 ? null : 'expected {"error"}';
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
