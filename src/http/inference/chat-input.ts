import { type Credential, readAuthorization } from "../../domain/credential.js";
import { GatewayError } from "../../domain/errors.js";
import { FAULT_PRESETS, type Fault } from "../../domain/faults.js";
import { parseJson } from "../../domain/parse-json.js";
import { faultSchema } from "../../schemas/faults.js";
import { problemsOf } from "../../schemas/problems.js";
import type { ChatInput, RequestOverrides } from "../../services/chat-types.js";
import { faultOf } from "../../services/faults.js";
import type { AppContext } from "../env.js";
import { jsonText, readBody } from "../middleware/body.js";
import { type ChatEnvelope, parseEnvelope } from "./chat-request.js";

/** What the gateway reads of a request before it looks at the key. */
export interface GatewayRequest extends ChatInput {
  readonly credential: Credential;
  readonly envelope: ChatEnvelope;
}

/**
 * The gateway's part of a request to a model, whatever its dialect: a JSON object with text `model` and a list
 * `messages`.
 * @throws GatewayError `empty_key`, `invalid_body`, `body_too_large`, `client_gone`
 */
export async function readGatewayRequest(c: AppContext): Promise<GatewayRequest> {
  const credential = readAuthorization(c.req.header("Authorization"));
  // The load balancer in front answers this one, before the gateway sees anything.
  if (credential.kind === "empty") {
    throw new GatewayError("empty_key", {
      hint: "the Authorization header has a scheme but no key behind it; is an environment variable unset?",
    });
  }
  const text = jsonText(c.req.header("Content-Type"), await readBody(c), refuseBody);
  c.get("inProgress").requestBody = text;
  const envelope = parseEnvelope(text);
  if (!envelope.ok) {
    return refuseBody('expected a JSON object with a string "model" and an array "messages"');
  }
  return {
    credential,
    envelope,
    model: envelope.model,
    overrides: readOverrides(c),
    fault: readFaultHeader(c),
    header: (name) => c.req.header(name),
  };
}

function refuseBody(problem: string): never {
  throw new GatewayError("invalid_body", { hint: problem });
}

const NO_OVERRIDES: RequestOverrides = {};

/** `x-emulator-usage: <prompt>/<completion>` sets the exact charge of this answer. */
function readOverrides(c: AppContext): RequestOverrides {
  const header = c.req.header("x-emulator-usage");
  if (header === undefined) return NO_OVERRIDES;
  const [, prompt, completion] = /^(\d{1,12})\/(\d{1,12})$/.exec(header) ?? [];
  if (prompt === undefined || completion === undefined) {
    return refuseBody("x-emulator-usage is <prompt tokens>/<completion tokens>, such as 10/9");
  }
  return { usage: { prompt: Number(prompt), completion: Number(completion) } };
}

/** `x-emulator-fault: <preset>`, or a fault as JSON, for this request alone. @throws GatewayError `invalid_body` */
export function readFaultHeader(c: AppContext): Fault | null {
  const header = c.req.header("x-emulator-fault");
  if (header === undefined) return null;
  const value = header.startsWith("{") ? parseJson(header) : { preset: header };
  if (value === undefined) return refuseBody("x-emulator-fault begins with { but is not valid JSON");
  const parsed = faultSchema.safeParse(value);
  if (parsed.success && parsed.data.webhook !== undefined) {
    return refuseBody(
      "x-emulator-fault changes an answer; faults of webhooks are added with POST /_emulator/faults",
    );
  }
  if (parsed.success) return faultOf(parsed.data);
  const problems = parsed.error.issues.flatMap((issue) => problemsOf(faultSchema, issue));
  const what = problems.map(({ path, message }) => `${path.map(String).join(".")} ${message}`).join("; ");
  return refuseBody(`x-emulator-fault is one of ${FAULT_PRESETS.join(", ")}, or a fault as JSON: ${what}`);
}
