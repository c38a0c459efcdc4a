import { asyncPredictSchema } from "./async.js";
import {
  asyncAcceptedAnswer,
  asyncCanceledAnswer,
  asyncQueueAnswer,
  asyncStatusAnswer,
} from "./async-answers.js";
import { DEPLOYMENT_PATHS } from "./deployment-paths.js";
import type { Operation } from "./operation.js";

/** Async inference on the hosts of models and chains (inference §5). */
export const ASYNC_OPERATIONS: readonly Operation[] = [
  ...DEPLOYMENT_PATHS.flatMap((place): Operation[] => [
    submission(`${place}/async_predict`, "Put a request into the queue of a model"),
    submission(`${place}/async_run_remote`, "Put a request into the queue of a chain"),
    {
      method: "get",
      path: `${place}/async_queue_status`,
      summary: "How much waits and runs",
      tag: "dedicated",
      answer: asyncQueueAnswer,
      errors: [401, 404],
    },
  ]),
  {
    method: "get",
    path: "/async_request/{request_id}",
    summary: "Status of an async request",
    tag: "dedicated",
    answer: asyncStatusAnswer,
    errors: [401, 404],
  },
  {
    method: "delete",
    path: "/async_request/{request_id}",
    summary: "Cancel an async request that is still queued",
    tag: "dedicated",
    answer: asyncCanceledAnswer,
    errors: [401, 404],
  },
];

function submission(path: string, summary: string): Operation {
  return {
    method: "post",
    path,
    summary,
    tag: "dedicated",
    body: asyncPredictSchema,
    status: 201,
    answer: asyncAcceptedAnswer,
    errors: [400, 401, 404, 413],
  };
}
