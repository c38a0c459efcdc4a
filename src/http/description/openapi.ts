import type { RouterRoute } from "hono/types";
import * as z from "zod";
import { JSON_TYPE } from "../respond.js";
import { type Operation, operationOf } from "./describe.js";

/** The OpenAPI 3.1 description of the registered routes, whose paths begin with their surface. */
export async function openApi(routes: readonly RouterRoute[], version: string) {
  const components: Record<string, unknown> = {};
  const paths: Record<string, Record<string, unknown>> = {};
  for (const { method, path, handler } of routes) {
    const operation = operationOf(handler);
    if (!operation) continue;
    const shown = describedPath(path);
    const methods = paths[shown] ?? {};
    // Some paths are on several hosts; the first one describes them all.
    methods[method.toLowerCase()] ??= await operationObject(shown, operation, components);
    paths[shown] = methods;
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "gateway-emulator",
      version,
      description: "A local stand-in for Baseten's Frontier Gateway.",
    },
    paths,
    components: {
      schemas: components,
      securitySchemes: {
        ApiKey: { type: "apiKey", in: "header", name: "Authorization", description: "Api-Key <key>" },
      },
    },
    security: [{ ApiKey: [] }],
  };
}

/** The path for clients: `/management/v1/groups/:id` is `/v1/groups/{id}`. */
export function describedPath(path: string): string {
  return path.replace(/^\/\w+/, "").replaceAll(/:(\w+)(?:\{[^}]+\})?/g, "{$1}");
}

async function operationObject(path: string, operation: Operation, components: Record<string, unknown>) {
  const names = [...path.matchAll(/\{(\w+)\}/g)].map((match) => String(match[1]));
  const parameters = [
    ...names.map((name) => ({ name, in: "path", required: true, schema: { type: "string" } })),
    ...(operation.query ?? []).map((name) => ({
      name,
      in: "query",
      required: false,
      schema:
        name === "limit" ? { type: "integer", minimum: 1, maximum: 1000, default: 100 } : { type: "string" },
    })),
  ];
  const { body } = operation;
  const answer = await operation.answerSchema();
  return {
    summary: operation.summary,
    tags: [operation.tag],
    parameters: parameters.length > 0 ? parameters : undefined,
    requestBody: body && {
      required: operation.bodyRequired ?? true,
      content: jsonContent(reference(body, "input", components)),
    },
    responses: {
      [operation.status ?? 200]: {
        description: "OK",
        content: answer && jsonContent(reference(answer, "output", components)),
      },
      ...Object.fromEntries(
        operation.errorsAt(path).map((status) => [String(status), { description: `Error ${status}` }]),
      ),
    },
  };
}

function jsonContent(schema: unknown) {
  return { [JSON_TYPE]: { schema } };
}

/** Adds a schema and its named parts to the components. @returns a reference to it */
function reference(schema: z.ZodType, io: "input" | "output", components: Record<string, unknown>) {
  const described: Record<string, unknown> = z.toJSONSchema(schema, { io, unrepresentable: "any" });
  const { $defs, $schema: _dialect, id, ...body } = described;
  const add = (name: string, definition: object): void => {
    // A schema of both requests and answers is described as in requests, which allow more.
    if (io === "input" || !(name in components)) components[name] = relocate(definition);
  };
  for (const [name, definition] of Object.entries(($defs ?? {}) as Record<string, object>)) {
    add(name, definition);
  }
  if (typeof id !== "string") return relocate(body);
  add(id, body);
  return { $ref: `#/components/schemas/${id}` };
}

/** `#/$defs/X` becomes `#/components/schemas/X`. Ids are removed, because they are names, not URIs. */
function relocate(definition: object): unknown {
  return JSON.parse(
    JSON.stringify(definition).replaceAll("#/$defs/", "#/components/schemas/"),
    (key, value) => (key === "id" && typeof value === "string" ? undefined : value),
  );
}
