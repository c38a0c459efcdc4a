import { json } from "../answer.js";
import type { Route } from "../routes.js";
import { authorize } from "./call.js";
import { userJson } from "./workspace-wire.js";

const ME = "/v1/users/me";

/** Inference §7, Y-41. */
export const USER_ROUTES: readonly Route[] = [
  {
    surface: "management",
    method: "GET",
    path: ME,
    handler(call) {
      const { workspace } = authorize(call, "keys", `GET ${ME}`);
      return json(200, { ...userJson(workspace.user), workspace_name: workspace.name });
    },
  },
];
