import { openApi } from "../../schemas/openapi.js";
import { json } from "../answer.js";
import type { Route } from "../routes.js";

/** The real path of the description; no key needed. */
export const SPEC_ROUTES: readonly Route[] = [
  {
    surface: "management",
    method: "GET",
    path: "/v1/spec",
    handler: ({ emulator }) => json(200, openApi(emulator.version)),
  },
];
