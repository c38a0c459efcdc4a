import { describe } from "../describe.js";
import type { Route } from "../routes.js";

/** The real path of the description; no key needed. */
export const SPEC_ROUTES: readonly Route[] = [
  { surface: "management", method: "GET", path: "/v1/spec", handler: describe },
];
