import { z } from "zod";

/** Schemas as people send them, by the name of what they ask for. */
export const REAL_SCHEMAS: Readonly<Record<string, unknown>> = {
  "a calendar event": closed({
    name: { type: "string" },
    date: { type: "string" },
    participants: { type: "array", items: { type: "string" } },
  }),
  "the steps of a calculation": closed({
    steps: { type: "array", items: closed({ explanation: { type: "string" }, output: { type: "string" } }) },
    final_answer: { type: "string" },
  }),
  "a tree of interface elements": closed({
    type: {
      type: "string",
      description: "The type of the UI component",
      enum: ["div", "button", "header", "section", "field", "form"],
    },
    label: { type: "string" },
    children: { type: "array", items: { $ref: "#" } },
    attributes: { type: "array", items: closed({ name: { type: "string" }, value: { type: "string" } }) },
  }),
  "a linked list": {
    ...closed({ linked_list: { $ref: "#/$defs/node" } }),
    $defs: {
      node: closed({
        value: { type: "number" },
        next: { anyOf: [{ $ref: "#/$defs/node" }, { type: "null" }] },
      }),
    },
  },
  "an expression that needs a leaf to end": {
    $ref: "#/$defs/expression",
    $defs: {
      expression: {
        oneOf: [
          closed({
            op: { const: "add" },
            left: { $ref: "#/$defs/expression" },
            right: { $ref: "#/$defs/expression" },
          }),
          closed({ op: { const: "literal" }, value: { type: "number" } }),
        ],
      },
    },
  },
  "moderation with nullable enum": closed({
    is_violating: { type: "boolean" },
    category: { type: ["string", "null"], enum: ["violence", "sexual", "self_harm", null] },
    explanation_if_violating: { type: ["string", "null"] },
  }),
  "the arguments of a weather tool": {
    type: "object",
    properties: {
      location: { type: "string", description: "City and country e.g. Bogotá, Colombia" },
      unit: { type: "string", enum: ["celsius", "fahrenheit"] },
    },
    required: ["location"],
  },
  "the arguments of a tool without any": { type: "object", properties: {} },
  "definitions as pydantic writes them": {
    $defs: {
      Address: {
        properties: {
          street: { title: "Street", type: "string" },
          zip_code: { title: "Zip Code", type: "string", pattern: "^\\d{5}(-\\d{4})?$" },
        },
        required: ["street", "zip_code"],
        title: "Address",
        type: "object",
      },
      Level: { enum: [1, 2, 3], title: "Level", type: "integer" },
    },
    properties: {
      name: { maxLength: 50, minLength: 1, title: "Name", type: "string" },
      age: { exclusiveMinimum: 0, maximum: 150, title: "Age", type: "integer" },
      email: {
        anyOf: [{ format: "email", type: "string" }, { type: "null" }],
        default: null,
        title: "Email",
      },
      home: { $ref: "#/$defs/Address" },
      work: { allOf: [{ $ref: "#/$defs/Address" }], description: "Where they work" },
      level: { $ref: "#/$defs/Level", default: 2 },
      scores: { additionalProperties: { type: "number" }, title: "Scores", type: "object" },
      tags: { items: { type: "string" }, title: "Tags", type: "array", uniqueItems: true, default: [] },
    },
    required: ["name", "age", "home", "work"],
    title: "Person",
    type: "object",
  },
  "an OpenAPI 3.0 component": {
    type: "object",
    required: ["id", "price"],
    properties: {
      id: { type: "integer", format: "int64", example: 10 },
      price: { type: "number", format: "double", minimum: 0, exclusiveMinimum: true },
      discount: { type: "number", nullable: true },
      owner: { $ref: "#/components/schemas/Owner" },
    },
    components: {
      schemas: { Owner: { type: "object", properties: { email: { type: "string", format: "email" } } } },
    },
  },
  "zod: a person": z.toJSONSchema(
    z.object({
      id: z.uuid(),
      email: z.email(),
      website: z.url().optional(),
      birthday: z.iso.date(),
      createdAt: z.iso.datetime(),
      nickname: z.string().min(2).max(12).nullable(),
      age: z.number().int().min(0).max(120),
      ip: z.ipv4(),
      roles: z.array(z.enum(["admin", "user"])).min(1),
    }),
  ),
  "zod: a discriminated union": z.toJSONSchema(
    z.object({
      shape: z.discriminatedUnion("kind", [
        z.object({ kind: z.literal("circle"), radius: z.number().positive() }),
        z.object({
          kind: z.literal("rectangle"),
          width: z.number().positive(),
          height: z.number().positive(),
        }),
      ]),
    }),
  ),
  "zod: records, tuples and an intersection": z.toJSONSchema(
    z.object({
      scores: z.record(z.string(), z.number().min(0).max(1)),
      stock: z.record(z.enum(["small", "large"]), z.int()),
      point: z.tuple([z.number(), z.number()]),
      path: z.tuple([z.string()]).rest(z.int()),
      both: z.object({ left: z.string() }).and(z.object({ right: z.string() })),
      code: z.string().regex(/^[A-Z]{2}-\d{4}$/),
      even: z.number().multipleOf(2),
      anything: z.unknown(),
    }),
  ),
  "zod: recursion": z.toJSONSchema(category()),
};

/** An object in strict mode: everything required, nothing else allowed. */
function closed(properties: Readonly<Record<string, unknown>>) {
  return { type: "object", properties, required: Object.keys(properties), additionalProperties: false };
}

function category() {
  const Category = z.object({
    name: z.string(),
    get subcategories() {
      return z.array(Category);
    },
  });
  return Category;
}
