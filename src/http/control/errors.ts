import { json } from "../answer.js";
import type { Route } from "../routes.js";

/** Which of the errors that there are were provoked, since the emulator started and over all its worlds. */
export const ERROR_ROUTES: readonly Route[] = [
  {
    surface: "control",
    method: "GET",
    path: "/_emulator/errors",
    handler({ emulator }) {
      const { provoked, known, items } = emulator.errors.coverage();
      return json(200, { provoked, known, items, pagination: { has_more: false, cursor: null } });
    },
  },
];
