import type { CatalogueEntry } from "./entry.js";

/** Refusals of the emulator itself, which keep web pages and other machines from driving it. The gateway has none of them. */
export const GUARD_ERRORS = {
  host_refused: {
    status: 403,
    clause: "Y-60",
    message: "This host may not be used for the emulator.",
    provoke: "send a Host header such as evil.example",
  },
  origin_refused: {
    status: 403,
    clause: "Y-61",
    message: "A web page of another origin may not call this.",
    provoke: "GET /_emulator/clock with `Origin: https://evil.example`",
  },
  control_token: {
    status: 401,
    clause: "Y-63",
    message:
      "This emulator asks for its control token: send it as Authorization: Bearer <token> or x-emulator-token: <token>. Our client takes it from its option controlToken, or from GATEWAY_EMULATOR_CONTROL_TOKEN.",
    provoke: "start with --control-token and GET /_emulator/clock without it",
  },
} as const satisfies Record<string, CatalogueEntry>;
