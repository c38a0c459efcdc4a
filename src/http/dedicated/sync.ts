import { GatewayError } from "../../domain/errors.js";
import type { PathSelector } from "../../services/deployments/deployments.js";
import { CHAT_DIALECT } from "../inference/chat.js";
import { serveModel } from "../inference/model-route.js";
import type { Call, Method, Route } from "../routes.js";
import { fail } from "../settle.js";
import { deliver } from "./deliver.js";
import { engineAnswer } from "./engine.js";
import { readPrediction } from "./input.js";
import { PLACES, type PlacePrefix } from "./places.js";
import { reachA } from "./predict.js";
import { awake, runPrediction } from "./run.js";

/** A server of the model's own takes any of these. */
const METHODS: readonly Method[] = ["GET", "POST", "PUT", "PATCH", "DELETE"];

/** `sync/{route}` to the server inside a model's deployment, and newer documents' `/v1/chat/completions` (inference §5). */
export const SYNC_ROUTES: readonly Route[] = [
  ...PLACES.flatMap((prefix) => [
    chatRoute(`${prefix.path}/sync/v1/chat/completions`, prefix),
    ...METHODS.map((method) => syncRoute(method, prefix)),
  ]),
  chatRoute("/v1/chat/completions", { place: () => "either" }),
];

function syncRoute(method: Method, { path, place }: PlacePrefix): Route {
  return {
    surface: "dedicated",
    method,
    path: `${path}/sync/:route{.+}`,
    raw: (call) => serveSync(call, place(call)),
  };
}

async function serveSync(call: Call, place: PathSelector): Promise<void> {
  try {
    const reached = reachA("model", call, place);
    const { model } = reached;
    if (!model) throw new GatewayError("unknown_path");
    const request = await readPrediction(call, reached, `/${call.param("route")}`, "anything");
    await deliver(call, await runPrediction(call, request, (asked) => engineAnswer(call, model, asked)));
  } catch (cause) {
    await fail(call, cause);
  }
}

/** The inference host's chat, without its gateway: no limits, no billing (Y-26). */
function chatRoute(path: string, { place }: Pick<PlacePrefix, "place">): Route {
  return {
    surface: "dedicated",
    method: "POST",
    path,
    async raw(call) {
      try {
        const reached = reachA("model", call, place(call));
        await awake(call, reached.deployment);
        return serveModel(call, {
          ...CHAT_DIALECT,
          admit: ({ inProgress, services }, arrival, parsed) =>
            services.chat.admitDedicated(inProgress, arrival, parsed, reached),
        });
      } catch (cause) {
        await fail(call, cause);
      }
    },
  };
}
