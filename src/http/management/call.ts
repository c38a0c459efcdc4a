import type * as z from "zod";
import { GatewayError, invalid } from "../../domain/errors.js";
import type { ManagementCaller, Scope } from "../../services/access.js";
import { jsonText, readBody } from "../body.js";
import { describeIssue } from "../issues.js";
import type { Call } from "../routes.js";

/** B-2, first half: authentication, scope and onboarding, rate limit. */
export function authorize(call: Call, scope: Scope, route: string): ManagementCaller {
  const caller = call.services.access.management(call.request.headers.authorization, scope);
  call.inProgress.keyPrefix = caller.key.prefix;
  call.services.managementRate.check(caller.key.id, route);
  return caller;
}

/** The body as sent. @throws GatewayError `body_too_large` */
export function rawBody(call: Call): Promise<Buffer> {
  return readBody(call.request, call.services.context.settings.maxBodyBytes);
}

/**
 * A body of the given shape (B-1). Unknown fields are dropped.
 * @throws GatewayError `validation`, naming the field and what was expected
 */
export function parseBody<S extends z.ZodType>(
  call: Call,
  body: Buffer,
  schema: S,
  options: { optional?: boolean; secret?: boolean } = {},
): z.output<S> {
  const text = jsonText(call.request, body, refuse);
  if (!options.secret) call.inProgress.requestBody = text;
  const value = options.optional && text.trim() === "" ? {} : parseJson(text);
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw issue ? invalid(...describeIssue(issue)) : new GatewayError("validation");
}

function parseJson(text: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return refuse("the body is not valid JSON");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return refuse("expected a JSON object as the body");
  }
  return value;
}

function refuse(problem: string): never {
  throw new GatewayError("validation", { message: problem });
}
